import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import Testing

/// Workers in processes of their own are killed while they work.
@Suite("Kills", .serialized)
struct KillTests {
    private static func worker(
        on path: String, handler: String, concurrency: Int = 8, maxStalled: Int = 100_000
    ) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            [
                "work", "--store", "sqlite:\(path)", "--queue", "q:\(concurrency)", "--handler", handler,
                "--lease", "1s", "--max-stalled", "\(maxStalled)",
            ])
    }

    /// Ends workers that have nothing to do any more as one should.
    private static func stop(_ workers: [ChildProcess]) async throws {
        for worker in workers { kill(worker.processID, SIGTERM) }
        for worker in workers {
            let end = try await worker.end()
            #expect(end.isSuccess, "\(end): \(worker.errors.values.suffix(5))")
        }
    }

    @Test("Whenever workers are killed, every job is completed exactly once and no attempt is counted twice")
    func completedOnce() async throws {
        var random = TestRun.generator()
        let kills = TestRun.number("DROVER_KILLS", default: 12)
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            var workers = [
                try Self.worker(on: path, handler: "sleep:15ms"), try Self.worker(on: path, handler: "echo"),
            ]
            defer { for worker in workers { worker.crash() } }
            var ids: [JobID] = []
            var history = History(of: "q", in: store)

            for round in 0..<kills {
                ids += try await add(30, round: round, to: store)
                // Killed by progress and not by time: after so many more jobs began, or ended.
                let isByStarts = Bool.random(using: &random)
                let steps = Int.random(in: 1...25, using: &random)
                let before = history.total
                try await history.follow {
                    isByStarts ? $0.active >= before.active + steps : $0.completed >= before.completed + steps
                }
                let victim = Int.random(in: 0..<2, using: &random)
                workers[victim].crash()
                try await workers[victim].end()
                workers[victim] = try Self.worker(
                    on: path, handler: Bool.random(using: &random) ? "echo" : "sleep:15ms")
            }
            let added = ids.count
            try await history.follow { $0.completed >= added }
            try await Self.stop(workers)
            await store.close()

            try await check(ids, history, path)
            print("figure: \(kills) kills, \(added) jobs, \(history.total.stalled) stalls")
        }
    }

    private func add(_ count: Int, round: Int, to store: SQLiteStore) async throws -> [JobID] {
        let jobs = try (0..<count).map { number in
            let id = number % 3 == 0 ? try JobID.custom("own-\(round)-\(number)") : nil
            return NewJob(
                id: id, name: "work", payload: try JSONText(#"{"n":\#(number)}"#),
                options: JobOptions(priority: number % 5 == 0 ? 2 : 0))
        }
        return try await store.enqueue("q", jobs).compactMap(\.id)
    }

    private func check(_ ids: [JobID], _ history: History, _ path: String) async throws {
        let store = SQLiteStore(path: path)
        try await store.prepare()
        let records = try await store.jobs(ids.map { JobKey(queue: "q", id: $0) })
        for (id, record) in zip(ids, records) {
            let record = try #require(record, "job \(id) is lost")
            let seen = try #require(history.jobs[id], "job \(id) was never begun")
            #expect(record.state == .completed, "job \(id)")
            #expect(seen.completed == 1, "job \(id)")
            #expect(seen.failed == 0, "job \(id)")
            #expect(record.attemptsMade == 1, "job \(id)")
            #expect(record.attemptsStarted == seen.active, "job \(id)")
            #expect(record.stalls == seen.stalled, "job \(id)")
            #expect(record.attemptsStarted == 1 + seen.putBack, "job \(id)")
        }
        #expect(Set(ids).count == ids.count)
        #expect(try await store.queues().map(\.counts) == [JobCounts([.completed: ids.count])])
        await store.close()
        #expect(try FileAudit.problems(in: path) == [])
    }

    @Test("A job whose worker is killed more often than is allowed fails with BullMQ's reason")
    func stalledTooOften() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            let id = try #require(try await store.enqueue("q", [NewJob(name: "work")])[0].id)
            var history = History(of: "q", in: store)

            for kill in 1...2 {
                let worker = try Self.worker(on: path, handler: "sleep:1h", maxStalled: 1)
                defer { worker.crash() }
                try await history.follow { $0.active >= kill }
                worker.crash()
                try await worker.end()
            }
            let last = try Self.worker(on: path, handler: "sleep:1h", maxStalled: 1)
            defer { last.crash() }
            try await history.follow { $0.failed >= 1 }
            try await Self.stop([last])

            let record = try #require(try await store.jobs([JobKey(queue: "q", id: id)])[0])
            #expect(record.state == .failed)
            #expect(record.failedReason == "job stalled more than allowable limit")
            #expect(record.stalls == 2)
            #expect(history.jobs[id]?.stalled == 2)
            #expect(history.jobs[id]?.completed == 0)
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
        }
    }
}
