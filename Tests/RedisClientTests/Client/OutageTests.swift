import DroverTesting
import RedisTesting
import Synchronization
import Testing

@testable import RedisClient

@Suite("A client whose real server fails", .timeLimit(.minutes(10)))
struct OutageTests {
    @Test("times out while the server is stopped, and recovers when it goes on")
    func stopped() async throws {
        let server = try await RedisServer.start()
        let client = server.client {
            $0.commandTimeout = .milliseconds(200)
            $0.connectTimeout = .milliseconds(200)
        }
        _ = try await client.send(.make("SET", "k", "v"), timeout: .seconds(300))
        try server.pause()
        let sent = await #expect(throws: RedisError.self) { try await client.send(.make("GET", "k")) }
        #expect(sent?.code == .timeout)
        #expect(sent?.mayHaveRun == true)
        let unsent = await #expect(throws: RedisError.self) { try await client.send(.make("GET", "k")) }
        #expect(unsent?.code == .timeout)
        #expect(unsent?.mayHaveRun == false)
        try server.unpause()
        #expect(try await client.send(.make("GET", "k"), timeout: .seconds(300)).text == "v")
        await client.close()
        try await server.stop()
    }

    @Test("waits with unsent commands for a server that comes back on the same port")
    func restarted() async throws {
        let server = try await RedisServer.start()
        let client = server.client()
        #expect(try await client.send(.make("PING")).text == "PONG")
        try await server.kill()
        // The end of the connection may not have been noticed yet, then this command is lost with it.
        _ = try? await client.send(.make("PING"), timeout: .milliseconds(50))
        let waiting = (0..<10).map { number in
            Task { try await client.send(.make("ECHO", "\(number)"), timeout: .seconds(300)).text }
        }
        try await server.restart()
        for (number, task) in waiting.enumerated() {
            #expect(try await task.value == "\(number)")
        }
        #expect(client.statistics.connections == 2)
        await client.close()
        try await server.stop()
    }

    @Test("says what to check when nothing listens, the name has no address or the socket is missing")
    func nothingThere() async throws {
        let server = try await RedisServer.start(.init(unixSocket: true))
        try await server.stop()
        let addresses: [RedisConfiguration.Address] = [
            .host("127.0.0.1", port: server.port), .host("no-such-host.invalid", port: 1),
            .unixSocket(path: try #require(server.socketPath)), .host("127.0.0.1", port: 70000),
            .unixSocket(path: String(repeating: "x", count: 300)),
        ]
        for address in addresses {
            let client = server.client {
                $0.address = address
                $0.commandTimeout = .milliseconds(50)
            }
            let error = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(error?.code == .connect)
            #expect(error?.message.contains(client.configuration.endpoint) == true)
            let command = await #expect(throws: RedisError.self) { try await client.send(.make("PING")) }
            #expect(command?.code == .timeout)
            #expect(command?.mayHaveRun == false)
            await client.close()
        }
    }

    @Test("gives each of many calls an answer or an error while its connections are killed again and again")
    func killedAgainAndAgain() async throws {
        let server = try await RedisServer.start()
        let client = server.client()
        let killer = server.client()
        let ended = Probe<Void>("calls that ended")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<20 {
                group.addTask {
                    for round in 0..<100 {
                        do throws(RedisError) {
                            let answer = try await client.send(.make("ECHO", "\(caller).\(round)"))
                            #expect(answer.text == "\(caller).\(round)")
                        } catch {
                            #expect(error.code == .connectionLost && error.mayHaveRun)
                        }
                        ended.signal()
                    }
                }
            }
            group.addTask {
                // By progress and not by time, so that calls get through however slow the machine is.
                for kill in 1...40 {
                    try await ended.wait(for: kill * 45, timeout: .seconds(300))
                    guard let id = client.connectionID else { continue }
                    // The connection may be gone already.
                    _ = try? await killer.send(.make("CLIENT", "KILL", "ID", String(id)))
                }
            }
            try await group.waitForAll()
        }
        // The last kill may still be on its way to the client, which then loses this one.
        _ = try? await client.send(.make("PING"), timeout: .seconds(300))
        #expect(try await client.send(.make("PING"), timeout: .seconds(300)).isNull == false)
        #expect(client.mailbox.pending.load(ordering: .relaxed) == 0)
        await client.close()
        await killer.close()
        try await server.stop()
    }
}
