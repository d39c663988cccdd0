import DroverTesting
import NIOCore
import RedisTesting
import Synchronization
import Testing

@testable import RedisClient

@Suite("A client of a real server", .timeLimit(.minutes(10)))
struct RealServerTests {
    @Test("gets values of every kind over TCP and over a Unix socket")
    func values() async throws {
        let server = try await RedisServer.start(.init(unixSocket: true))
        let unix = RedisConfiguration.Address.unixSocket(path: try #require(server.socketPath))
        for address in [RedisConfiguration.Address.host("localhost", port: server.port), unix] {
            let client = server.client { $0.address = address }
            try await client.connect()
            #expect(client.connectionID != nil)
            #expect(try await client.send(.make("FLUSHALL")).text == "OK")
            #expect(try await client.send(.make("GET", "k")).isNull)
            #expect(try await client.send(.make("INCRBY", "n", "41")).int == 41)
            #expect(try await client.send(.make("HSET", "h", "a", "1", "b", "2")).int == 2)
            let hash = try await client.send(.make("HGETALL", "h"))
            guard case .map(let pairs) = hash else {
                Issue.record("no map: \(hash)")
                return
            }
            #expect(pairs.count == 2)
            #expect(hash.items?.compactMap(\.text) == ["a", "1", "b", "2"])
            _ = try await client.send(.make("SADD", "s", "x"))
            #expect(try await client.send(.make("SMEMBERS", "s")) == .set([.text("x")]))
            _ = try await client.send(.make("ZADD", "z", "1.5", "m"))
            #expect(try await client.send(.make("ZSCORE", "z", "m")) == .double(1.5))
            #expect(try await client.send(.make("EVAL", "redis.setresp(3) return true", "0")) == .boolean(true))
            let large = ByteBuffer(repeating: 7, count: 5_000_000)
            var set = RedisCommand("SET")
            set.append("large")
            set.append(large)
            _ = try await client.send(set)
            #expect(try await client.send(.make("GET", "large")) == .string(large))
            await client.close()
        }
        try await server.stop()
    }

    @Test("keeps a batch together and gives one result for each command, errors in place")
    func batches() async throws {
        let server = try await RedisServer.start()
        let client = server.client()
        let results = await client.send([
            .make("MULTI"), .make("SET", "k", "1"), .make("INCR", "k"), .make("EXEC"), .make("NOPE"), .make("GET", "k"),
        ])
        #expect(try results[3].get() == .array([.text("OK"), .integer(2)]))
        #expect(throws: RedisError.self) { try results[4].get() }
        #expect(try results[5].get().text == "2")
        #expect(await client.send([]).isEmpty)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<50 {
                group.addTask {
                    var wrong = 0
                    for _ in 0..<20 {
                        let batch = await client.send([
                            .make("SET", "shared", "\(caller)"), .make("GET", "shared"), .make("ECHO", "\(caller)"),
                        ])
                        // An error is as wrong as another answer.
                        for result in batch.dropFirst() where (try? result.get().text) != "\(caller)" { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
        await client.close()
        try await server.stop()
    }

    @Test("logs in as an ACL user, selects the database and gives its name, again after each reconnection")
    func greeting() async throws {
        let server = try await RedisServer.start(
            .init(users: ["me on >hunter2 ~* &* +@all"], extra: ["requirepass rootpw"]))
        let client = server.client {
            $0.user = "me"
            $0.password = "hunter2"
            $0.database = 5
            $0.clientName = "tester"
        }
        for _ in 0..<2 {
            #expect(try await client.send(.make("ACL", "WHOAMI")).text == "me")
            let info = try await client.send(.make("CLIENT", "INFO")).text ?? ""
            #expect(info.contains(" db=5 ") && info.contains("name=tester") && info.contains("resp=3"))
            #expect(client.connectionID.map { info.hasPrefix("id=\($0) ") } == true)
            let killer = server.client { $0.password = "rootpw" }
            let id = try #require(client.connectionID)
            #expect(try await killer.send(.make("CLIENT", "KILL", "ID", String(id))).int == 1)
            await killer.close()
            // It may still be on its way to the client, which then loses this one.
            _ = try? await client.send(.make("PING"))
        }
        #expect(client.statistics.connections >= 2)
        await client.close()
        try await server.stop()
    }

    @Test("throws .authentication for a wrong password or none, at once for connect and for commands")
    func wrongPassword() async throws {
        let server = try await RedisServer.start(.init(extra: ["requirepass rootpw"]))
        for password in ["hunter2", nil] {
            let client = server.client { $0.password = password }
            let connecting = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(connecting?.code == .authentication)
            let command = await #expect(throws: RedisError.self) { try await client.send(.make("PING")) }
            #expect(command?.code == .authentication)
            #expect(command?.mayHaveRun == false)
            #expect(command?.message.contains("hunter2") == false)
            await client.close()
        }
        let lost = server.client {
            $0.password = "rootpw"
            $0.database = 99
        }
        let database = await #expect(throws: RedisError.self) { try await lost.connect() }
        #expect(database?.code == .invalid)
        await lost.close()
        try await server.stop()
    }

    @Test("runs scripts, also after SCRIPT FLUSH, and finds a stale SHA-1")
    func scripts() async throws {
        let server = try await RedisServer.start()
        let client = server.client()
        let source = "return {KEYS[1], ARGV[1], ARGV[2]}"
        let sha = try await client.send(.make("SCRIPT", "LOAD", source)).text ?? ""
        let script = RedisScript(name: "echo", source: source, sha: sha)
        var arguments = RedisArguments()
        arguments.append("a")
        arguments.append(-7)
        for _ in 0..<3 {
            _ = try await client.send(.make("SCRIPT", "FLUSH"))
            for _ in 0..<2 {
                let value = try await client.evaluate(script, keys: ["k"], arguments: arguments)
                #expect(value.items?.compactMap(\.text) == ["k", "a", "-7"])
            }
        }
        let stale = RedisScript(name: "stale", source: source + " ", sha: String(repeating: "0", count: 40))
        let error = await #expect(throws: RedisError.self) {
            try await client.evaluate(stale, keys: [], arguments: arguments)
        }
        #expect(error?.code == .invalid)
        await client.close()
        try await server.stop()
    }

    @Test("waits in a blocking command longer than the command timeout, others behind it too, until it is unblocked")
    func blocking() async throws {
        let server = try await RedisServer.start()
        let client = server.client { $0.commandTimeout = .milliseconds(500) }
        let other = server.client()
        try await client.connect()
        let id = try #require(client.connectionID)
        let popped = Task { try await client.send(.make("BLPOP", "q", "300"), timeout: .seconds(301)) }
        // The server says when it is blocked; a block of 1.1 s there lets the command timeout pass twice.
        while try await other.send(.make("CLIENT", "LIST", "ID", String(id))).text?.contains("cmd=blpop") != true {}
        let behind = Task { try await client.send(.make("PING")).text }
        while client.statistics.commandsSent < 2 { await Task.yield() }
        _ = try await other.send(.make("BLPOP", "nothing", "1.1"), timeout: .seconds(300))
        #expect(try await other.send(.make("CLIENT", "UNBLOCK", String(id))).int == 1)
        #expect(try await popped.value.isNull)
        #expect(try await behind.value == "PONG")
        // Together they block for longer than each of them may take.
        let pops = (0..<10).map { _ in
            Task { try await client.send(.make("BLPOP", "q", "1.2"), timeout: .seconds(11)).isNull }
        }
        for pop in pops {
            #expect(try await pop.value)
        }
        #expect(client.statistics.connections == 1)
        await client.close()
        await other.close()
        try await server.stop()
    }

    @Test("hears messages, also after its connection was killed")
    func subscriptions() async throws {
        let server = try await RedisServer.start()
        let client = server.client()
        let other = server.client()
        let messages = Probe<Void>("a message")
        let reconnects = Probe<Void>("a reconnection")
        try await client.subscribe(
            to: "news", onMessage: { _ in messages.signal() }, onReconnect: { reconnects.signal() })
        #expect(try await other.send(.make("PUBLISH", "news", "1")).int == 1)
        try await messages.wait()
        let id = try #require(client.connectionID)
        _ = try await other.send(.make("CLIENT", "KILL", "ID", String(id)))
        try await reconnects.wait()
        #expect(try await other.send(.make("PUBLISH", "news", "2")).int == 1)
        try await messages.wait(for: 2)
        await client.unsubscribe(from: "news")
        #expect(try await other.send(.make("PUBLISH", "news", "3")).int == 0)
        await client.close()
        await other.close()
        try await server.stop()
    }
}
