import Dispatch
import DroverCore
import DroverTesting
import GRDB
import Synchronization
import Testing

@testable import DroverSQLite

/// What the application observes on the connection that the store writes with.
@Suite("Observers of the application")
struct ObserverTests {
    /// Writes down what GRDB tells it.
    private final class Observer: TransactionObserver, Sendable {
        struct Log {
            var numbers: [Int64] = []
            var tables: Set<String> = []
            /// `will`, `did` and `back`, in order.
            var ends: [String] = []
            var isRefusing = false
        }

        let log = Mutex(Log())

        func observes(eventsOfKind kind: DatabaseEventKind) -> Bool {
            switch kind {
            case .insert(let table), .delete(let table), .update(let table, _): table == "orders"
            }
        }

        func databaseDidChange(with event: DatabaseEvent) {
            log.withLock { log in
                log.numbers.append(event.rowID)
                log.tables.insert(event.tableName)
            }
        }

        func databaseWillCommit() throws {
            try log.withLock { log in
                log.ends.append("will")
                if log.isRefusing { throw Refused() }
            }
        }

        func databaseDidCommit(_ db: Database) { log.withLock { $0.ends.append("did") } }

        func databaseDidRollback(_ db: Database) { log.withLock { $0.ends.append("back") } }
    }

    @Test("See every change of their tables, also around calls of the store, and the end of every transaction")
    func transactionObserver() async throws {
        try await withApplication(.pool) { shop async throws in
            let observer = Observer()
            shop.database.add(transactionObserver: observer, extent: .databaseLifetime)
            try await shop.store.add(1, to: "q")
            #expect(observer.log.withLock { $0.ends } == ["will", "did"])
            try await shop.database.write { db throws in
                try db.order(1)
                _ = try shop.store.enqueue("q", [NewJob(name: "test")], in: db)
                try db.order(2)
                try db.inSavepoint { () throws in
                    try db.order(3)
                    _ = try shop.store.enqueue("q", [NewJob(name: "test")], in: db)
                    return .commit
                }
                try db.inSavepoint { () throws in
                    _ = try shop.store.enqueue("q", [NewJob(name: "test")], in: db)
                    try db.order(4)
                    return .rollback
                }
            }
            await #expect(throws: Refused.self) {
                try await shop.database.write { db throws in
                    _ = try shop.store.enqueue("q", [NewJob(name: "test")], in: db)
                    throw Refused()
                }
            }
            _ = try await shop.store.claim(1, of: "q", "c")
            let log = observer.log.withLock { $0 }
            #expect(log.numbers == [1, 2, 3])
            #expect(log.tables == ["orders"])
            #expect(log.ends == ["will", "did", "will", "did", "back", "will", "did"])
            #expect(try await shop.counts() == JobCounts([.waiting: 2, .active: 1]))
        }
    }

    @Test("May refuse a commit of the store's, which fails as a whole and can be repeated")
    func refusedCommit() async throws {
        try await withApplication(.queue) { shop async throws in
            let observer = Observer()
            shop.database.add(transactionObserver: observer, extent: .databaseLifetime)
            observer.log.withLock { $0.isRefusing = true }
            let error = try await storeError { try await shop.store.add(1, to: "q") }
            #expect(error?.cause is Refused)
            observer.log.withLock { $0.isRefusing = false }
            try await shop.store.add(1, to: "q")
            #expect(observer.log.withLock { $0.ends } == ["will", "back", "will", "did"])
            #expect(try await shop.counts() == JobCounts([.waiting: 1]))
        }
    }

    @Test("Are given new values for their rows and none for the store's", arguments: Application.places)
    func valueObservation(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let values = Probe<Int>("values")
            let observation = ValueObservation.tracking {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM orders") ?? 0
            }
            let token = observation.removeDuplicates().start(
                in: shop.database, scheduling: .async(onQueue: DispatchQueue(label: "values")),
                onError: { Issue.record($0) }, onChange: { values.signal($0) })
            try await values.wait(for: 1)
            for number in 1...5 {
                try await shop.store.add(1, to: "q")
                try await shop.database.write { db throws in
                    try db.order(number)
                    _ = try shop.store.enqueue("q", [NewJob(name: "test")], in: db)
                }
                // Seen before the next write, which might be told of together with this one.
                try await values.wait(for: number + 1)
            }
            _ = try await shop.store.claim(10, of: "q", "c")
            token.cancel()
            #expect(values.values == [0, 1, 2, 3, 4, 5])
        }
    }
}
