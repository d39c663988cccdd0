import DroverTesting
import NIOCore
import Synchronization
import Testing

@testable import RedisClient

@Suite("A client of a scripted server", .timeLimit(.minutes(10)))
struct ScriptedServerTests {
    private typealias Server = ScriptedServer

    @Test("takes answers that arrive in pieces, and several that arrive at once")
    func pieces() async throws {
        let server = try await Server(
            Server.greeting { _, words in
                switch words.first {
                case "SPLIT": [.bytes("*2\r\n$5"), .bytes("\r\nhel"), .bytes("lo\r"), .bytes("\n:1"), .bytes("2\r\n")]
                case "LATE": []
                default: [.bytes("+1\r\n+2\r\n")]
                }
            })
        let client = server.client()
        #expect(try await client.send(.make("SPLIT")) == .array([.text("hello"), .integer(12)]))
        let both = await client.send([.make("LATE"), .make("BOTH")])
        #expect(try both.map { try $0.get().text } == ["1", "2"])
        #expect(client.connectionID == 1)
        await client.close()
        await server.stop()
    }

    @Test("fails a sent command as perhaps run when the connection is cut, before or in its answer, and connects again")
    func cuts() async throws {
        let server = try await Server(
            Server.greeting { connection, words in
                switch (words.first, connection) {
                case ("CUT", _): [.close]
                case ("TORN", _): [.bytes("$100\r\nonly a part"), .close]
                default: [.bytes(":\(connection)\r\n")]
                }
            })
        let client = server.client()
        for (index, name) in ["CUT", "TORN", "CUT"].enumerated() {
            let error = await #expect(throws: RedisError.self) { try await client.send(.make(name, "secret")) }
            #expect(error?.code == .connectionLost)
            #expect(error?.mayHaveRun == true)
            #expect(error?.message.contains("secret") == false)
            #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
            #expect(try await client.send(.make("PING")).int == Int64(index + 2))
        }
        #expect(client.statistics.connections == 4)
        await client.close()
        await server.stop()
    }

    @Test("gives every call of many callers its own answer or an error while connections are cut all the time")
    func manyCuts() async throws {
        let server = try await Server(
            Server.greeting { _, words in
                let number = words.last ?? ""
                return number.hasSuffix("77") ? [.close] : [.bytes("$\(number.utf8.count)\r\n\(number)\r\n")]
            })
        let client = server.client { $0.reconnect = ReconnectBackoff(base: .zero, maximum: .zero) }
        let wrong = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<20 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<100 {
                        let number = String(caller * 100 + round)
                        do throws(RedisError) {
                            let answer = try await client.send(.make("ECHO", number))
                            if answer.text != number { wrong += 1 }
                        } catch {
                            if error.code != .connectionLost || !error.mayHaveRun { wrong += 1 }
                        }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
        await client.close()
        await server.stop()
    }

    @Test("fails an unanswered command as perhaps run, and goes on over a new connection")
    func timeouts() async throws {
        let server = try await Server(
            Server.greeting { connection, words in
                words.first == "HANG" ? [] : [.bytes(":\(connection)\r\n")]
            })
        let client = server.client { $0.commandTimeout = .milliseconds(100) }
        try await client.connect()
        let error = await #expect(throws: RedisError.self) { try await client.send(.make("HANG")) }
        #expect(error?.code == .timeout)
        #expect(error?.mayHaveRun == true)
        #expect(try await client.send(.make("PING"), timeout: .seconds(300)).int == 2)
        await client.close()
        await server.stop()
    }

    @Test("fails an unsent command as not run when there is no greeting in time, and connecting with .connect")
    func noGreeting() async throws {
        let server = try await Server { _, _ in [] }
        let client = server.client {
            $0.commandTimeout = .milliseconds(150)
            $0.connectTimeout = .milliseconds(100)
        }
        let error = await #expect(throws: RedisError.self) { try await client.send(.make("PING")) }
        #expect(error?.code == .timeout)
        #expect(error?.mayHaveRun == false)
        let connecting = await #expect(throws: RedisError.self) { try await client.connect() }
        #expect(connecting?.code == .connect)
        await client.close()
        await server.stop()
    }

    @Test("ends the connection when answers are not RESP or answer nothing")
    func violations() async throws {
        let server = try await Server(
            Server.greeting { connection, words in
                switch words.first {
                case "HTTP": [.bytes("HTTP/1.1 400 Bad Request\r\n")]
                default: [.bytes(":\(connection)\r\n")]
                }
            })
        let client = server.client()
        let error = await #expect(throws: RedisError.self) { try await client.send(.make("HTTP")) }
        #expect(error?.code == .protocolViolation)
        #expect(error?.mayHaveRun == true)
        #expect(try await client.send(.make("PING")).int == 2)
        server.send(":99\r\n")
        try await server.accepted.wait(for: 3)
        #expect(try await client.send(.make("PING")).int == 3)
        await client.close()
        await server.stop()
    }

    @Test("refuses further commands at once when too many are pending")
    func overload() async throws {
        let server = try await Server(Server.greeting { _, _ in [] })
        let client = server.client { $0.maximumPending = 2 }
        let held = Task { try await client.send(.make("HOLD")) }
        try await server.commanded.wait()
        for result in await client.send([.make("PING"), .make("PING")]) {
            let error = #expect(throws: RedisError.self) { try result.get() }
            #expect(error?.code == .overloaded)
            #expect(error?.mayHaveRun == false)
        }
        let beside = Task { try await client.send(.make("PING")) }
        // An answer that came before its command would answer nothing.
        try await server.commanded.wait(for: 2)
        server.send("+held\r\n+beside\r\n")
        #expect(try await held.value.text == "held")
        #expect(try await beside.value.text == "beside")
        await client.close()
        await server.stop()
    }

    @Test("pings an idle connection, and makes a new one when there is no answer")
    func idle() async throws {
        let server = try await Server(
            Server.greeting { connection, words in
                connection == 1 && words.first == "PING" ? [] : [.bytes("+OK\r\n")]
            })
        let client = server.client {
            $0.idleTimeout = .milliseconds(30)
            $0.commandTimeout = .milliseconds(60)
        }
        try await client.connect()
        try await server.accepted.wait(for: 2)
        try await server.commanded.wait(for: 3)
        await client.close()
        await server.stop()
    }
}
