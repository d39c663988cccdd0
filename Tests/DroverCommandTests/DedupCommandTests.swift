import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct DedupCommandTests {
    private func rule(_ store: any JobStore, _ state: JobState = .waiting) async throws -> Deduplication? {
        try await store.jobs(matching: JobQuery(queue: "q", state: state), page: Page()).jobs.first?.options
            .deduplication
    }

    @Test(
        "--dedup and --dedup-mode say by which rule a job is added",
        arguments: [
            (["user:42"], .simple("user:42")), (["user:42:10m"], .throttle("user:42", for: .seconds(600))),
            (["report:5s:"], .simple("report:5s")),
            (["d:10m", "--dedup-mode", "extend"], .extended("d", for: .seconds(600))),
            (["d", "--dedup-mode", "keep-last"], .keepLast("d")),
            (["user:42"], .simple("user:42")), (["user:ada"], .simple("user:ada")),
            (["job:7fab"], .simple("job:7fab")), (["x:10min:"], .simple("x:10min")),
            (["d:1500ms", "--dedup-mode", "throttle"], .throttle("d", for: .milliseconds(1500))),
        ] as [([String], Deduplication)])
    func rules(_ words: [String], _ expected: Deduplication) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(["add", "--queue", "q", "n", "--dedup"] + words, on: store)
        #expect(status == .done, "\(transcript.notes)")
        #expect(try await rule(store) == expected)
    }

    @Test("a debounced job has its time as its delay")
    func debounced() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--dedup", "d:10m", "--dedup-mode", "debounce", on: store)
        #expect(try await rule(store, .delayed) == .debounce("d", for: .seconds(600)))
        let (_, transcript) = await drover(
            "add", "--queue", "q", "n", "--dedup", "d:10m", "--dedup-mode", "debounce", on: store)
        #expect(transcript.results == "2\n")
        #expect(try await store.queues().first?.counts[.delayed] == 1)
    }

    @Test(
        "a mode and a time that don't fit are refused with exit 2",
        arguments: [
            ["--dedup", "d", "--dedup-mode", "debounce"], ["--dedup", "d:5s", "--dedup-mode", "simple"],
            ["--dedup-mode", "simple"], ["--dedup", ""], ["--dedup", "d:0s"], ["--dedup", "d", "--dedup-mode", "x"],
        ])
    func refused(_ words: [String]) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(["add", "--queue", "q", "n"] + words, on: store)
        #expect(status == .usage)
        #expect(transcript.notes.contains("dedup"), "\(transcript.notes)")
        #expect(try await store.queues().isEmpty)
    }

    @Test("add prints the holder of the id, says so, and exits with 0")
    func deduplicated() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--dedup", "d", "--id", "first", on: store)
        let (status, transcript) = await drover("add", "--queue", "q", "n", "--dedup", "d", on: store)
        #expect(status == .done)
        #expect(transcript.results == "first\n")
        #expect(transcript.notes == "not stored: the job first holds its deduplication id\n")
        let listed = await drover("add", "--queue", "q", "n", "--dedup", "d", "--json", on: store).transcript.results
        #expect(listed.contains(#"{"id":"first","status":"deduplicated"}"#))
        let events = await drover("events", "--queue", "q", "--json", on: store).transcript.results
        #expect(events.contains(#""event":"deduplicated""#) && events.contains(#""deduplicationId":"d""#), "\(events)")
        let shown = await drover("job", "--queue", "q", "first", on: store).transcript.results
        #expect(shown.contains("deduplication") && shown.contains("  d\n"), "\(shown)")
    }

    @Test(
        "a time behind the last colon that can't be read is refused, and it is told how it becomes a part of the id",
        arguments: ["x:10min", "x:2h30m", "x:-5m", "a:b:1week", "x:1.5.2s"])
    func unreadableTime(_ text: String) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("add", "--queue", "q", "n", "--dedup=\(text)", on: store)
        #expect(status == .usage)
        #expect(transcript.notes.contains("write a colon behind it: \(text):"), "\(transcript.notes)")
        try await store.prepare()
        #expect(try await store.queues().isEmpty)
    }

    @Test("dedup shows the holder and frees the id")
    func lookAndFree() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--dedup", "d", "--id", "first", on: store)
        let shown = await drover("dedup", "--queue", "q", "d", on: store)
        #expect(shown.status == .done)
        #expect(shown.transcript.results == "d  job first (waiting) until it has finished\n")
        let json = await drover("dedup", "--queue", "q", "d", "--remove", "--json", on: store).transcript.results
        #expect(
            json
                == #"{"id":"d","holder":"first","state":"waiting","remainingMs":null,"next":null,"removed":true}"#
                + "\n")
        let nobody = await drover("dedup", "--queue", "q", "d", on: store)
        #expect(nobody.status == .notFound)
        #expect(nobody.transcript.notes.contains("nobody holds"))
        #expect(try await store.queues().first?.counts[.waiting] == 1)
    }
}
