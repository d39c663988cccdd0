import DroverCore
import DroverSQLite
import DroverTesting
import ProcessTesting
import Testing

/// Workers of a queue with groups are killed while they work.
@Suite("Kills and groups", .serialized)
struct GroupKillTests {
    private static let most = 2
    private static let groups = ["a", "b", "c"]

    private static func worker(on path: String) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            [
                "work", "--store", "sqlite:\(path)", "--queue", "q:8", "--handler", "sleep:10ms", "--lease", "1s",
                "--max-stalled", "100000",
            ])
    }

    /// How many jobs of each group are active, by the events.
    private struct Watch {
        var groupOf: [JobID: String] = [:]
        var active: [String: Int] = [:]
        var highest: [String: Int] = [:]
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

    @Test("However workers are killed, no more jobs of a group are active than its concurrency, and all end")
    func concurrency() async throws {
        let kills = TestRun.number("DROVER_KILLS", default: 6)
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            #expect(try await store.configure([.group("q", nil, .concurrency(Self.most))]) == [.done])
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
            var workers = [try Self.worker(on: path), try Self.worker(on: path)]
            defer { for worker in workers { worker.crash() } }
            var added = 0
            for kill in 0..<kills {
                for group in Self.groups {
                    var options = JobOptions()
                    options.group = group
                    let jobs = Array(repeating: NewJob(name: "n", options: options), count: 20)
                    let ids = try await store.enqueue("q", jobs).compactMap(\.id)
                    for id in ids { watch.groupOf[id] = group }
                    added += ids.count
                }
                let before = watch.begun
                try await follow { $0.begun >= before + 5 + kill }
                workers[kill % 2].crash()
                try await workers[kill % 2].end()
                workers[kill % 2] = try Self.worker(on: path)
            }
            try await follow { $0.completed >= added }
            #expect(Self.groups.allSatisfy { (watch.highest[$0] ?? 0) <= Self.most }, "\(watch.highest)")
            #expect(watch.active.values.allSatisfy { $0 == 0 }, "\(watch.active)")
            #expect(try await store.queues().first?.counts == JobCounts([.completed: added]))
            let left = try await store.jobs(matching: JobQuery(queue: "q", part: .groups), page: Page()).groups
            #expect(left == [])
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
            TestRun.figure(
                "\(kills) kills, \(added) jobs of 3 groups, \(watch.stalled) stalls, at most \(watch.highest) active")
        }
    }
}
