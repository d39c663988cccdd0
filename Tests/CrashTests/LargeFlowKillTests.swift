import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Testing

/// Workers in processes of their own are killed while they work the many children of one flow.
@Suite("Kills of workers of a large flow", .serialized)
struct LargeFlowKillTests {
    private static let kills = TestRun.number("DROVER_FLOW_KILLS", default: 6)
    private static let children = TestRun.number("DROVER_FLOW_CHILDREN", default: 10_000)
    private static let sums: QueueName = "sums"
    /// The children's queues; the parent's own is one of them.
    private static let queues: [QueueName] = ["north", "south", sums]

    @Test("Whenever workers are killed, the parent of 10,000 children runs once, after all of them: SQLite")
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

    @Test("Whenever workers are killed, the parent of 10,000 children runs once, after all of them: Redis")
    func redis() async throws {
        let server = try await RedisServer.start()
        let url = server.url(prefix: "p")
        let store = try RedisStore(url: url + "&timeout=60s&connectTimeout=60s")
        try await store.prepare()
        // The check needs all events.
        for queue in Self.queues {
            try await server.command("HSET", "p:\(queue):meta", "opts.maxLenEvents", "10000000")
        }
        try await killing(on: store, url)
        await store.close()
        #expect(try await RedisAudit.problems(on: server, prefix: "p") == [])
        try await server.stop()
    }

    private static func worker(_ url: String) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            ["work", "--store", url] + queues.flatMap { ["--queue", "\($0):4"] } + [
                "--handler", "echo", "--lease", "1s", "--max-stalled", "100000",
            ])
    }

    private static func child(_ number: Int) throws -> ChildJob {
        let id = try JobID.custom("child-\(number)")
        return ChildJob(queues[number % 3], NewJob(id: id, name: "part", payload: try JSONText("\(number)")))
    }

    private func killing(on store: any JobStore, _ url: String) async throws {
        var random = TestRun.generator()
        let parent = JobKey(queue: Self.sums, id: try JobID.custom("parent"))
        let flow = NewJob(id: parent.id, name: "sum", children: try (1...Self.children).map(Self.child))
        #expect(try await store.enqueue(parent.queue, [flow]).first?.problem == nil)
        var running = try (0..<3).map { _ in try Self.worker(url) }
        defer { for worker in running { worker.crash() } }
        var watched = Self.queues.map { FlowHistory(of: $0, in: store) }
        for round in 1...Self.kills {
            // Killed by progress and not by time: the rounds together reach over all children.
            let level = Int.random(in: 0..<watched.count, using: &random)
            let goal = Self.children / 3 * round / (Self.kills + 1)
            try await watched[level].follow { $0.ended >= goal }
            let victim = Int.random(in: 0..<running.count, using: &random)
            running[victim].crash()
            try await running[victim].end()
            running[victim] = try Self.worker(url)
            // Events that were not read in time would be gone.
            for index in watched.indices { try await watched[index].readOn() }
        }
        try await watched[2].follow { $0.jobs[parent]?.end != nil }
        for worker in running {
            // Its first line, "working", comes when it takes signals.
            try await worker.errors.wait(for: 1, timeout: .seconds(300))
            kill(worker.processID, SIGTERM)
        }
        for worker in running { #expect(try await worker.end().isSuccess, "\(worker.errors.values.suffix(5))") }
        for index in watched.indices { try await watched[index].readOn() }
        try await check(parent, watched, in: store)
        TestRun.figure("\(Self.kills) kills among \(Self.children) children of a flow on \(store.traits.name)")
    }

    private func check(_ parent: JobKey, _ watched: [FlowHistory], in store: any JobStore) async throws {
        var jobs: [JobKey: FlowHistory.Seen] = [:]
        for history in watched { jobs.merge(history.jobs) { $1 } }
        #expect(jobs.count == Self.children + 1)
        let removed = jobs.removeValue(forKey: parent)
        let sum = try #require(removed)
        #expect(sum.completed == 1 && sum.failed == 0 && sum.released == 1, "\(sum)")
        #expect(sum.begins.count == 1 + sum.putBack, "\(sum)")
        let begin = try #require(sum.begins.first)
        for (key, seen) in jobs {
            #expect(seen.completed == 1 && seen.failed == 0, "\(key): \(seen)")
            #expect(seen.begins.count == 1 + seen.putBack, "\(key): \(seen)")
            let end = try #require(seen.end, "\(key) has not ended")
            #expect(begin >= end, "the parent began before \(key) had ended")
        }
        #expect(try await results(of: parent, in: store) == (1...Self.children).map(String.init).sorted())
    }

    /// The results of all children that the parent can read, sorted.
    private func results(of parent: JobKey, in store: any JobStore) async throws -> [String] {
        var found: [String] = []
        var page = Page(limit: 1000)
        repeat {
            let children = try await store.children(of: parent, .processed, page: page)
            #expect(children.counts == ChildCounts(processed: Self.children))
            found += children.children.compactMap { $0.result?.text }
            page.after = children.next
        } while page.after != nil
        return found.sorted()
    }
}
