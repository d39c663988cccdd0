import DroverTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import RedisClient

@Suite("Closing a client", .timeLimit(.minutes(10)))
struct ClosingTests {
    @Test("lets commands under way finish, refuses later ones, and may be done any number of times")
    func grace() async throws {
        let server = try await ScriptedServer(
            ScriptedServer.greeting { _, words in words.first == "HOLD" ? [] : [.bytes("+OK\r\n")] })
        let client = server.client()
        let held = Task { try await client.send(.make("HOLD")).text }
        try await server.commanded.wait()
        let closing = Task { await client.close(grace: .seconds(300)) }
        // The call after this one is refused once the closing has begun.
        while client.mailbox.outbox.withLock({ !$0.isClosed }) { await Task.yield() }
        let error = await #expect(throws: RedisError.self) { try await client.send(.make("PING")) }
        #expect(error?.code == .closed)
        #expect(error?.mayHaveRun == false)
        server.send("+held\r\n")
        #expect(try await held.value == "held")
        await closing.value
        await client.close()
        let late = await #expect(throws: RedisError.self) { try await client.connect() }
        #expect(late?.code == .closed)
        #expect(client.connectionID == nil)
        await server.stop()
    }

    @Test("gives every call an error when the grace is over, sent or not")
    func graceOver() async throws {
        let server = try await ScriptedServer(ScriptedServer.greeting { _, _ in [] })
        let client = server.client()
        let sent = Task { try await client.send(.make("HOLD")) }
        try await server.commanded.wait()
        await client.close(grace: .milliseconds(10))
        let error = await #expect(throws: RedisError.self) { try await sent.value }
        #expect(error?.code == .closed)
        #expect(error?.mayHaveRun == true)
        await server.stop()

        let silent = try await ScriptedServer { _, _ in [] }
        let waiting = silent.client()
        let unsent = Task { try await waiting.send(.make("PING")) }
        let connecting = Task { try await waiting.connect() }
        try await silent.accepted.wait()
        while waiting.mailbox.pending.load(ordering: .relaxed) == 0 { await Task.yield() }
        await waiting.close(grace: .milliseconds(10))
        let withdrawn = await #expect(throws: RedisError.self) { try await unsent.value }
        #expect(withdrawn?.code == .closed)
        #expect(withdrawn?.mayHaveRun == false)
        await #expect(throws: RedisError.self) { try await connecting.value }
        await silent.stop()
    }

    @Test("races with many callers and leaves nobody without an outcome")
    func races() async throws {
        let server = try await ScriptedServer(ScriptedServer.greeting { _, _ in [.bytes("+OK\r\n")] })
        for _ in 0..<20 {
            let client = server.client()
            let bad = try await within("callers of a client that closes") {
                await withTaskGroup(of: Int.self) { group in
                    for caller in 0..<20 {
                        group.addTask {
                            for _ in 0..<20 {
                                do throws(RedisError) {
                                    _ = try await client.send(.make("PING"))
                                } catch {
                                    return error.code == .closed ? 0 : 1
                                }
                            }
                            if caller == 7 { await client.close(grace: .zero) }
                            return 0
                        }
                    }
                    return await group.reduce(0, +)
                }
            }
            #expect(bad == 0)
            await client.close()
            #expect(client.mailbox.pending.load(ordering: .relaxed) == 0)
        }
        await server.stop()
    }

    @Test("lets go of everything, also when the client is only forgotten")
    func leaks() async throws {
        let server = try await ScriptedServer(ScriptedServer.greeting { _, _ in [.bytes("+OK\r\n")] })
        let gone = Probe<Void>("the end of a driver")
        for isClosed in [true, false] {
            let client = server.client()
            _ = try await client.send(.make("PING"))
            let witness = Witness(gone)
            let driver = client.driver
            try await client.eventLoop.submit {
                driver.value.subscriptions["witness"] = Subscription(
                    channel: "witness", onMessage: { _ in _ = witness }, onReconnect: {})
            }.get()
            if isClosed { await client.close() }
        }
        try await gone.wait(for: 2)
        await server.stop()
    }

    @Test("tells of a lost and a new connection once each, of attempts only at debug")
    func logging() async throws {
        let server = try await ScriptedServer { connection, words in
            if (2...4).contains(connection) { return [.close] }
            return ScriptedServer.greeting { _, words in
                words.first == "CUT" ? [.close] : [.bytes("+OK\r\n")]
            }(connection, words)
        }
        let lines = LogLines()
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: server.port), password: "hunter2")
        configuration.reconnect = ReconnectBackoff(base: .milliseconds(1), maximum: .milliseconds(5))
        // An attempt that the host holds up for too long would be one more that is told.
        configuration.connectTimeout = .seconds(60)
        configuration.commandTimeout = .seconds(60)
        let client = RedisClient(configuration, logger: Logger(label: "test") { _ in lines })
        _ = try await client.send(.make("PING"))
        await #expect(throws: RedisError.self) { try await client.send(.make("CUT", "hunter2")) }
        _ = try await client.send(.make("PING"))
        await client.close()
        let told = lines.lines.withLock { $0 }
        #expect(told.filter { $0.hasPrefix("warning") }.count == 1)
        #expect(told.filter { $0.hasPrefix("info") }.count == 1)
        #expect(told.filter { $0.hasPrefix("debug Connecting failed") }.count == 3)
        #expect(!told.joined().contains("hunter2"))
        await server.stop()
    }
}

/// Tells when nobody holds it any more.
private final class Witness: Sendable {
    private let gone: Probe<Void>

    init(_ gone: Probe<Void>) {
        self.gone = gone
    }

    deinit {
        gone.signal()
    }
}

/// Keeps what was logged, as level, message and metadata.
private final class LogLines: LogHandler {
    let lines = Mutex<[String]>([])

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let metadata = event.metadata.map { "\($0)" } ?? ""
        lines.withLock { $0.append("\(event.level) \(event.message) \(metadata)") }
    }
}
