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

    @Test("a negative number that is not joined to its option is told with how to write it")
    func negative() async throws {
        let store = ReferenceStore()
        let spelled = [
            (["limit", "--queue", "mail", "--concurrency", "-1"], "--concurrency=-1"),
            (["priority", "--queue", "mail", "--to", "-2", "a"], "--to=-2"),
            (["add", "--queue", "mail", "n", "--expires-after", "-5m"], "--expires-after=-5m"),
        ]
        for (words, advice) in spelled {
            let (status, transcript) = await drover(words, on: store)
            #expect(status == .usage)
            #expect(transcript.notes.contains("write \(advice)"), "\(transcript.notes)")
        }
        let missing = await drover("limit", "--queue", "mail", "--concurrency", on: store)
        #expect(missing.status == .usage)
        #expect(missing.transcript.notes.contains("Missing value"), "\(missing.transcript.notes)")
    }

    @Test("limit bounds what runs and what begins, and holds a queue; queues shows it")
    func bounds() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let told = await drover(
            "limit", "--queue", "mail", "--concurrency", "3", "--rate", "50/1s", "--hold", "2m", on: store
        ).transcript
        #expect(told.results == "mail limited to 3 at once, limited to 50/1s, held for 2m\n")
        let queue = try #require(try await store.queues().first)
        #expect(queue.concurrency == 3)
        #expect(queue.rateLimit == RateLimit(max: 50, per: .seconds(1)))
        #expect(queue.limitedFor == .seconds(120))
        #expect(await drover("queues", on: store).transcript.results.contains("3 at once, 50/1s, none for 2 min"))
        let json = await drover("queues", "--json", on: store).transcript.results
        #expect(json.contains(#""concurrency":3"#))
        #expect(json.contains(#""rateLimit":{"max":50,"perMs":1000,"window":"sliding"}"#))
        #expect(json.contains(#""limitedForMs":120000"#))
        _ = await drover("limit", "--queue", "mail", "--rate", "100/m fixed", "--hold", "none", on: store)
        let changed = try #require(try await store.queues().first)
        #expect(changed.concurrency == 3)
        #expect(changed.rateLimit == RateLimit(max: 100, per: .seconds(60), window: .fixed))
        #expect(changed.limitedFor == nil)
        let lifted = await drover("limit", "--queue", "mail", "--rate", "none", "--concurrency", "5", on: store)
            .transcript
        #expect(lifted.results == "mail limited to 5 at once, has no rate now\n")
        _ = await drover("limit", "--queue", "mail", "--concurrency", "none", on: store)
        #expect(try await store.queues().first?.rateLimit == nil)
        #expect(try await store.queues().first?.concurrency == nil)
    }

    @Test("where one of several limits is refused none is taken")
    func refusedTogether() async throws {
        let store = ReferenceStore()
        let (status, _) = await drover("limit", "--queue", "mail", "--concurrency", "3", "--hold", "400d", on: store)
        #expect(status == .usage)
        try await store.prepare()
        #expect(try await store.queues().isEmpty)
    }

    @Test(
        "a limit that is none is refused with exit 2",
        arguments: [
            ("--rate=50", "50/1s"), ("--rate=0/1s", "pause the queue"), ("--rate=5/0s", "1 ms to 366 days"),
            ("--rate=5/1s rolling", "fixed"), ("--rate=-5/1s", "pause the queue"),
            ("--concurrency=0", "1 to 1,000,000"), ("--concurrency=-1", "1 to 1,000,000"),
            ("--hold=-5s", "negative"),
            ("--concurrency=many", "none for no bound"), ("--hold=5", "5s"), ("--hold=0s", "none to hand out"),
        ])
    func refusedBounds(_ argument: String, _ advice: String) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("limit", "--queue", "mail", argument, on: store)
        #expect(status == .usage)
        #expect(transcript.notes.contains(advice), "\(transcript.notes)")
    }

    @Test("limit without a limit says which there are")
    func nothing() async throws {
        let (status, transcript) = await drover("limit", "--queue", "mail", on: ReferenceStore())
        #expect(status == .usage)
        #expect(transcript.notes.contains("--max-length, --concurrency, --rate or --hold"), "\(transcript.notes)")
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
