import Drover
import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Foundation
import Logging
import ProcessTesting
import RedisTesting
import Testing

/// Ten processes take one schedule on, and are killed while they do.
@Suite("Kills of schedulers", .serialized)
struct ScheduleKillTests {
    private static let slots = TestRun.number("DROVER_SCHEDULE_SLOTS", default: 15)
    /// From slot to slot, in milliseconds.
    private static let interval = TestRun.number("DROVER_SCHEDULE_INTERVAL", default: 200)

    @Test("On a SQLite file each slot has exactly one job")
    func sqlite() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await killing(store, url: "sqlite:\(path)")
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("On Redis each slot has exactly one job")
    func redis() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(url: server.url(prefix: "p"))
        try await killing(store, url: server.url(prefix: "p"))
        await store.close()
        #expect(try await RedisAudit.problems(on: server, prefix: "p") == [])
        try await server.stop()
    }

    private static func worker(_ url: String) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            [
                "work", "--store", url, "--queue", "q", "--handler", "sleep:50ms", "--lease", "1s", "--max-stalled",
                "100000",
            ])
    }

    private func killing(_ store: any JobStore, url: String) async throws {
        var random = TestRun.generator()
        try await store.prepare()
        let key = ScheduleKey(queue: "q", id: try ScheduleID("s"))
        var schedule = Schedule(key: key, timing: .every(.milliseconds(Self.interval)), name: "tick")
        schedule.catchUp = .all(atMost: 1_000_000)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var workers = try (0..<10).map { _ in try Self.worker(url) }
        defer { for worker in workers { worker.crash() } }
        // So that the first kills come among working ones.
        for worker in workers { try await worker.errors.wait(for: 1, timeout: .seconds(300)) }
        let first = try #require(try await JobService(store: store, logger: logger).put(schedule))

        var (completed, kills, start) = (0, 0, EventQuery.Start.beginning)
        func follow(until count: Int) async throws {
            while completed < count {
                let query = EventQuery(queue: "q", start: start, limit: 1000)
                let page = try await store.events(query, waitingAtMost: .seconds(60))
                try #require(!page.events.isEmpty, "nothing came after \(completed) jobs")
                for event in page.events { if case .completed = event.kind { completed += 1 } }
                start = .after(page.next)
            }
        }
        while completed < Self.slots {
            // Killed by progress and not by time.
            try await follow(until: completed + Int.random(in: 1...2, using: &random))
            let victim = Int.random(in: 0..<workers.count, using: &random)
            workers[victim].crash()
            try await workers[victim].end()
            workers[victim] = try Self.worker(url)
            kills += 1
        }
        let keys = (0..<Self.slots).map {
            JobKey(queue: "q", id: key.id.job(at: first + .milliseconds($0 * Self.interval)))
        }
        // The jobs of the slots in question are in line before those that have ended behind them.
        var records = try await store.jobs(keys)
        while records.contains(where: { $0?.state != .completed }) {
            try await follow(until: completed + 1)
            records = try await store.jobs(keys)
        }
        let stalls = records.reduce(0) { $0 + ($1?.stalls ?? 0) }
        for record in records { #expect(record?.attemptsMade == 1) }
        TestRun.figure(
            "\(Self.slots) slots, one job each, with \(kills) kills on \(store.traits.name), \(stalls) stalls")
        try await stop(workers, key, store)
    }

    private func stop(_ workers: [ChildProcess], _ key: ScheduleKey, _ store: any JobStore) async throws {
        #expect(try await store.apply([ScheduleCommand.remove(key)]) == [.done])
        for worker in workers { try await worker.errors.wait(for: 1, timeout: .seconds(300)) }
        for worker in workers { kill(worker.processID, SIGTERM) }
        for worker in workers { try await worker.end() }
    }
}
