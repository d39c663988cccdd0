import DroverCore
import RedisTesting
import Testing

@testable import DroverRedis

/// The set of the queues that Drover knows.
@Suite("The set of queues", .timeLimit(.minutes(10)))
struct RegistryTests {
    private static let prefix = "p"

    /// Gives `body` a server of its own with the queues `gone`, of which only its name is left, and `kept`.
    private static func with(_ body: (RedisServer, any JobStore) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        _ = try await fixture.store.enqueue("kept", [NewJob(name: "job")])
        try await server.command("SADD", "p:drover-queues", "p:gone:")
        try await body(server, fixture.store)
        await fixture.dispose()
        try await server.stop()
    }

    private static func report(_ id: String, validFor: Duration = .seconds(30)) -> WorkerReport {
        WorkerReport(
            id: id, queue: "kept", host: "host", process: 1, concurrency: 1, running: 0, validFor: validFor)
    }

    @Test("When a worker comes or goes, queues that another client has removed are forgotten")
    func heartbeat() async throws {
        try await Self.with { server, store in
            try await store.heartbeat([Self.report("a")])
            #expect(try await server.command("SMEMBERS", "p:drover-queues") == "p:kept:")
            try await server.command("SADD", "p:drover-queues", "p:gone:")
            // A worker that only lives on does not look.
            try await store.heartbeat([Self.report("a")])
            #expect(try await server.command("SCARD", "p:drover-queues") == "2")
            try await store.heartbeat([Self.report("a", validFor: .zero)])
            #expect(try await server.command("SMEMBERS", "p:drover-queues") == "p:kept:")
        }
    }

    @Test("A queue of which anything is left stays known", arguments: ["id", "wait", "meta", "events"])
    func left(_ key: String) async throws {
        try await Self.with { server, store in
            try await server.command("SET", "p:gone:\(key)", "x")
            try await store.heartbeat([Self.report("a")])
            #expect(try await server.command("SCARD", "p:drover-queues") == "2")
        }
    }

    @Test("Of more queues than one look takes, all that are gone are forgotten in the end")
    func many() async throws {
        try await Self.with { server, store in
            try await server.command(
                "EVAL", "for n = 1, 2500 do redis.call('SADD', 'p:drover-queues', 'p:q' .. n .. ':') end", "0")
            for number in 0..<20 where try await server.command("SCARD", "p:drover-queues") != "1" {
                try await store.heartbeat([Self.report("worker-\(number)")])
            }
            #expect(try await server.command("SMEMBERS", "p:drover-queues") == "p:kept:")
        }
    }

    @Test("Obliterating a queue of which only the name is left forgets it")
    func obliterate() async throws {
        try await Self.with { server, store in
            _ = try await store.sweep(.obliterate("gone", force: false), after: nil, limit: 10)
            #expect(try await server.command("SMEMBERS", "p:drover-queues") == "p:kept:")
            _ = try await store.configure([.pause("kept")])
            _ = try await store.sweep(.obliterate("kept", force: false), after: nil, limit: 10)
            #expect(try await server.command("EXISTS", "p:drover-queues") == "0")
        }
    }
}
