import DroverCore
import RedisTesting
import Testing

@testable import DroverRedis

/// Keys of a queue under which something else lies.
@Suite("Damaged queues", .timeLimit(.minutes(10)))
struct DamagedQueueTests {
    private static let jobs = [
        NewJob(name: "now"), NewJob(name: "first", options: JobOptions(priority: 3)),
        NewJob(name: "later", start: .after(.seconds(60))),
        NewJob(name: "then", start: .at(Timestamp(milliseconds: 1))),
    ]

    /// Every key that an add may write, and the server's word for what lies under it.
    private static let keys: [(String, [String], String)] = [
        ("meta", ["SET"], "string"), ("wait", ["SET"], "string"), ("prioritized", ["SET"], "string"),
        ("pc", ["LPUSH"], "list"), ("delayed", ["SET"], "string"), ("marker", ["SET"], "string"),
        ("events", ["SET"], "string"), ("id", ["LPUSH"], "list"),
    ]

    @Test("An add to a queue of which a key holds something else writes nothing", arguments: keys, [true, false])
    func add(_ damage: (key: String, command: [String], type: String), isUsed: Bool) async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        if isUsed { _ = try await fixture.store.enqueue("q", Self.jobs) }
        try await server.command("DEL", "\(prefix):q:\(damage.key)")
        try await server.command(damage.command + ["\(prefix):q:\(damage.key)", "x"])
        let before = try await Self.content(server, prefix)
        let error = await #expect(throws: StoreError.self) { try await fixture.store.enqueue("q", Self.jobs) }
        #expect(error?.code == .corrupt)
        let message = error?.message ?? ""
        #expect(message.contains("\"\(prefix):q:\(damage.key)\" holds a \(damage.type) where a"), "\(message)")
        #expect(message.contains("rename or delete the key"), "\(message)")
        #expect(try await Self.content(server, prefix) == before)
        await fixture.dispose()
    }

    @Test("The list of queues has a damaged one, with what is wrong of it, and counts the others")
    func listed() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        for queue in ["broken", "unset", "well"] {
            _ = try await fixture.store.enqueue(QueueName(stored: queue), Self.jobs)
        }
        try await server.command("SET", "\(prefix):broken:wait", "x")
        try await server.command("SET", "\(prefix):unset:meta", "x")
        let queues = try await fixture.store.queues()
        #expect(queues.map(\.name.text) == ["broken", "unset", "well"])
        #expect(queues[0].problem == "\"\(prefix):broken:wait\" holds a string where a list belongs")
        #expect(queues[0].known(.waiting) == nil)
        #expect(queues[0].known(.delayed) == 1)
        #expect(queues[1].problem == "\"\(prefix):unset:meta\" holds a string where a hash belongs")
        #expect(queues[2].problem == nil)
        #expect(queues[2].known(.waiting) == 2)
        #expect(queues[2].known(.active) == 0)
        await fixture.dispose()
    }

    @Test("Without the right to ask for types an error still names the key and what belongs there")
    func withoutRight() async throws {
        let server = try await RedisServer.start(.init(users: ["alice on >s3cret ~* &* +@all -type"]))
        let fixture = try await RedisFixture(on: server, prefix: "p", user: ("alice", "s3cret"))
        try await server.command("SET", "p:q:wait", "x")
        let error = await #expect(throws: StoreError.self) { try await fixture.store.enqueue("q", Self.jobs) }
        #expect(error?.message.contains("\"p:q:wait\" holds something else where a list belongs") == true)
        await fixture.dispose()
        try await server.stop()
    }

    @Test("A damaged stream of events lets a queue be neither paused nor known")
    func pause() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("SET", "events", "x")
            await #expect(throws: StoreError.self) { try await queue.fixture.store.configure([.pause("q")]) }
            #expect(try await queue.redis("EXISTS", "meta") == "0")
            #expect(try await queue.fixture.store.queues() == [])
        }
    }

    /// All keys under a prefix with what they hold.
    private static func content(_ server: RedisServer, _ prefix: String) async throws -> String {
        let script = """
            local keys, parts = redis.call('KEYS', ARGV[1] .. '*'), {}
            table.sort(keys)
            for _, key in ipairs(keys) do parts[#parts + 1] = key .. ' ' .. redis.sha1hex(redis.call('DUMP', key)) end
            return table.concat(parts, ', ')
            """
        return try await server.command("EVAL", script, "0", prefix + ":")
    }
}
