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
        on path: String, queue: QueueName = "q", handler: String, concurrency: Int = 8, maxStalled: Int = 100_000
    ) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            [
                "work", "--store", "sqlite:\(path)", "--queue", "\(queue):\(concurrency)", "--handler", handler,
                "--lease", "1s", "--max-stalled", "\(maxStalled)",
            ])
    }

    /// Ends workers that have nothing to do any more as one should.
    private static func stop(_ workers: [ChildProcess]) async throws {
        for worker in workers {
            // Its first line, "working", comes when it takes signals: before that one would end it as a crash.
            try await worker.errors.wait(for: 1, timeout: .seconds(300))
            kill(worker.processID, SIGTERM)
        }
        for worker in workers {
            let end = try await worker.end()
            #expect(end.isSuccess, "\(end): \(worker.errors.values.suffix(5))")
        }
    }

    /// The queue whose jobs fail at both of their attempts; all others are of the queue `q`.
    private static let failing: QueueName = "failing"

    @Test("Whenever workers are killed, every job ends exactly once and no attempt is counted twice")
    func endedOnce() async throws {
        var random = TestRun.generator()
        let kills = TestRun.number("DROVER_KILLS", default: 12)
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            var workers = [
                try Self.worker(on: path, handler: "sleep:15ms"), try Self.worker(on: path, handler: "echo"),
                try Self.worker(on: path, queue: Self.failing, handler: "fail:no"),
            ]
            defer { for worker in workers { worker.crash() } }
            var ids: [JobID] = []
            var history = History(of: "q", in: store)
            var failingIDs: [JobID] = []
            var failures = History(of: Self.failing, in: store)

            for round in 0..<kills {
                if round % 3 == 2 {
                    failingIDs += try await addFailing(10, to: store)
                    let steps = Int.random(in: 1...20, using: &random)
                    let before = failures.total
                    try await failures.follow { $0.active >= before.active + steps }
                    workers[2].crash()
                    try await workers[2].end()
                    workers[2] = try Self.worker(on: path, queue: Self.failing, handler: "fail:no")
                    // So that the next kill comes among attempts of new jobs.
                    let added = failingIDs.count
                    try await failures.follow { $0.failed >= added }
                    continue
                }
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
            // What came after the last event that was waited for would be counted as well.
            try await history.readOn()
            try await failures.readOn()

            try await check(ids, .completed, attempts: 1, history, in: "q", of: store)
            try await check(failingIDs, .failed, attempts: 2, failures, in: Self.failing, of: store)
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
            let stalls = history.total.stalled + failures.total.stalled
            TestRun.figure("\(kills) kills, \(added + failingIDs.count) jobs, \(stalls) stalls")
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

    /// Enqueues jobs that may be attempted twice, the second time at once.
    private func addFailing(_ count: Int, to store: SQLiteStore) async throws -> [JobID] {
        let job = NewJob(name: "work", options: JobOptions(attempts: 2, backoff: .fixed(.zero)))
        return try await store.enqueue(Self.failing, Array(repeating: job, count: count)).compactMap(\.id)
    }

    /// Checks that each job ended once, in this state, after so many attempts.
    private func check(
        _ ids: [JobID], _ state: JobState, attempts: Int, _ history: History, in queue: QueueName,
        of store: SQLiteStore
    ) async throws {
        let records = try await store.jobs(ids.map { JobKey(queue: queue, id: $0) })
        for (id, record) in zip(ids, records) {
            let record = try #require(record, "job \(id) is lost")
            let seen = try #require(history.jobs[id], "job \(id) was never begun")
            #expect(record.state == state, "job \(id)")
            #expect(seen.completed == (state == .completed ? 1 : 0), "job \(id)")
            #expect(seen.failed == (state == .failed ? 1 : 0), "job \(id)")
            #expect(record.attemptsMade == attempts, "job \(id)")
            #expect(record.attemptsStarted == seen.active, "job \(id)")
            #expect(record.stalls == seen.stalled, "job \(id)")
            #expect(record.attemptsStarted == 1 + seen.putBack, "job \(id)")
        }
        #expect(Set(ids).count == ids.count)
        let summary = try await store.queues().first { $0.name == queue }
        #expect(summary?.counts == JobCounts([state: ids.count]))
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
