import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct LimitCommandTests {
    private func maxLength(_ store: any JobStore) async throws -> Int? { try await store.queues().first?.maxLength }

    @Test("limit bounds a queue, which queues shows, and lifts the bound")
    func limit() async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("limit", "--queue", "mail", "--max-length", "1000", on: store)
        #expect(status == .done)
        #expect(transcript.results == "mail limited to 1000 jobs\n")
        #expect(transcript.notes == "the queue \"mail\" is new\n")
        #expect(try await maxLength(store) == 1000)
        let table = await drover("queues", on: store).transcript.results
        #expect(
            table.split(separator: "\n").map { $0.split(separator: " ").prefix(3) } == [
                ["QUEUE", "PAUSED", "MAX-LENGTH"], ["mail", "no", "1000"],
            ])
        #expect(await drover("queues", "--json", on: store).transcript.results.contains(#""maxLength":1000"#))
        let lifted = await drover("limit", "--queue", "mail", "--max-length", "none", "--json", on: store).transcript
        #expect(lifted.all == #"{"queue":"mail","result":"unlimited"}"# + "\n")
        #expect(try await maxLength(store) == nil)
        #expect(await drover("queues", "--json", on: store).transcript.results.contains(#""maxLength":null"#))
    }

    @Test("a maximum length that is none is refused with exit 2", arguments: ["0", "-1", "many", "1000000001", "1.5"])
    func refused(_ text: String) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("limit", "--queue", "mail", "--max-length=\(text)", on: store)
        #expect(status == .usage)
        #expect(transcript.notes.contains("or none for no bound"), "\(transcript.notes)")
        try await store.prepare()
        #expect(try await store.queues().isEmpty)
    }

    @Test("an add to a full queue fails with exit 1 and says what to do; what fits is stored and told")
    func full() async throws {
        let store = ReferenceStore()
        _ = await drover("limit", "--queue", "q", "--max-length", "3", on: store)
        let (status, transcript) = await drover("add", "--queue", "q", "n", "--count", "5", on: store)
        #expect(status == .failed)
        #expect(transcript.results.split(separator: "\n").count == 3)
        #expect(
            transcript.notes == """
                drover: add a job: the queue "q" is full: its maximum length is 3 jobs; add it later, wait for room by \
                --wait-when-full 30s, start more workers, or see drover limit

                """)
        #expect(try await store.queues().first?.counts.length == 3)
    }

    @Test("--wait-when-full waits so long for room, and says so where there is none")
    func waitInVain() async throws {
        let store = ReferenceStore()
        _ = await drover("limit", "--queue", "q", "--max-length", "1", on: store)
        _ = await drover("add", "--queue", "q", "n", on: store)
        let (status, transcript) = await drover("add", "--queue", "q", "n", "--wait-when-full", "20ms", on: store)
        #expect(status == .failed)
        #expect(transcript.results.isEmpty)
        #expect(transcript.notes.contains("is full after 20ms"), "\(transcript.notes)")
        #expect(transcript.notes.contains("wait longer"), "\(transcript.notes)")
    }

    @Test("--wait-when-full adds the job when there is room")
    func waitForRoom() async throws {
        let store = ReferenceStore()
        _ = await drover("limit", "--queue", "q", "--max-length", "1", on: store)
        _ = await drover("add", "--queue", "q", "n", on: store)
        let clock = ManualClock()
        let transcript = Transcript()
        var session = transcript.session(on: store)
        session.clock = clock
        let adding = Task { [session] in
            await DroverTool.run(["add", "--queue", "q", "n", "--wait-when-full", "1h"], in: session)
        }
        try await clock.waitForSleepers(1)
        _ = try await store.sweep(.drain("q", delayed: true), after: nil, limit: 10)
        clock.advance(by: .milliseconds(10))
        #expect(await adding.value == .done)
        #expect(transcript.results.split(separator: "\n").count == 1)
        #expect(try await store.queues().first?.counts.length == 1)
    }

    @Test("doctor names a full queue")
    func doctor() async throws {
        let store = ReferenceStore()
        _ = await drover("limit", "--queue", "q", "--max-length", "2", on: store)
        #expect(await drover("doctor", "--json", on: store).transcript.results.contains(#""findings":[]"#))
        _ = await drover("add", "--queue", "q", "n", "--count", "2", "--delay", "1h", on: store)
        let (status, transcript) = await drover("doctor", "--json", on: store)
        #expect(status == .failed)
        for part in [#""code":"full","queue":"q""#, "it holds 2 jobs to run and its maximum length is 2"] {
            #expect(transcript.results.contains(part), "\(transcript.results)")
        }
    }

    @Test("move takes the maximum length with the queue, and the jobs that are over it")
    func move() async throws {
        let (source, target) = (ReferenceStore(), ReferenceStore())
        _ = try await source.enqueue("q", (0..<5).map { _ in NewJob(name: "n") })
        _ = try await source.configure([.maxLength("q", 3)])
        var mover = QueueMover(
            "q", from: .init(store: source, name: "A"), to: .init(store: target, name: "B"), batch: 2, reserve: 10,
            stepped: { _ in true })
        try await mover.open(fresh: "m")
        while try await mover.pass({}) > 0 {}
        try await mover.close()
        let queue = try await target.queues().first
        #expect(queue?.maxLength == 3)
        #expect(queue?.counts.length == 5)
    }
}
