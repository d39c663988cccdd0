import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Testing

/// Workers in processes of their own are killed while they work flows.
@Suite("Kills of workers of flows", .serialized)
struct FlowKillTests {
    private static let kills = TestRun.number("DROVER_FLOW_KILLS", default: 6)
    private static let leaves: QueueName = "leaves"
    private static let failing: QueueName = "failing"
    private static let middles: QueueName = "middles"
    private static let roots: QueueName = "roots"

    @Test("Whenever workers are killed, each parent runs as often as it must, after all its children: SQLite")
    func sqlite() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            try await killing(on: store, "sqlite:\(path)")
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("Whenever workers are killed, each parent runs as often as it must, after all its children: Redis")
    func redis() async throws {
        let server = try await RedisServer.start()
        let url = server.url(prefix: "p")
        let store = try RedisStore(url: url + "&timeout=60s&connectTimeout=60s")
        try await store.prepare()
        // The check needs all events.
        for queue in [Self.leaves, Self.failing, Self.middles, Self.roots] {
            try await server.command("HSET", "p:\(queue):meta", "opts.maxLenEvents", "10000000")
        }
        try await killing(on: store, url)
        await store.close()
        #expect(try await RedisAudit.problems(on: server, prefix: "p") == [])
        try await server.stop()
    }

    // MARK: Workers

