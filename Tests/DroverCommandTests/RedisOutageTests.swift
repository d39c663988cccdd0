import Drover
import DroverTesting
import RedisTesting
import Synchronization
import Testing

@testable import DroverCommand

/// The server is stopped while a command waits, and started again.
@Suite(.timeLimit(.minutes(10))) struct RedisOutageTests {
    /// A run of a command whose lines are signals.
    private struct Run {
        let results = Probe<String>("results are printed")
        let notes = Probe<String>("notes are printed")
        let task: Task<DroverCommand.ExitStatus, Never>

        init(_ arguments: [String], url: String, clock: any Clock<Duration> = ContinuousClock()) {
            let (results, notes) = (results, notes)
            var session = Session.process
            session.clock = clock
            session.output = Output(result: { results.signal($0) }, note: { notes.signal($0) })
            session.environment = ["DROVER_STORE": url]
            task = Task { [session] in await DroverTool.run(arguments, in: session) }
        }
    }

    private static func add(_ name: String, _ server: RedisServer) async throws {
        #expect(await drover(["add", "--queue", "q", name], url: server.url(prefix: "p")).status == .done)
    }

    @Test("events --follow outlives its server: it tells the outage once, and no event is lost or printed twice")
    func follow() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .always))
        try await Self.add("first", server)
        let run = Run(["events", "--queue", "q", "--follow", "--from", "beginning"], url: server.url(prefix: "p"))
        try await run.results.wait(for: 2)
        for round in 1...2 {
            try await server.kill()
            try await run.notes.wait(for: round * 2 - 1)
            try await server.restart()
            try await Self.add("after \(round)", server)
            try await run.notes.wait(for: round * 2)
            try await run.results.wait(for: 2 + 2 * round)
        }
        run.task.cancel()
        _ = await run.task.value
        let notes = run.notes.values.filter { !$0.contains("interrupted") }
        #expect(notes.count == 4, "\(notes)")
        for (index, note) in notes.enumerated() {
            #expect(note.contains(index.isMultiple(of: 2) ? "can't be reached" : "is back"), "\(note)")
        }
        let (_, kept) = await drover(["events", "--queue", "q"], url: server.url(prefix: "p"))
        #expect(run.results.values.joined() == kept.results)
        try await server.stop()
    }

    @Test("add --wait outlives its server and prints the result")
    func wait() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .always))
        let run = Run(["add", "--queue", "q", "hello", "--data", "[7]", "--wait"], url: server.url(prefix: "p"))
        try await run.notes.wait()
        try await server.kill()
        let notes = try await run.notes.wait(for: 2)
        #expect(notes[1].contains("can't be read"), "\(notes)")
        try await server.restart()
        let worked = await drover(
            ["work", "--queue", "q", "--handler", "echo", "--limit", "1", "-q"], url: server.url(prefix: "p"))
        #expect(worked.status == .done, "\(worked.transcript.notes)")
        #expect(await run.task.value == .done)
        #expect(run.results.values == ["[7]\n"])
        try await server.stop()
    }

    @Test("add --wait whose server stays away ends with its time, and tells that the store is why: exit 3")
    func waitInVain() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .always))
        let clock = ManualClock()
        let run = Run(
            ["add", "--queue", "q", "hello", "--wait-timeout", "3s"], url: server.url(prefix: "p"), clock: clock)
        try await run.notes.wait()
        try await server.kill()
        let notes = try await run.notes.wait(for: 2)
        #expect(notes[1].contains("can't be read"), "\(notes)")
        // The time of the command, and the pause before the next reading.
        try await clock.waitForSleepers(2)
        clock.advance(by: .seconds(3))
        #expect(await run.task.value == .storeUnreachable)
        let last = try #require(run.notes.values.last)
        #expect(last.contains("127.0.0.1:\(server.port)") && last.contains("see drover job --queue q 1"), "\(last)")
        try await server.stop()
    }

    @Test("events --follow tells an outage once, however often it tries; without --follow it ends with it: exit 3")
    func often() async throws {
        let store = ReferenceStore()
        try await store.prepare()
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        let calls = Mutex(0)
        let troubled = BusyStore(
            store,
            beforeEvents: {
                let call = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                if call <= 3 { throw StoreError(.unreachable, "call \(call)") }
            })
        let (status, once) = await drover("events", "--queue", "q", on: troubled)
        #expect(status == .storeUnreachable, "\(once.notes)")
        calls.withLock { $0 = 0 }
        let transcript = Transcript()
        let printed = Probe<Void>("an event is printed")
        var session = transcript.session(on: troubled)
        let output = transcript.output
        session.output = Output(
            result: { _ in printed.signal() }, note: { output.note(String($0.dropLast())) })
        let following = Task { [session] in
            await DroverTool.run(["events", "--queue", "q", "--follow", "--from", "beginning"], in: session)
        }
        try await printed.wait()
        let notes = transcript.notes.split(separator: "\n")
        following.cancel()
        _ = await following.value
        #expect(notes.count == 2 && notes[0].contains("call 1") && notes[1].contains("is back"), "\(notes)")
    }
}
