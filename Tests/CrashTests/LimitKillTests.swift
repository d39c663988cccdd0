import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import ProcessTesting
import RedisTesting
import Testing

/// Workers of a queue whose jobs may not all run at once are killed while they work.
@Suite("Kills and limits", .serialized)
struct LimitKillTests {
    /// What is bounded.
    enum Bound: String, CaseIterable, Sendable {
        case queue, groups

        /// How many jobs may be active at once, of the queue or of each group.
        var most: Int { self == .queue ? 3 : 2 }

        var setting: QueueSetting {
            switch self {
            case .queue: .concurrency("q", most)
            case .groups: .group("q", nil, .concurrency(most))
            }
        }

        /// Those whose jobs count together; without a name jobs of no group.
        var groups: [String?] { self == .queue ? [nil] : ["a", "b", "c"] }
    }

    private static let kills = TestRun.number("DROVER_LIMIT_KILLS", default: 6)

    /// A process of ten workers.
    private static func worker(_ url: String) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            [
                "work", "--store", url, "--queue", "q:10", "--handler", "sleep:10ms", "--lease", "1s",
                "--max-stalled", "100000",
            ])
    }

    /// How many jobs are active at once, by the events.
    private struct Watch {
        var groupOf: [JobID: String?] = [:]
        var active: [String?: Int] = [:]
        var highest: [String?: Int] = [:]
        var begun = 0
        var completed = 0
        var stalled = 0

        mutating func note(_ event: JobEvent) {
            guard let group = event.job.flatMap({ groupOf[$0] }) else { return }
            switch event.kind {
            case .active:
                begun += 1
                active[group, default: 0] += 1
                highest[group] = max(highest[group] ?? 0, active[group] ?? 0)
            case .waiting(from: .active): active[group, default: 0] -= 1
            case .completed:
                completed += 1
                active[group, default: 0] -= 1
            case .stalled: stalled += 1
            default: break
            }
        }
    }

    @Test(
        "However workers are killed, no more jobs are active than may be, and all end: SQLite",
        arguments: Bound.allCases)
    func sqlite(_ bound: Bound) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            try await killing(on: store, "sqlite:\(path)", bound)
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test(
        "However workers are killed, no more jobs are active than may be, and all end: Redis", arguments: Bound.allCases
    )
    func redis(_ bound: Bound) async throws {
        let server = try await RedisServer.start()
        let url = server.url(prefix: "p")
        let store = try RedisStore(url: url + "&timeout=60s&connectTimeout=60s")
        try await store.prepare()
        // The check needs all events.
        try await server.command("HSET", "p:q:meta", "opts.maxLenEvents", "10000000")
        try await killing(on: store, url, bound)
        await store.close()
        #expect(try await RedisAudit.problems(on: server, prefix: "p") == [])
        try await server.stop()
    }

    private func killing(on store: any JobStore, _ url: String, _ bound: Bound) async throws {
        #expect(try await store.configure([bound.setting]) == [.done])
        var watch = Watch()
        var start = EventQuery.Start.beginning
        func follow(until isEnough: (Watch) -> Bool) async throws {
            while !isEnough(watch) {
                let query = EventQuery(queue: "q", start: start, limit: 1000)
                let page = try await store.events(query, waitingAtMost: .seconds(60))
                try #require(!page.events.isEmpty, "no event came any more: \(watch.completed) have ended")
                for event in page.events { watch.note(event) }
                start = .after(page.next)
            }
        }
        var workers: [ChildProcess] = []
        defer { for worker in workers { worker.crash() } }
        for _ in 0..<4 { workers.append(try Self.worker(url)) }
        var added = 0
        for kill in 0..<Self.kills {
            for group in bound.groups {
                var options = JobOptions()
                options.group = group
                let ids = try await store.enqueue("q", Array(repeating: NewJob(name: "n", options: options), count: 20))
                    .compactMap(\.id)
                for id in ids { watch.groupOf[id] = .some(group) }
                added += ids.count
            }
            let before = watch.begun
            try await follow { $0.begun >= before + 5 + kill % 7 }
            workers[kill % 4].crash()
            try await workers[kill % 4].end()
            workers[kill % 4] = try Self.worker(url)
        }
        try await follow { $0.completed >= added }
        #expect(watch.highest.values.allSatisfy { $0 <= bound.most }, "\(watch.highest)")
        #expect(watch.highest.count == bound.groups.count)
        #expect(watch.active.values.allSatisfy { $0 == 0 }, "\(watch.active)")
        #expect(try await store.queues().first?.counts == JobCounts([.completed: added]))
        let left = try await store.jobs(matching: JobQuery(queue: "q", part: .groups), page: Page()).groups
        #expect(left == [])
        TestRun.figure(
            "\(Self.kills) kills under a concurrency of the \(bound.rawValue) on \(store.traits.name), \(added) jobs, "
                + "\(watch.stalled) stalls, at most \(watch.highest.values.max() ?? 0) of \(bound.most) active")
    }
}
