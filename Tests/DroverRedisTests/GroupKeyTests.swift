import DroverCore
import Testing

/// Groups among keys that BullMQ's clients, accidents and earlier attempts left; the tests make such keys by hand.
@Suite("Groups and keys of others", .timeLimit(.minutes(10)))
struct GroupKeyTests {
    private func job(_ id: String, _ group: String? = "g") -> NewJob {
        var options = JobOptions()
        options.group = group
        return NewJob(id: JobID(stored: id), name: "job", options: options)
    }

    private func groups(_ queue: HandMadeQueue) async throws -> [GroupSummary] {
        try await queue.fixture.store.jobs(matching: JobQuery(queue: "q", part: .groups), page: Page()).groups
    }

    @Test("Who is given none of the jobs without a group, because they are gone, looks again at once")
    func ghosts() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([job("a")])
            for number in 0..<3 { try await queue.redis("LPUSH", "wait", "ghost-\(number)") }
            let reply = try await queue.exchange(claim: 1)
            #expect(reply.claimed.isEmpty)
            #expect(reply.nextDueIn == .zero)
            var found: [String] = []
            for _ in 0..<4 where found.isEmpty { found = try await queue.claim(1) }
            #expect(found == ["a"])
            #expect(try await queue.exchange(claim: 1).nextDueIn == nil)
        }
    }

    @Test("A job that another client has made wait for its children is not handed out by the turn of its group")
    func movedParent() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([job("a"), job("b")])
            try await queue.redis("ZADD", "waiting-children", "5", "a")
            #expect(try await queue.claim(5) == ["b"])
            #expect(try await queue.redis("ZSCORE", "waiting-children", "a") == "5")
        }
    }

    @Test("A job that waits in another group by now is not handed out by the turn of its former one")
    func movedGroup() async throws {
        try await HandMadeQueue.with { queue in
            _ = try await queue.fixture.store.configure([.group("q", "h", .pause)])
            try await queue.enqueue([job("a"), job("b", "h")])
            try await queue.redis("ZADD", "drover:group-g", "1", "b")
            #expect(try await queue.claim(5) == ["a"])
            #expect(
                try await queue.fixture.store.jobs([JobKey(queue: "q", id: JobID(stored: "b"))])[0]?.state == .grouped)
        }
    }

    @Test("Jobs that another client ended leave the groups without a limit, too, when stalled ones are looked for")
    func left() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([job("a"), job("b"), job("c", "h")])
            #expect(try await queue.claim(2) == ["a", "c"])
            for id in ["a", "c"] {
                try await queue.redis("LREM", "active", "0", id)
                try await queue.redis("DEL", id)
                try await queue.redis("DEL", "\(id):lock")
            }
            #expect(try await groups(queue).map(\.active) == [1, 1])
            _ = try await queue.fixture.store.reclaimStalled("q", maxStalled: 1, limit: 10)
            #expect(try await groups(queue) == [GroupSummary(name: "g", waiting: 1)])
        }
    }

    @Test("A queue is one with groups while it has some, or settings of them")
    func mark() async throws {
        try await HandMadeQueue.with { queue in
            func isMarked() async throws -> Bool { try await queue.redis("HEXISTS", "meta", "drover:groups") == "1" }
            try await queue.enqueue([job("x", nil)])
            #expect(try await !isMarked())
            try await queue.enqueue([job("a"), job("b", "h")])
            #expect(try await isMarked())
            let claimed = try await queue.exchange(claim: 3).claimed
            #expect(claimed.count == 3)
            #expect(try await isMarked())
            _ = try await queue.exchange(settling: claimed, claim: nil)
            #expect(try await !isMarked())
            for name in ["g", nil] {
                _ = try await queue.fixture.store.configure([.group("q", name, .concurrency(1))])
                #expect(try await isMarked())
                try await queue.enqueue([job("c\(name ?? "")")])
                _ = try await queue.exchange(settling: try await queue.exchange(claim: 1).claimed, claim: nil)
                #expect(try await isMarked(), "a setting is one of a group that may come")
                _ = try await queue.fixture.store.configure([.group("q", name, .concurrency(nil))])
                #expect(try await !isMarked())
            }
        }
    }

    @Test("A paused group holds a job back that another client has put into the line, also before it had jobs")
    func pausedBefore() async throws {
        try await HandMadeQueue.with { queue in
            _ = try await queue.fixture.store.configure([.group("q", "g", .pause)])
            try await queue.redis(
                "HSET", "7", "name", "n", "data", "{}", "opts", #"{"group":"g"}"#, "grp", "g", "priority", "0")
            try await queue.redis("LPUSH", "wait", "7")
            #expect(try await queue.claim(1).isEmpty)
            #expect(try await groups(queue) == [GroupSummary(name: "g", waiting: 1, isPaused: true)])
        }
    }

    @Test("What another client's removal of the queue left of its groups is told, and removed by an obliterate")
    func stranded() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([job("a"), job("b"), job("c", "h")])
            for key in ["meta", "events", "id", "marker"] { try await queue.redis("DEL", key) }
            let summary = try #require(try await queue.fixture.store.queues().first { $0.name == "q" })
            #expect(summary.problem?.contains("3 jobs of groups") == true)
            let report = try await queue.fixture.store.sweep(.obliterate("q", force: false), after: nil, limit: 100)
            #expect(report.removed == 3 && report.progress == .finished)
            for key in ["a", "b", "c", "waiting-children", "drover:group-g", "drover:ring", "drover:groups"] {
                #expect(try await queue.redis("EXISTS", key) == "0", "\(key)")
            }
            #expect(try await !queue.fixture.store.queues().contains { $0.name == "q" })
        }
    }
}
