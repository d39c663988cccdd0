import DroverCore
import Testing

/// Children and parents that one exchange settles and claims together; the tests make them by hand.
@Suite("Families", .timeLimit(.minutes(10)))
struct FamilyTests {
    private static let failure = Outcome.failed(Failure(reason: "boom"))

    /// Makes `child` a child of `parent` whose failure fails it.
    private func relate(_ child: String, to parent: String, in queue: HandMadeQueue) async throws {
        let job = queue.key(parent)
        try await queue.redis("HSET", child, "parentKey", job, "parent", #"{"id":"\#(parent)","fpof":true}"#)
        try await queue.redis("SADD", parent + ":dependencies", queue.key(child))
    }

    @Test("A parent whose delay ends in the call that fails its child is handed out once, as one that must fail")
    func dueParent() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([
                NewJob(id: JobID(stored: "c"), name: "job"),
                NewJob(id: JobID(stored: "p"), name: "job", start: .after(.seconds(3600))),
            ])
            try await relate("c", to: "p", in: queue)
            let child = try await queue.exchange(claim: 10).claimed
            try await queue.redis("ZADD", "delayed", "4096", "p")
            let reply = try await queue.settle(child.map { ($0, Self.failure) }, claim: 10)
            #expect(reply.claimed.map(\.job.key.id.text) == ["p"])
            #expect(reply.claimed.first?.job.deferredFailure != nil)
            #expect(try await queue.redis("LRANGE", "active", "0", "-1") == "p")
        }
    }

    @Test("A parent that is claimed in the call that fails its child is handed out as one that must fail")
    func waitingParent() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue(["c", "p"].map { NewJob(id: JobID(stored: $0), name: "job") })
            try await relate("c", to: "p", in: queue)
            let child = try await queue.exchange(claim: 1).claimed
            let reply = try await queue.settle(child.map { ($0, Self.failure) }, claim: 1)
            #expect(reply.claimed.map(\.job.key.id.text) == ["p"])
            #expect(reply.claimed.first?.job.deferredFailure != nil)
        }
    }

    @Test("A parent that fails in one call with its child has no failure left to deliver", arguments: [false, true])
    func together(isParentFirst: Bool) async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue(["c", "p"].map { NewJob(id: JobID(stored: $0), name: "job") })
            try await relate("c", to: "p", in: queue)
            let family = try await queue.exchange(claim: 2).claimed
            try await queue.settle((isParentFirst ? family.reversed() : family).map { ($0, Self.failure) }, claim: nil)
            #expect(try await queue.redis("ZCARD", "failed") == "2")
            #expect(try await queue.redis("HEXISTS", "p", "defa") == "0")
        }
    }

    @Test("A child whose parent's policy is no JSON costs the jobs beside it nothing")
    func brokenPolicy() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue(["a", "b", "c"].map { NewJob(id: JobID(stored: $0), name: "job") })
            try await relate("b", to: "p", in: queue)
            try await queue.redis("HSET", "b", "parent", "")
            let claimed = try await queue.exchange(claim: 3).claimed
            let reply = try await queue.settle(claimed.map { ($0, Self.failure) }, claim: nil)
            #expect(reply.settled == [.settled, .settled, .settled])
            #expect(try await queue.redis("ZCARD", "failed") == "3")
        }
    }

    @Test("Cancelling a job that waits ends its hold on a deduplication")
    func cancelled() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([NewJob(id: JobID(stored: "a"), name: "job")])
            try await queue.redis("HSET", "a", "deid", "d")
            try await queue.redis("SET", "de:d", "a")
            let key = JobKey(queue: "q", id: JobID(stored: "a"))
            #expect(try await queue.fixture.store.apply([.cancel(key)]) == [.done])
            #expect(try await queue.redis("EXISTS", "de:d") == "0")
        }
    }

    @Test("Stalled jobs of other clients are put back as many at a time as was asked for")
    func limitedReclaim() async throws {
        try await HandMadeQueue.with { queue in
            let ids = try await queue.enqueue((1...5).map { NewJob(id: JobID(stored: "j\($0)"), name: "job") })
            try await queue.redis("DEL", "wait")
            try await queue.redis(["LPUSH", "active"] + ids)
            try await queue.redis(["SADD", "stalled"] + ids)
            var found: [Int] = []
            for _ in 0..<3 {
                found.append(try await queue.fixture.store.reclaimStalled("q", maxStalled: 1, limit: 2).count)
            }
            #expect(found == [2, 2, 1])
            #expect(try await queue.redis("LLEN", "active") == "0")
        }
    }
}
