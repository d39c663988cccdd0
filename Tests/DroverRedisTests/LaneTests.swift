import DroverCore
import DroverRedis
import RedisTesting
import Testing

/// Exchanges that a worker makes one after another.
@Suite struct LaneTests {
    private let claim = Claim(limit: 1, lease: .seconds(3600), worker: "w")

    /// A queue of some jobs, and a lane's exchange with a number.
    private func lane(
        of jobs: Int,
        _ body: (RedisServer, String, (Int, [Settlement]) async throws -> ExchangeReply) async throws -> Void
    ) async throws {
        let prefix = RedisServer.freshPrefix()
        let server = try await RedisServer.shared
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        _ = try await fixture.store.enqueue("q", Array(repeating: NewJob(name: "n"), count: jobs))
        try await body(server, prefix) { number, settle in
            try await fixture.store.exchange(
                "q", id: ExchangeID(lane: "w:0", number: number), settle: settle, claim: claim)
        }
        await fixture.dispose()
    }

    @Test("An exchange that comes only after its lane has gone on changes nothing")
    func late() async throws {
        try await lane(of: 3) { server, prefix, exchange in
            let second = try await exchange(2, [])
            let lease = try #require(second.claimed.first).lease
            let late = try await exchange(1, [Settlement(lease: lease, outcome: .completed(.null))])
            #expect(late.settled == [.leaseLost])
            #expect(late.claimed.isEmpty)
            #expect(try await server.command("LLEN", "\(prefix):q:wait") == "2")
            #expect(try await exchange(2, []).claimed.map(\.lease) == [lease])
        }
    }

    @Test("A lane is remembered under one key, however long it goes on")
    func oneKey() async throws {
        try await lane(of: 20) { server, prefix, exchange in
            var settle: [Settlement] = []
            for number in 1...20 {
                let reply = try await exchange(number, settle)
                #expect(reply.settled == settle.map { _ in .settled })
                settle = [Settlement(lease: try #require(reply.claimed.first).lease, outcome: .completed(.null))]
            }
            let count = "return #redis.call('KEYS', ARGV[1])"
            #expect(try await server.command("EVAL", count, "0", "\(prefix):q:drover:x-*") == "1")
            #expect(try await server.command("ZCARD", "\(prefix):q:completed") == "19")
        }
    }
}