    private static func worker(_ queues: [QueueName], _ handler: String, _ url: String) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            ["work", "--store", url] + queues.flatMap { ["--queue", "\($0):4"] } + [
                "--handler", handler, "--lease", "1s", "--max-stalled", "100000",
            ])
    }

    private func workers(_ url: String) throws -> [() throws -> ChildProcess] {
        let working = [Self.leaves, Self.middles, Self.roots]
        return [
            { try Self.worker(working, "sleep:5ms", url) }, { try Self.worker(working, "echo", url) },
            { try Self.worker([Self.failing], "fail:no", url) },
        ]
    }

    // MARK: Flows

    /// A flow: over two parents that complete, one in spite of a failed child, two that wait for the same jobs as others, one
    /// that fails by its child, and a branch of four more levels for each policy that lets it end.
    private func flow(_ number: Int) throws -> NewJob {
        func child(
            _ queue: QueueName, _ name: String, _ policy: ChildFailurePolicy = .keepWaiting, over: [ChildJob] = []
        ) throws -> ChildJob {
            ChildJob(queue, try job("\(name)-\(number)", over: over), onFailure: policy)
        }
        func reference(_ queue: QueueName, _ name: String, _ policy: ChildFailurePolicy = .keepWaiting) throws
            -> ChildJob
        {
            ChildJob(
                reference: JobKey(queue: queue, id: try JobID.custom("\(name)-\(number)")), onFailure: policy)
        }
        return try job(
            "root-\(number)",
            over: [
                try child(Self.middles, "all", over: (1...3).map { try child(Self.leaves, "a\($0)") }),
                // A diamond over the root: it waits for both, and both for what has failed as well.
                try child(
                    Self.middles, "left",
                    over: [try reference(Self.leaves, "a1"), try reference(Self.failing, "f", .ignore)]),
                try child(
                    Self.middles, "right",
                    over: [
                        try reference(Self.leaves, "a1"), try reference(Self.leaves, "b1"),
                        try reference(Self.failing, "f", .ignore),
                    ]),
                try child(
                    Self.middles, "but-one",
                    over: (1...2).map { try child(Self.leaves, "b\($0)") } + [try child(Self.failing, "f", .ignore)]),
                try child(Self.middles, "failed", .ignore, over: [try child(Self.failing, "g", .failParent)]),
                try branch(.failParent, number, onFailure: .ignore),
                try branch(.continueParent, number, onFailure: .continueParent),
                try branch(.ignore, number, onFailure: .ignore), try branch(.remove, number, onFailure: .remove),
            ])
    }

    /// The second to the fifth level of a flow. The last one fails, and to each job above it a failure below means the same. Who
    /// waits for all its children in spite of it has another one that completes.
    private func branch(_ policy: ChildFailurePolicy, _ number: Int, onFailure: ChildFailurePolicy) throws -> ChildJob {
        func name(_ level: String) -> String { "\(policy.rawValue)\(level)-\(number)" }
        var children = [ChildJob(Self.failing, try job(name("5")), onFailure: policy)]
        if policy == .ignore || policy == .remove { children.append(ChildJob(Self.leaves, try job(name("leaf")))) }
        for level in ["4", "3"] {
            children = [ChildJob(Self.middles, try job(name(level), over: children), onFailure: policy)]
        }
        return ChildJob(Self.middles, try job(name("2"), over: children), onFailure: onFailure)
    }

    /// A flow of five levels that waits for good, as its last one fails.
    private func waiting(_ number: Int) throws -> NewJob {
        try job("none1-\(number)", over: [try branch(.keepWaiting, number, onFailure: .keepWaiting)])
    }

    private func job(_ id: String, over children: [ChildJob] = []) throws -> NewJob {
        NewJob(id: try JobID.custom(id), name: "n", children: children)
    }

    private func killing(on store: any JobStore, _ url: String) async throws {
        var random = TestRun.generator()
        let start = try workers(url)
        var running = try start.map { try $0() }
        defer { for worker in running { worker.crash() } }
        var watched = [Self.leaves, Self.failing, Self.middles, Self.roots].map { FlowHistory(of: $0, in: store) }
        var added = 0
        for _ in 0..<Self.kills {
            for _ in 0..<4 {
                let replies = try await store.enqueue(Self.roots, [try flow(added), try waiting(added)])
                #expect(replies.allSatisfy { $0.problem == nil })
                added += 1
            }
            // Killed by progress and not by time: after so many more jobs of a level began or ended.
            let level = Int.random(in: 0..<watched.count, using: &random)
            let isByStarts = Bool.random(using: &random)
            let steps = Int.random(in: 1...[8, 4, 6, 2][level], using: &random)
            let before = watched[level]
            try await watched[level].follow {
                isByStarts ? $0.begun >= before.begun + steps : $0.ended >= before.ended + steps
            }
            let victim = Int.random(in: 0..<running.count, using: &random)
            running[victim].crash()
            try await running[victim].end()
            running[victim] = try start[victim]()
            // Events that were not read in time would be gone.
            for index in watched.indices { try await watched[index].readOn() }
        }
        let total = added
        try await watched[3].follow { $0.ended >= total }
        // Those of the flows that wait for good end by themselves.
        try await watched[1].follow { $0.ended >= 7 * total }
        for worker in running {
            // Its first line, "working", comes when it takes signals.
            try await worker.errors.wait(for: 1, timeout: .seconds(300))
            kill(worker.processID, SIGTERM)
        }
        for worker in running { #expect(try await worker.end().isSuccess, "\(worker.errors.values.suffix(5))") }
        for index in watched.indices { try await watched[index].readOn() }
        try await check(total, watched, in: store)
        let stalls = watched.reduce(0) { $0 + $1.stalled }
        TestRun.figure("\(Self.kills) kills among flows on \(store.traits.name), \(total) flows")
        TestRun.figure("\(stalls) stalls among jobs of flows on \(store.traits.name)")
    }

    // MARK: The check

    private func check(_ total: Int, _ watched: [FlowHistory], in store: any JobStore) async throws {
        var jobs: [JobKey: FlowHistory.Seen] = [:]
        for history in watched { jobs.merge(history.jobs) { $1 } }
        #expect(jobs.count == total * 36)
        for number in 0..<total {
            var open = [(queue: Self.roots, job: try flow(number))]
            while let (queue, job) = open.popLast() {
                open += job.children.filter { !$0.isReference }.map { ($0.queue, $0.job) }
                let key = JobKey(queue: queue, id: try #require(job.id))
                let seen = try #require(jobs[key], "\(key) is lost")
                let isFailing = queue == Self.failing || key.id.text.hasPrefix("fail")
                #expect(seen.completed == (isFailing ? 0 : 1) && seen.failed == (isFailing ? 1 : 0), "\(key): \(seen)")
                #expect(seen.begins.count == 1 + seen.putBack, "\(key): \(seen)")
                #expect(seen.released == (job.children.isEmpty ? 0 : 1), "\(key) was released so often: \(seen)")
                let record = try #require(try await store.jobs([key]).first ?? nil, "\(key) is lost")
                #expect(record.attemptsStarted == seen.begins.count && record.stalls == seen.stalled, "\(record)")
                for child in job.children {
                    let lower = JobKey(queue: child.queue, id: try #require(child.job.id))
                    let end = try #require(jobs[lower]?.end)
                    let begin = try #require(seen.begins.first)
                    #expect(begin >= end, "\(key) began before \(lower) had ended")
                }
                if !job.children.isEmpty { try await checkChildren(of: key, in: store) }
            }
            for level in 1...4 {
                let key = JobKey(
                    queue: level == 1 ? Self.roots : Self.middles, id: try .custom("none\(level)-\(number)"))
                #expect(jobs[key]?.begins == [] && jobs[key]?.released == 0, "\(key)")
                #expect(try await store.jobs([key]).first??.state == .waitingChildren, "\(key)")
                try await checkChildren(of: key, in: store)
            }
            let failed = JobKey(queue: Self.failing, id: try .custom("none5-\(number)"))
            let seen = try #require(jobs[failed], "\(failed) is lost")
            #expect(seen.failed == 1 && seen.begins.count == 1 + seen.putBack, "\(failed): \(seen)")
        }
        for queue in try await store.queues() {
            let waiting = queue.name == Self.roots ? total : queue.name == Self.middles ? 3 * total : 0
            #expect(queue.counts[.waitingChildren] == waiting)
            #expect(queue.counts.total == waiting + queue.counts[.completed] + queue.counts[.failed])
        }
    }

    private func checkChildren(of key: JobKey, in store: any JobStore) async throws {
        let counts = try await store.children(of: key, .pending, page: Page(limit: 1)).counts
        let expected: ChildCounts =
            switch key.id.text.split(separator: "-").first {
            case "root": ChildCounts(processed: 7, ignored: 2)
            case "left": ChildCounts(processed: 1, ignored: 1)
            case "right": ChildCounts(processed: 2, ignored: 1)
            case "all": ChildCounts(processed: 3)
            case "but": ChildCounts(processed: 2, ignored: 1)
            case "failed", "fail4", "fail3", "fail2": ChildCounts(failed: 1)
            case "continue4": ChildCounts(ignored: 1)
            case "ignore4": ChildCounts(processed: 1, ignored: 1)
            case "none4", "none3", "none2", "none1": ChildCounts(pending: 1)
            // Among them the one that hears nothing of what failed: it has its other child alone.
            default: ChildCounts(processed: 1)
            }
        #expect(counts == expected, "\(key)")
    }
}
