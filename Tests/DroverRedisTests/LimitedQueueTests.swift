import DroverCore
import DroverRedis
import RedisTesting
import Testing

/// Queues whose concurrency other clients have limited.
@Suite struct LimitedQueueTests {
    private let claim = Claim(limit: 2, lease: .seconds(3600), worker: "w")

    /// A queue of three jobs, one of which may run at once, and what a first claim says.
    private func limited(
        _ body: (any JobStore, ExchangeReply) async throws -> Void
    ) async throws {
        let prefix = RedisServer.freshPrefix()
        let server = try await RedisServer.shared
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        _ = try await fixture.store.enqueue("q", Array(repeating: NewJob(name: "n"), count: 3))
        _ = try await server.command("HSET", "\(prefix):q:meta", "concurrency", "1")
        let reply = try await fixture.store.exchange("q", id: ExchangeID("e1"), settle: [], claim: claim)
        try await body(fixture.store, reply)
        await fixture.dispose()
    }

    @Test("A worker that finds every place of a limited queue taken is told to look again soon")
    func full() async throws {
        try await limited { store, first in
            #expect(first.claimed.count == 1)
            #expect(first.nextDueIn == .seconds(5))
            let second = try await store.exchange("q", id: ExchangeID("e2"), settle: [], claim: claim)
            #expect(second.claimed.isEmpty)
            #expect(second.nextDueIn == .seconds(5))
        }
    }

    @Test("A job that is due earlier is looked for earlier, also in a full queue")
    func due() async throws {
        try await limited { store, _ in
            _ = try await store.enqueue("q", [NewJob(name: "n", start: .after(.seconds(2)))])
            let second = try await store.exchange("q", id: ExchangeID("e2"), settle: [], claim: claim)
            #expect(second.nextDueIn == .seconds(2))
        }
    }

    @Test("A limited queue with places left and no jobs is waited for like any other")
    func roomy() async throws {
        try await limited { store, first in
            let lease = try #require(first.claimed.first).lease
            let done = Settlement(lease: lease, outcome: .completed(.null))
            _ = try await store.exchange("q", id: ExchangeID("e2"), settle: [done], claim: nil)
            _ = try await store.sweep(.drain("q", delayed: true), after: nil, limit: 100)
            let second = try await store.exchange("q", id: ExchangeID("e3"), settle: [], claim: claim)
            #expect(second.claimed.isEmpty)
            #expect(second.nextDueIn == nil)
        }
    }
}
