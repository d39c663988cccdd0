import DroverTesting
import Synchronization
import Testing

@testable import RedisClient

@Suite("Cancelling the task of a call", .timeLimit(.minutes(10)))
struct CancellationTests {
    /// What a task gets that was cancelled before it began.
    private func inCancelledTask<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await body()
        }
        return try await task.value
    }

    @Test("withdraws an unsent command when its task is cancelled, and awaits a sent one")
    func cancellation() async throws {
        let server = try await ScriptedServer(
            ScriptedServer.greeting { _, words in words.first == "HOLD" ? [] : [.bytes("+OK\r\n")] })
        let client = server.client()
        try await client.connect()
        let sent = Task { try await client.send(.make("HOLD")).text }
        try await server.commanded.wait()
        sent.cancel()
        server.send("+held\r\n")
        #expect(try await sent.value == "held")
        await server.stop()

        let silent = try await ScriptedServer { _, _ in [] }
        let waiting = silent.client()
        let started = Probe<Void>("the start of a call")
        let unsent = Task {
            started.signal()
            return try await waiting.send(.make("PING"))
        }
        let batch = Task { await waiting.send([.make("PING"), .make("PING")]) }
        let connecting = Task { try await waiting.connect() }
        try await started.wait()
        try await silent.accepted.wait()
        unsent.cancel()
        batch.cancel()
        connecting.cancel()
        let error = await #expect(throws: RedisError.self) { try await unsent.value }
        #expect(error?.code == .cancelled)
        #expect(error?.mayHaveRun == false)
        for result in await batch.value {
            #expect(throws: RedisError.self) { try result.get() }
        }
        let stopped = await #expect(throws: RedisError.self) { try await connecting.value }
        #expect(stopped?.code == .cancelled)
        await waiting.close()
        await client.close()
        await silent.stop()
    }

    @Test("gives every call an answer or .cancelled when tasks are cancelled at any moment")
    func cancellationRaces() async throws {
        let server = try await ScriptedServer(
            ScriptedServer.greeting { _, words in [.bytes("+\(words.last ?? "")\r\n")] })
        let client = server.client()
        let wrong = await withTaskGroup(of: Int.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let task = Task { try await client.send(.make("ECHO", "n\(number)")).text }
                    if number % 3 > 0 { task.cancel() }
                    do {
                        return try await task.value == "n\(number)" ? 0 : 1
                    } catch {
                        return (error as? RedisError)?.code == .cancelled ? 0 : 1
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
        #expect(try await client.send(.make("ECHO", "end")).text == "end")
        #expect(client.mailbox.pending.load(ordering: .relaxed) == 0)
        await client.close()
        await server.stop()
    }

    @Test("before the call makes it throw .cancelled and send nothing")
    func before() async throws {
        let server = try await ScriptedServer(
            ScriptedServer.greeting { _, words in [.bytes("+\(words.last ?? "")\r\n")] })
        let client = server.client()
        try await client.connect()
        let error = await #expect(throws: RedisError.self) {
            try await inCancelledTask { try await client.send(.make("ECHO", "one")) }
        }
        #expect(error?.code == .cancelled)
        #expect(error?.mayHaveRun == false)
        let batch = try await inCancelledTask { await client.send([.make("ECHO", "one"), .make("ECHO", "two")]) }
        #expect(batch.count == 2)
        for result in batch {
            let error = #expect(throws: RedisError.self) { try result.get() }
            #expect(error?.code == .cancelled)
        }
        #expect(try await client.send(.make("ECHO", "end")).text == "end")
        #expect(client.statistics.commandsSent == 1)
        await client.close()
        await server.stop()
    }

    @Test("before the call changes nothing where cancelled commands are not withdrawn: it is sent and answered")
    func beforeWithoutWithdrawing() async throws {
        let server = try await ScriptedServer(
            ScriptedServer.greeting { _, words in [.bytes("+\(words.last ?? "")\r\n")] })
        let client = server.client { $0.withdrawsCancelled = false }
        let one = try await inCancelledTask { try await client.send(.make("ECHO", "one")).text }
        #expect(one == "one")
        let blocking = try await inCancelledTask {
            try await client.send(.make("ECHO", "two"), timeout: .seconds(9)).text
        }
        #expect(blocking == "two")
        let batch = try await inCancelledTask { await client.send([.make("ECHO", "three"), .make("ECHO", "four")]) }
        #expect(try batch.map { try $0.get().text } == ["three", "four"])
        let script = RedisScript(name: "echo", source: "return ARGV[1]", sha: "abc")
        let scripted = try await inCancelledTask {
            var arguments = RedisArguments()
            arguments.append("five")
            return try await client.evaluate(script, keys: [], arguments: arguments).text
        }
        #expect(scripted == "five")
        #expect(client.statistics.commandsSent == 5)
        await client.close()
        await server.stop()
    }

    @Test("while the call waits for a connection changes nothing where cancelled commands are not withdrawn")
    func unsentWithoutWithdrawing() async throws {
        let greeted = Probe<Void>("a greeting")
        let server = try await ScriptedServer { _, words in
            switch words.first {
            case "HELLO":
                greeted.signal()
                return []
            case "CLIENT": return [.bytes(":1\r\n")]
            default: return [.bytes("+\(words.last ?? "")\r\n")]
            }
        }
        let client = server.client { $0.withdrawsCancelled = false }
        let one = Task { try await client.send(.make("ECHO", "one")).text }
        let batch = Task { await client.send([.make("ECHO", "two"), .make("ECHO", "three")]) }
        try await greeted.wait()
        while client.mailbox.pending.load(ordering: .relaxed) < 3 { await Task.yield() }
        one.cancel()
        batch.cancel()
        // Another call goes the way that a withdrawal would have gone, and comes behind it.
        let last = Task { try await client.send(.make("ECHO", "four")).text }
        while client.mailbox.pending.load(ordering: .relaxed) < 4 { await Task.yield() }
        server.send("%1\r\n+proto\r\n:3\r\n")
        #expect(try await one.value == "one")
        #expect(try await batch.value.map { try $0.get().text } == ["two", "three"])
        #expect(try await last.value == "four")
        await client.close()
        await server.stop()
    }
}
