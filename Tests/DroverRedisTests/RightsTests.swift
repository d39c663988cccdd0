import DroverConformance
import DroverCore
import DroverRedis
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Testing

/// The rights of `deploy/redis.acl` are enough for everything, and none of them is for nothing.
@Suite("Rights on a Redis server")
struct RightsTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/redis.acl")

    /// The words of the user's line, with the keys and channels of another prefix.
    private static func words(for prefix: String) throws -> [String] {
        let text = try String(contentsOf: file, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("user ") })
        return line.split(separator: " ").map { String($0).replacing("bull:*", with: prefix) }
    }

    /// Commands of the line that only some configurations or accidents need: without HELLO, of another database,
    /// with a name, when a script is removed while it is loaded, or when a key holds something else.
    private static let optional: Set<String> = [
        "auth", "select", "client|setname", "unsubscribe", "ping", "eval", "type",
    ]

    /// Commands for what other clients bring to a queue: limits, flows and metrics.
    private static let shared: Set<String> = ["pttl", "pexpire", "scard", "hincrby"]

    @Test("A server starts with deploy/redis.acl as its file of users")
    func loads() async throws {
        // Not a server of the tests: those have users in their configuration, beside which there may be no file.
        let server = try ChildProcess(
            "/usr/bin/env",
            [
                "setpriv", "--pdeathsig", "KILL", "redis-server", "--port", String(try FreePort.next()), "--bind",
                "127.0.0.1", "--save", "", "--aclfile", Self.file.path,
            ])
        defer { server.crash() }
        var said: [String] = []
        while !said.contains(where: { $0.contains("Ready to accept connections") }) {
            said = try await server.lines.wait(for: said.count + 1, timeout: .seconds(300))
        }
        #expect(!said.contains { $0.contains("ACL errors") })
    }

    @Test("The conformance suite passes with the rights of deploy/redis.acl, and uses each of them")
    func enough() async throws {
        let words = try Self.words(for: "acl-*")
        let server = try await RedisServer.start(.init(users: [words.dropFirst().joined(separator: " ")]))
        let cases = ConformanceCase.all
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    for index in stride(from: lane, to: cases.count, by: 4) {
                        let fixture = try await RedisFixture(
                            on: server, prefix: "acl-\(index)", user: (words[1], "change-me"))
                        try await cases[index].run(on: fixture)
                        await fixture.dispose()
                    }
                }
            }
            try await group.waitForAll()
        }
        var used = try await Self.used(on: server)
        // Only a wait that has begun at the server is broken off: waits go on until one was.
        for round in 0..<100 where !used.contains("client|unblock") {
            for (index, one) in cases.enumerated() where one.rule == "rule 8" {
                let fixture = try await RedisFixture(
                    on: server, prefix: "acl-\(round)-\(index)", user: (words[1], "change-me"))
                try await one.run(on: fixture)
                await fixture.dispose()
            }
            used = try await Self.used(on: server)
        }
        let listed = Set(words.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) })
        #expect(
            listed.subtracting(used).subtracting(Self.optional).subtracting(Self.shared) == [],
            "rights that nothing used")
        try await server.stop()
    }

    /// The commands that a server was given, as it counts them.
    private static func used(on server: RedisServer) async throws -> Set<String> {
        let lines = try await server.command("INFO", "commandstats").split(whereSeparator: \.isNewline)
        return Set(
            lines.compactMap { $0.hasPrefix("cmdstat_") ? String($0.dropFirst(8).prefix { $0 != ":" }) : nil })
    }

    @Test("Without a right that is needed the call says so and names where the rights are listed")
    func missing() async throws {
        let words = try Self.words(for: "acl-*").filter { $0 != "+xadd" }
        let server = try await RedisServer.start(.init(users: [words.dropFirst().joined(separator: " ")]))
        let fixture = try await RedisFixture(on: server, prefix: "acl-x", user: (words[1], "change-me"))
        let error = await #expect(throws: StoreError.self) {
            try await fixture.store.enqueue("q", [NewJob(name: "job")])
        }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains("docs/redis.md") == true, "\(error?.message ?? "")")
        await fixture.dispose()
        try await server.stop()
    }

    @Test("A store is not prepared for a user of another prefix, and the error names the prefix")
    func otherPrefix() async throws {
        let words = try Self.words(for: "other:*")
        let server = try await RedisServer.start(.init(users: [words.dropFirst().joined(separator: " ")]))
        let error = await #expect(throws: StoreError.self) {
            try await RedisFixture(on: server, prefix: "acl-x", user: (words[1], "change-me"))
        }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains(#"that begin with "acl-x:""#) == true, "\(error?.message ?? "")")
        // Its own prefix it may use.
        await (try await RedisFixture(on: server, prefix: "other", user: (words[1], "change-me"))).dispose()
        try await server.stop()
    }

    @Test("A wait for work ends with an error, and no hint to look again, once the user has lost its rights")
    func lost() async throws {
        let words = try Self.words(for: "acl-*")
        let server = try await RedisServer.start(.init(users: [words.dropFirst().joined(separator: " ")]))
        let fixture = try await RedisFixture(on: server, prefix: "acl-x", user: (words[1], "change-me"))
        try await server.command("ACL", "SETUSER", words[1], "resetkeys")
        let error = await #expect(throws: StoreError.self) {
            try await fixture.store.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(300))
        }
        #expect(error?.code == .incompatible)
        await fixture.dispose()
        try await server.stop()
    }

    /// Stores for the queues p and q of a server: one that may do everything, and one that may use none of the keys of groups
    /// that begin with an r: the ring, those that rest, those that run.
    private func withoutRing(
        _ body: (RedisServer, _ able: RedisFixture, _ limited: RedisFixture) async throws -> Void
    ) async throws {
        let patterns = ["[pq]:", "[pq]:[^d]*", "[pq]:d[^r]*", "[pq]:drover:[^r]*", "drover*"].map { "acl-y:\($0)" }
        let words = try Self.words(for: patterns.joined(separator: " ~"))
        let server = try await RedisServer.start(.init(users: [words.dropFirst().joined(separator: " ")]))
        let able = try await RedisFixture(on: server, prefix: "acl-y")
        let limited = try await RedisFixture(on: server, prefix: "acl-y", user: (words[1], "change-me"))
        try await body(server, able, limited)
        await limited.dispose()
        await able.dispose()
        try await server.stop()
    }

    private let claim = Claim(limit: 1, lease: .seconds(60), worker: "w")
    private var grouped: JobOptions {
        var options = JobOptions()
        options.group = "g"
        return options
    }

    @Test("Who may not write the keys of a group puts none of its stalled jobs back halfway")
    func stalledInGroup() async throws {
        try await withoutRing { server, able, limited in
            _ = try await able.store.enqueue("q", [NewJob(name: "n", options: grouped)])
            #expect(
                try await able.store.exchange("q", id: ExchangeID("a"), settle: [], claim: claim).claimed.count == 1)
            try await limited.advance(by: .seconds(600))
            await #expect(throws: StoreError.self) {
                try await limited.store.reclaimStalled("q", maxStalled: 1, limit: 10)
            }
            #expect(try await server.command("LRANGE", "acl-y:q:active", "0", "-1") == "1")
        }
    }

    @Test("Who may not write the keys of a parent's group ends none of its children halfway")
    func parentInGroup() async throws {
        try await withoutRing { server, able, limited in
            let child = ChildJob("q", NewJob(name: "child"))
            _ = try await able.store.enqueue("p", [NewJob(name: "n", options: grouped, children: [child])])
            let claimed = try await able.store.exchange("q", id: ExchangeID("a"), settle: [], claim: claim).claimed
            let done = Settlement(lease: try #require(claimed.first).lease, outcome: .completed(.null))
            await #expect(throws: StoreError.self) {
                try await limited.store.exchange("q", id: ExchangeID("b"), settle: [done], claim: nil)
            }
            #expect(try await server.command("LLEN", "acl-y:q:active") == "1")
            #expect(try await server.command("SCARD", "acl-y:p:1:dependencies") == "1")
        }
    }
}
