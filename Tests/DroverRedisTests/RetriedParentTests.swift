import DroverCore
import RedisTesting
import Testing

@testable import DroverRedis

/// Parents of one job that are retried, where another client lets that job run again: it tells the first parent alone.
@Suite("Retried parents of one job", .timeLimit(.minutes(10)))
struct RetriedParentTests {
    private static let child = JobKey(queue: "q", id: JobID(stored: "x"))
    private static let first = JobKey(queue: "parents", id: JobID(stored: "first"))
    private static let second = JobKey(queue: "parents", id: JobID(stored: "second"))

    private let fixture: RedisFixture
    private let server: RedisServer
    private let prefix = RedisServer.freshPrefix()

    init() async throws {
        server = try await RedisServer.shared
        fixture = try await RedisFixture(on: server, prefix: prefix)
    }

    /// Stores a job for which two others wait, which it fails when it fails, and lets all three fail.
    private func fail() async throws {
        var graph = NewJob(
            id: Self.first.id, name: "p",
            children: [ChildJob("q", NewJob(id: Self.child.id, name: "x"), onFailure: .failParent)])
        let other = NewJob(
            id: Self.second.id, name: "p", children: [ChildJob(reference: Self.child, onFailure: .failParent)])
        graph.companions = [CompanionJob("parents", other)]
        #expect(try await fixture.store.enqueue("parents", [graph]) == [.added(Self.first.id)])
        for (queue, count) in [("q", 1), ("parents", 2)] as [(QueueName, Int)] {
            let claim = Claim(limit: 10, lease: .seconds(30), worker: "w")
            let claimed = try await fixture.store.exchange(
                queue, id: ExchangeID("claim \(queue)"), settle: [], claim: claim
            ).claimed
            #expect(claimed.count == count)
            let settlements = claimed.map {
                Settlement(lease: $0.lease, outcome: .failed(Failure(reason: "no")))
            }
            _ = try await fixture.store.exchange(
                queue, id: ExchangeID("settle \(queue)"), settle: settlements, claim: nil)
        }
        for parent in [Self.first, Self.second] {
            #expect(try await counts(parent) == ChildCounts(failed: 1))
            #expect(try await state(parent) == .failed)
        }
    }

    /// What BullMQ's client leaves of a job that it has retried and completed: of the parents the first knows of it (PROTOCOL
    /// 12.5, 11.3).
    private func completeElsewhere() async throws {
        let script = """
            local base, first = ARGV[1], ARGV[2]
            redis.call('ZREM', base .. 'failed', 'x')
            redis.call('HDEL', base .. 'x', 'failedReason')
            redis.call('HSET', base .. 'x', 'returnvalue', '1', 'finishedOn', '1900000000000')
            redis.call('ZADD', base .. 'completed', '1900000000000', 'x')
            redis.call('ZREM', first .. ':unsuccessful', base .. 'x')
            redis.call('SREM', first .. ':dependencies', base .. 'x')
            redis.call('HSET', first .. ':processed', base .. 'x', '1')
            """
        try await server.command("EVAL", script, "0", "\(prefix):q:", "\(prefix):parents:first")
    }

    /// Looks now for what other clients did.
    private func look() async throws {
        try await server.command("DEL", KeySpace(prefix: prefix).sharedLook)
        var release = try await fixture.store.releaseParents(after: nil, limit: 100)
        while let next = release.next { release = try await fixture.store.releaseParents(after: next, limit: 100) }
    }

    private func state(_ key: JobKey) async throws -> JobState? { try await fixture.store.jobs([key])[0]?.state }

    private func counts(_ key: JobKey) async throws -> ChildCounts {
        try await fixture.store.children(of: key, .pending, page: Page(limit: 1)).counts
    }

    @Test("A parent has the result of a child that completed elsewhere before the parent was retried")
    func completedBefore() async throws {
        try await fail()
        try await completeElsewhere()
        #expect(try await fixture.store.apply([.retry(Self.second, resetAttempts: true)]) == [.done])
        #expect(try await counts(Self.second) == ChildCounts(processed: 1))
        #expect(try await state(Self.second) == .waiting)
    }

    @Test("A parent that waits again hears of a child that completes elsewhere afterwards")
    func completedAfter() async throws {
        try await fail()
        #expect(try await fixture.store.apply([.retry(Self.second, resetAttempts: true)]) == [.done])
        #expect(try await state(Self.second) == .waitingChildren)
        // The failure that it was told of is not told again.
        try await look()
        #expect(try await state(Self.second) == .waitingChildren)
        try await completeElsewhere()
        try await look()
        #expect(try await state(Self.second) == .waiting)
        #expect(try await counts(Self.second) == ChildCounts(processed: 1))
    }

    @Test("A parent that waits again for a child that is removed elsewhere runs without it")
    func removedAfter() async throws {
        try await fail()
        #expect(try await fixture.store.apply([.retry(Self.second, resetAttempts: true)]) == [.done])
        try await server.command("ZREM", "\(prefix):q:failed", "x")
        try await server.command("DEL", "\(prefix):q:x")
        try await look()
        let parent = try await fixture.store.jobs([Self.second])[0]
        #expect(parent?.state == .waiting)
        #expect(parent?.deferredFailure == nil)
        #expect(try await counts(Self.second) == ChildCounts())
    }
}
