import DroverTesting
import NIOCore
import Synchronization
import Testing

@testable import RedisClient

@Suite("The protocol with a scripted server", .timeLimit(.minutes(10)))
struct ScriptedProtocolTests {
    private typealias Server = ScriptedServer

    @Test("falls back to RESP2 where HELLO is unknown, without subscriptions, and tells no secrets")
    func resp2() async throws {
        let seen = Mutex<[String]>([])
        let server = try await Server { _, words in
            seen.withLock { $0.append(words.joined(separator: " ")) }
            switch words.first {
            case "HELLO": return [.bytes("-ERR unknown command `HELLO`, with args beginning with: `3`, `hunter2`\r\n")]
            case "CLIENT" where words.last == "ID": return [.bytes("-ERR unknown subcommand\r\n")]
            case "GET": return [.bytes("$-1\r\n")]
            default: return [.bytes("+OK\r\n")]
            }
        }
        let client = server.client {
            $0.password = "hunter2"
            $0.clientName = "me"
            $0.database = 3
        }
        #expect(try await client.send(.make("GET", "k")).isNull)
        #expect(client.connectionID == nil)
        #expect(
            seen.withLock { $0 } == [
                "HELLO 3 AUTH default hunter2 SETNAME me", "AUTH hunter2", "CLIENT SETNAME me", "SELECT 3", "CLIENT ID",
                "GET k",
            ])
        let error = await #expect(throws: RedisError.self) {
            try await client.subscribe(to: "c", onMessage: { _ in }, onReconnect: {})
        }
        #expect(error?.code == .invalid)
        await client.close()
        await server.stop()
    }

    @Test("tries again while the server is loading, and the command goes through")
    func loading() async throws {
        let server = try await Server { connection, words in
            if connection < 3 { return [.bytes("-LOADING Redis is loading the dataset in memory\r\n")] }
            return Server.greeting { _, _ in [.bytes("+OK\r\n")] }(connection, words)
        }
        let client = server.client()
        #expect(try await client.send(.make("PING")).text == "OK")
        #expect(server.accepted.values.count == 3)
        await client.close()
        await server.stop()
    }

    @Test("gives a server's errors to the caller as they are, and shows no arguments")
    func serverErrors() async throws {
        let texts = [
            "LOADING Redis is loading", "MASTERDOWN Link with MASTER is down", "READONLY You can't write",
            "NOAUTH Authentication required.", "ERR unknown command 'X', with args beginning with: 'hunter2'",
            "ERR syntax error",
        ]
        let server = try await Server(Server.greeting { _, words in [.bytes("-\(texts[Int(words[1]) ?? 0])\r\n")] })
        let client = server.client()
        for (index, text) in texts.enumerated() {
            let error = await #expect(throws: RedisError.self) { try await client.send(.make("X", String(index))) }
            #expect(error?.code == .server)
            #expect(error?.server?.text == text)
            #expect(error?.mayHaveRun == (text == "ERR syntax error"))
            #expect(error?.message.contains("hunter2") == false)
        }
        #expect(client.statistics.connections == 1)
        await client.close()
        await server.stop()
    }

    @Test("hands messages to the subscriber of their channel, between answers, and to nobody after the end")
    func messages() async throws {
        let server = try await Server(
            Server.greeting { connection, words in
                let message = ">3\r\n+message\r\n+c\r\n$1\r\n\(connection)\r\n"
                switch words.first {
                case "SUBSCRIBE":
                    return [.bytes(">3\r\n+subscribe\r\n+\(words[1])\r\n:1\r\n"), .bytes(message)]
                case "UNSUBSCRIBE": return [.bytes(">3\r\n+unsubscribe\r\n+\(words[1])\r\n:0\r\n")]
                case "CUT": return [.close]
                default: return [.bytes(message + "+OK\r\n" + message)]
                }
            })
        let client = server.client()
        let messages = Probe<Void>("a message")
        let reconnects = Probe<Void>("a reconnection")
        let texts = Mutex<[String]>([])
        try await client.subscribe(
            to: "c",
            onMessage: { message in
                texts.withLock { $0.append(String(buffer: message)) }
                messages.signal()
            }, onReconnect: { reconnects.signal() })
        #expect(try await client.send(.make("PING")).text == "OK")
        try await messages.wait(for: 3)
        await #expect(throws: RedisError.self) { try await client.send(.make("CUT")) }
        try await reconnects.wait()
        try await messages.wait(for: 4)
        #expect(texts.withLock { $0 } == ["1", "1", "1", "2"])
        await client.unsubscribe(from: "c")
        #expect(try await client.send(.make("PING")).text == "OK")
        #expect(messages.values.count == 4)
        await client.close()
        await server.stop()
    }

    @Test("throws when a subscription is refused, and goes on")
    func refusedSubscription() async throws {
        let server = try await Server(
            Server.greeting { _, words in
                words.first == "SUBSCRIBE" ? [.bytes("-NOPERM no channel\r\n")] : [.bytes("+OK\r\n")]
            })
        let client = server.client()
        let error = await #expect(throws: RedisError.self) {
            try await client.subscribe(to: "c", onMessage: { _ in }, onReconnect: {})
        }
        #expect(error?.server?.prefix == "NOPERM")
        #expect(try await client.send(.make("PING")).text == "OK")
        await client.close()
        await server.stop()
    }

    @Test("refuses commands that change how the server answers")
    func protocolCommands() async throws {
        let server = try await Server(Server.greeting { _, _ in [.bytes("+OK\r\n")] })
        let client = server.client()
        for name in [
            "SUBSCRIBE", "psubscribe", "PSUBSCRIBE", "ssubscribe", "Monitor", "mONITOR", "HELLO", "hello", "RESET",
            "reset", "UNSUBSCRIBE", "unsubscribe", "punsubscribe", "Sunsubscribe",
        ] {
            let error = await #expect(throws: RedisError.self) { try await client.send(.make(name, "x")) }
            #expect(error?.code == .invalid)
            let results = await client.send([.make("PING"), .make(name)])
            #expect(results.count == 2)
            #expect(throws: RedisError.self) { try results[0].get() }
        }
        #expect(client.statistics.commandsSent == 0)
        await client.close()
        await server.stop()
    }

    @Test("loads a script the server doesn't have and runs it once more, at most")
    func scripts() async throws {
        let loaded = Mutex(false)
        let server = try await Server(
            Server.greeting { _, words in
                switch words.first {
                case "SCRIPT":
                    loaded.withLock { $0 = words[2] == "return 1" }
                    return [.bytes("$3\r\nabc\r\n")]
                default:
                    return loaded.withLock { $0 } ? [.bytes(":1\r\n")] : [.bytes("-NOSCRIPT No matching script.\r\n")]
                }
            })
        let client = server.client()
        let arguments = RedisArguments()
        let good = RedisScript(name: "good", source: "return 1", sha: "ABC")
        #expect(try await client.evaluate(good, keys: ["k"], arguments: arguments).int == 1)
        #expect(client.statistics.commandsSent == 3)
        #expect(try await client.evaluate(good, keys: ["k"], arguments: arguments).int == 1)
        #expect(client.statistics.commandsSent == 4)

        loaded.withLock { $0 = false }
        let never = RedisScript(name: "never", source: "return 2", sha: "abc")
        let missing = await #expect(throws: RedisError.self) {
            try await client.evaluate(never, keys: [], arguments: arguments)
        }
        #expect(missing?.server?.prefix == "NOSCRIPT")
        #expect(missing?.mayHaveRun == false)

        let stale = RedisScript(name: "stale", source: "return 1", sha: "def")
        let mismatch = await #expect(throws: RedisError.self) {
            try await client.evaluate(stale, keys: [], arguments: arguments)
        }
        #expect(mismatch?.code == .invalid)
        #expect(mismatch?.message.contains("stale") == true)
        await client.close()
        await server.stop()
    }
}
