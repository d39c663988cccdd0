import DroverCore
import DroverTesting
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Settling in a transaction of the application's")
struct JoinedSettlementTests {
    private func settlement(_ job: ClaimedJob, _ retention: Retention = .keepAll) throws -> Settlement {
        Settlement(lease: job.lease, outcome: .completed(try JSONText("7")), retention: retention)
    }

    @Test("An attempt is settled by the commit, with events as of an exchange", arguments: Application.places)
    func commit(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let job = try await shop.claimed()
            let settlement = try settlement(job)
            let ends = Probe<Bool>("ends")
            try await shop.database.write { db throws in
                try db.order(1)
                #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .settled)
                // The job is not held any more, as the transaction sees it.
                #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .leaseLost)
                #expect(ends.values == [])
            }
            #expect(ends.values == [true])
            let record = try #require(try await shop.store.jobs([job.job.key])[0])
            #expect(record.state == .completed)
            #expect(record.result?.text == "7")
            #expect(record.attemptsMade == 1)
            let page = try await shop.store.events(EventQuery(queue: "q", start: .beginning), waitingAtMost: .zero)
            #expect(page.events.map(\.kind.name).suffix(2) == ["completed", "drained"])
            #expect(try await shop.store.renew([job.lease]) == [.lost])
        }
    }

    @Test("After a rollback the attempt is held as before", arguments: Application.places)
    func rollback(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let settlement = try settlement(try await shop.claimed())
            let ends = Probe<Bool>("ends")
            await #expect(throws: Refused.self) {
                try await shop.database.write { db throws in
                    #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .settled)
                    throw Refused()
                }
            }
            #expect(ends.values == [false])
            #expect(try await shop.store.renew([settlement.lease]) == [.held])
            #expect(try await shop.counts() == JobCounts([.active: 1]))
        }
    }

    @Test("After a rollback to a savepoint of the application's the attempt is held, though the rest is committed")
    func savepoint() async throws {
        try await withApplication(.pool) { shop async throws in
            let settlement = try settlement(try await shop.claimed())
            let ends = Probe<Bool>("ends")
            try await shop.database.write { db throws in
                try db.order(1)
                try db.inSavepoint { () throws in
                    #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .settled)
                    return .rollback
                }
            }
            #expect(ends.values == [false])
            #expect(try await shop.orders() == [1])
            #expect(try await shop.store.renew([settlement.lease]) == [.held])
        }
    }

    @Test(
        "A transaction that SQLite rolls back by itself settles nothing, and the next one can",
        arguments: [true, false])
    func rolledBackBySQLite(byCall: Bool) async throws {
        try await withApplication(.pool) { shop async throws in
            let settlement = try settlement(try await shop.claimed())
            try await shop.database.write { db throws in
                try db.execute(sql: JoinedTransactionTests.poison("ROLLBACK"))
                try db.execute(
                    sql: """
                        CREATE TRIGGER refuse BEFORE INSERT ON orders WHEN NEW.number = 13
                        BEGIN SELECT RAISE(ROLLBACK, 'refused'); END
                        """)
            }
            let ends = Probe<Bool>("ends")
            await #expect(throws: (any Error).self) {
                try await shop.database.write { db throws in
                    try db.order(1)
                    #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .settled)
                    if byCall { _ = try shop.store.enqueue("q", [NewJob(name: "poison")], in: db) }
                    try db.order(13)
                }
            }
            #expect(try await shop.orders() == [])
            #expect(try await shop.store.renew([settlement.lease]) == [.held])
            let later = Probe<Bool>("ends of the second")
            try await shop.database.write { db throws in
                try db.order(2)
                #expect(try shop.store.transaction(of: db).settle(settlement) { later.signal($0) } == .settled)
            }
            #expect(ends.values == [false])
            #expect(later.values == [true])
            #expect(try await shop.orders() == [2])
            #expect(try await shop.counts() == JobCounts([.completed: 1]))
        }
    }

    @Test("A lease that was lost settles nothing", arguments: Application.places)
    func leaseLost(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let job = try await shop.claimed()
            let ends = Probe<Bool>("ends")
            try await shop.database.write {
                try $0.execute(sql: "UPDATE drover_jobs SET token = 'another' WHERE state = 3")
            }
            let settlement = try settlement(job)
            let unknown = Settlement(
                lease: Lease(
                    job: JobKey(queue: "none", id: job.job.key.id), token: job.lease.token, duration: .seconds(1)),
                outcome: .released)
            try await shop.database.write { db throws in
                #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .leaseLost)
                #expect(try shop.store.transaction(of: db).settle(unknown) { ends.signal($0) } == .leaseLost)
            }
            #expect(ends.values == [])
            #expect(try await shop.counts() == JobCounts([.active: 1]))
        }
    }

    @Test("Finished jobs are kept by the settlement's rule", arguments: Application.places)
    func retention(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            for round in 0..<3 {
                let settlement = try settlement(try await shop.claimed("holder-\(round)"), .keep(2))
                try await shop.database.write { db throws in
                    #expect(try shop.store.transaction(of: db).settle(settlement) { _ in } == .settled)
                }
            }
            #expect(try await shop.counts() == JobCounts([.completed: 2]))
            let last = try await shop.claimed("last")
            let settlement = try settlement(last, .removeAtOnce)
            let ends = Probe<Bool>("ends")
            try await shop.database.write { db throws in
                #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .settled)
            }
            #expect(ends.values == [true])
            #expect(try await shop.store.jobs([last.job.key]) == [nil])
        }
    }

    @Test("Many jobs, with ids of their own too, are enqueued and settled in one transaction, each told of its own end")
    func many() async throws {
        try await withApplication(.pool) { shop async throws in
            let jobs = try (0..<50).map { NewJob(id: $0 % 2 == 0 ? try JobID.custom("own-\($0)") : nil, name: "test") }
            _ = try await shop.store.enqueue("q", jobs)
            let claimed = try await shop.store.claim(50, of: "q", "c").claimed
            let settlements = try claimed.map { try settlement($0) }
            let ends = Probe<Bool>("ends")
            try await shop.database.write { db throws in
                for (number, settlement) in settlements.enumerated() {
                    try db.inSavepoint { () throws in
                        #expect(try shop.store.transaction(of: db).settle(settlement) { ends.signal($0) } == .settled)
                        _ = try shop.store.enqueue("next", [NewJob(name: "test")], in: db)
                        return number % 5 == 0 ? .rollback : .commit
                    }
                }
            }
            #expect(ends.values == (0..<50).map { $0 % 5 != 0 })
            #expect(try await shop.counts() == JobCounts([.active: 10, .completed: 40]))
            #expect(try await shop.counts(of: "next") == JobCounts([.waiting: 40]))
        }
    }
}
