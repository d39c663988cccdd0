import DroverCore
import DroverTesting
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Joining a transaction of the application's")
struct JoinedTransactionTests {
    private static let job = NewJob(name: "test")

    @Test("What a transaction enqueues is there with its rows when it commits", arguments: Application.places)
    func commit(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let ids = try await shop.database.write { db throws in
                try db.order(1)
                let first = try shop.store.enqueue("q", [Self.job, Self.job], in: db)
                try db.order(2)
                return try (first + shop.store.enqueue("q", [Self.job], in: db)).compactMap(\.id)
            }
            #expect(Set(ids).count == 3)
            #expect(try await shop.orders() == [1, 2])
            #expect(try await shop.counts() == JobCounts([.waiting: 3]))
            #expect(try await shop.store.claim(5, of: "q", "c").claimed.map(\.job.key.id) == ids)
            #expect(try await shop.store.add(1, to: "q").first.map { !ids.contains($0) } == true)
        }
    }

    @Test("Nothing is left of a transaction that was rolled back", arguments: Application.places)
    func rollback(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            await #expect(throws: Refused.self) {
                try await shop.database.write { db throws in
                    try db.order(1)
                    _ = try shop.store.enqueue("q", [Self.job], in: db)
                    throw Refused()
                }
            }
            #expect(try await shop.orders() == [])
            #expect(try await shop.counts() == nil)
            #expect(try await shop.store.add(2, to: "q").count == 2)
            #expect(try await shop.counts() == JobCounts([.waiting: 2]))
        }
    }

    @Test("A call that fails leaves nothing behind, and the transaction goes on", arguments: Application.places)
    func failingCall(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            try await shop.database.write { try $0.execute(sql: Self.poison("ABORT")) }
            try await shop.database.write { db throws in
                try db.order(1)
                _ = try shop.store.enqueue("q", [Self.job], in: db)
                #expect(throws: StoreError.self) {
                    try shop.store.enqueue("q", [Self.job, NewJob(name: "poison")], in: db)
                }
                #expect(throws: StoreError.self) { try shop.store.enqueue("new", [NewJob(name: "poison")], in: db) }
                _ = try shop.store.enqueue("q", [Self.job], in: db)
            }
            #expect(try await shop.orders() == [1])
            #expect(try await shop.counts() == JobCounts([.waiting: 2]))
            #expect(try await shop.counts(of: "new") == nil)
            let events = try await shop.store.events(
                EventQuery(queue: "q", start: .beginning), waitingAtMost: .zero)
            #expect(events.events.count { if case .added = $0.kind { true } else { false } } == 2)
        }
    }

    @Test("A part of a transaction that is rolled back takes its jobs with it", arguments: Application.places)
    func savepoints(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            try await shop.database.write { db throws in
                try db.inSavepoint { () throws in
                    try db.order(1)
                    _ = try shop.store.enqueue("q", [Self.job, Self.job], in: db)
                    _ = try shop.store.enqueue("gone", [Self.job], in: db)
                    return .rollback
                }
                #expect(try shop.store.enqueue("q", [Self.job], in: db).compactMap(\.id).count == 1)
                try db.inSavepoint { () throws in
                    try db.order(2)
                    _ = try shop.store.enqueue("q", [Self.job], in: db)
                    return .commit
                }
            }
            #expect(try await shop.orders() == [2])
            #expect(try await shop.counts() == JobCounts([.waiting: 2]))
            #expect(try await shop.counts(of: "gone") == nil)
            #expect(try await shop.store.claim(5, of: "q", "c").claimed.count == 2)
        }
    }

    @Test("Two stores on one writer join the same transaction", arguments: Application.places)
    func twoStores(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let other = SQLiteStore(writer: shop.database)
            try await other.prepare()
            let ids = try await shop.database.write { db throws in
                var ids = try shop.store.enqueue("q", [Self.job], in: db)
                ids += try other.enqueue("q", [Self.job], in: db)
                ids += try shop.store.enqueue("q", [Self.job], in: db)
                return ids.compactMap(\.id)
            }
            #expect(Set(ids).count == 3)
            #expect(try await other.claim(5, of: "q", "c").claimed.map(\.job.key.id) == ids)
            await other.close()
        }
    }

    @Test("A transaction of another database, a connection that only reads, and no transaction at all are refused")
    func refused() async throws {
        try await withApplication(.pool) { shop async throws in
            try await withApplication(.memoryQueue) { other async throws in
                @Sendable func refusal(_ body: () throws -> Void) -> StoreError? {
                    #expect(throws: StoreError.self, performing: body)
                }
                try await shop.database.write { db throws in
                    let error = refusal { _ = try other.store.enqueue("q", [Self.job], in: db) }
                    #expect(error?.code == .invalid)
                    #expect(error?.message.contains("writer that the store was made with") == true)
                }
                try await shop.database.read { db throws in
                    #expect(refusal { _ = try shop.store.enqueue("q", [Self.job], in: db) }?.code == .invalid)
                }
                try await shop.database.writeWithoutTransaction { db throws in
                    let error = refusal { _ = try shop.store.enqueue("q", [Self.job], in: db) }
                    #expect(error?.code == .invalid)
                    #expect(error?.message.contains("no transaction to join") == true)
                }
                try await other.database.read { db throws in
                    #expect(refusal { _ = try other.store.enqueue("q", [Self.job], in: db) } != nil)
                }
                let alone = SQLiteStore(path: ":memory:")
                try await alone.prepare()
                try await shop.database.write { db throws in
                    let error = refusal { _ = try alone.enqueue("q", [Self.job], in: db) }
                    #expect(error?.message.contains("SQLiteStore(writer:)") == true)
                }
                await alone.close()
                await other.store.close()
                try await other.database.write { db throws in
                    #expect(refusal { _ = try other.store.enqueue("q", [Self.job], in: db) }?.code == .closed)
                }
                #expect(try await shop.counts() == nil)
            }
        }
    }

    @Test("Workers are woken by the commit, and not before it", arguments: Application.places)
    func wakeUp(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let woken = Probe<WakeUp>("wake-ups")
            let wait = Task {
                woken.signal(try await shop.store.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(120)))
            }
            while !shop.store.hub.watched.contains("q") { await Task.yield() }
            try await shop.database.write { db throws in
                _ = try shop.store.enqueue("q", [Self.job], in: db)
                #expect(woken.values.isEmpty)
            }
            #expect(try await woken.wait()[0].work == ["q"])
            try await wait.value
        }
    }

    @Test("A transaction that was rolled back wakes nobody, also a part of one", arguments: Application.places)
    func noWakeUp(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let hub = shop.store.hub
            let woken = Probe<WakeUp>("wake-ups")
            let wait = Task {
                woken.signal(
                    try await shop.store.waitForWork(WakeInterest(work: ["q", "last"]), atMost: .seconds(120)))
            }
            while !hub.watched.contains("q") { await Task.yield() }
            await #expect(throws: Refused.self) {
                try await shop.database.write { db throws in
                    _ = try shop.store.enqueue("q", [Self.job], in: db)
                    throw Refused()
                }
            }
            try await shop.database.write { db throws in
                try db.inSavepoint { () throws in
                    _ = try shop.store.enqueue("q", [Self.job], in: db)
                    return .rollback
                }
            }
            try await shop.store.add(1, to: "last")
            #expect(try await woken.wait()[0].work == ["last"])
            try await wait.value
        }
    }

    /// Makes the storing of jobs of the name `poison` fail in one of SQLite's ways.
    static func poison(_ effect: String) -> String {
        """
        CREATE TRIGGER poison BEFORE INSERT ON drover_jobs WHEN NEW.name = 'poison'
        BEGIN SELECT RAISE(\(effect), 'poisoned'); END
        """
    }
}
