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
}
