import Drover
import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct DeadCommandTests {
    private let store = ReferenceStore()

    /// Fails so many jobs, which leave letters.
    private func fail(_ count: Int, options: [String] = ["--dead-letter", "q-dead"]) async throws {
        for number in 0..<count {
            let (status, transcript) = await drover(
                ["add", "--queue", "q", "mail", "--data", "{\"n\":\(number)}", "--tag", "vip"] + options, on: store)
            #expect(status == .done, "\(transcript.notes)")
        }
        let service = JobService(store: store)
        service.work("q") { handlers in handlers.on("mail") { _ in throw Unrecoverable("no such user") } }
        try await service.drain()
    }

    private func letters() async throws -> [String] {
        try await store.jobs(matching: JobQuery(queue: "q-dead", state: .waiting), page: Page()).jobs.map(\.key.id.text)
    }

    @Test("list shows which jobs failed, why, and how often they were replayed")
    func list() async throws {
        try await fail(2)
        let (status, transcript) = await drover("dead", "list", "--queue", "q-dead", on: store)
        #expect(status == .done)
        let lines = transcript.results.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("ID"))
        for part in ["q/1", "mail", "no such user"] { #expect(lines[1].contains(part), "\(lines[1])") }
        let (_, json) = await drover("dead", "list", "--queue", "q-dead", "--json", on: store)
        #expect(json.results.contains(#""deadLetter":{"attempts":1"#) && json.results.contains(#""next":null"#))
        let (_, none) = await drover(
            "dead", "list", "--queue", "q-dead", "--where", "reason ~ timeout", on: store)
        #expect(none.results.isEmpty && none.notes.contains("No dead letter matches."))
        let (unknown, _) = await drover("dead", "list", "--queue", "nowhere", on: store)
        #expect(unknown == .notFound)
    }

    @Test("list goes on behind the cursor that it printed, which is one word")
    func pages() async throws {
        try await fail(3)
        var (shown, cursor) = ([String](), [String]())
        repeat {
            let (status, transcript) = await drover(
                ["dead", "list", "--queue", "q-dead", "--limit", "1", "--json"] + cursor, on: store)
            #expect(status == .done)
            let page = try Parsed(transcript.results)
            shown += page.objects("letters").compactMap { $0.string("id") }
            cursor = page.string("next").map { ["--after", $0] } ?? []
            #expect(cursor.last?.contains(where: \.isWhitespace) != true)
        } while !cursor.isEmpty && shown.count < 10
        #expect(shown == (try await letters()))
    }

    @Test("show tells the history of a letter, and nothing of another job")
    func show() async throws {
        try await fail(1)
        let id = try #require(try await letters().first)
        let (status, transcript) = await drover("dead", "show", "--queue", "q-dead", id, on: store)
        #expect(status == .done)
        for part in ["dead letter of", "q/1", "no such user", "{\"n\":0}", "vip"] {
            #expect(transcript.results.contains(part), "\(transcript.results)")
        }
        let (other, notes) = await drover("dead", "show", "--queue", "q", "1", on: store)
        #expect(other == .notFound && notes.notes.contains("no dead letter"))
    }

    @Test("replay puts named letters back into the queue where they failed")
    func replay() async throws {
        try await fail(1)
        let id = try #require(try await letters().first)
        let (status, transcript) = await drover("dead", "replay", "--queue", "q-dead", id, on: store)
        let jobs = try await store.jobs(matching: JobQuery(queue: "q", state: .waiting), page: Page()).jobs
        let new = try #require(jobs.first?.key)
        #expect(status == .done && transcript.results == "\(id) replayed as \(new)\n")
        #expect(jobs.map(\.payload.text) == ["{\"n\":0}"] && jobs.first?.options.replay?.count == 1)
        let (again, _) = await drover("dead", "replay", "--queue", "q-dead", id, on: store)
        #expect(again == .notFound)
        let (shown, job) = await drover("job", "--queue", "q", jobs[0].key.id.text, on: store)
        #expect(shown == .done && job.results.contains("first of q/1"))
    }

    @Test("replay --json tells the new job's queue and id, and null where none was made")
    func replayedJSON() async throws {
        try await fail(1)
        let id = try #require(try await letters().first)
        let (status, transcript) = await drover("dead", "replay", "--queue", "q-dead", id, "gone", "--json", on: store)
        #expect(status == .notFound)
        let new = try #require(
            try await store.jobs(matching: JobQuery(queue: "q", state: .waiting), page: Page()).jobs.first?.key)
        let items = try Parsed(transcript.results).items
        #expect(items.map { $0.string("result") } == ["replayed", "not-found"])
        #expect(items.first?.object("job")?.string("queue") == "q")
        #expect(items.first?.object("job")?.string("id") == new.id.text)
        #expect(transcript.results.contains(#""result":"not-found","job":null"#))
        // What makes no job says nothing of one.
        try await fail(1)
        let other = try #require(try await letters().first)
        let discarded = await drover("dead", "discard", "--queue", "q-dead", other, "--json", on: store).transcript
        #expect(!discarded.results.contains(#""job""#))
    }

    @Test("a list of letters shows when each was stored, and says that encrypted payloads are not searched")
    func words() async throws {
        try await fail(1)
        let listed = await drover("dead", "list", "--queue", "q-dead", on: store).transcript
        #expect(listed.results.contains("STORED") && !listed.results.contains("FAILED"))
        let searched = await drover("dead", "list", "--queue", "q-dead", "--where", "payload.n = 7", on: store)
            .transcript
        #expect(searched.notes.contains("Encrypted payloads and results are not searched"), "\(searched.notes)")
        let json = await drover(
            "dead", "list", "--queue", "q-dead", "--where", "payload.n = 7", "--json", on: store
        ).transcript
        #expect(json.notes.contains("Encrypted payloads and results are not searched"), "\(json.notes)")
        let other = await drover("dead", "list", "--queue", "q-dead", "--where", "origin = x", on: store).transcript
        #expect(!other.notes.contains("Encrypted"))
        // The letter's own, which nobody has tried; the table shows the job's.
        let own = await drover("dead", "list", "--queue", "q-dead", "--where", "attempts = 0", on: store).transcript
        #expect(own.results.split(separator: "\n").count == 2, "\(own.all)")
    }

    @Test("replay --all works in steps, and a dry run only counts")
    func replayAll() async throws {
        try await fail(3)
        let (_, dry) = await drover("dead", "replay", "--queue", "q-dead", "--all", "--dry-run", on: store)
        #expect(dry.results == "3 dead letters in q-dead would be replayed\n")
        let (status, some) = await drover(
            "dead", "replay", "--queue", "q-dead", "--all", "--where", "payload.n = 1", "--json", on: store)
        #expect(status == .done && some.results.contains(#""done":1"#))
        let (_, rest) = await drover("dead", "replay", "--queue", "q-dead", "--all", on: store)
        #expect(rest.results == "2 dead letters in q-dead replayed\n")
        #expect(try await letters().isEmpty)
    }

    @Test("discard deletes letters alone, and asks before several")
    func discard() async throws {
        try await fail(3)
        let ids = try await letters()
        let (status, transcript) = await drover("dead", "discard", "--queue", "q-dead", ids[0], on: store)
        #expect(status == .done && transcript.results == "\(ids[0]) discarded\n")
        let (unasked, _) = await drover("dead", "discard", "--queue", "q-dead", ids[1], ids[2], on: store)
        #expect(unasked == .usage)
        let (other, _) = await drover("dead", "discard", "--queue", "q", "1", on: store)
        #expect(other == .notFound)
        let (all, _) = await drover("dead", "discard", "--queue", "q-dead", "--all", "--yes", on: store)
        #expect(all == .done)
        #expect(try await letters().isEmpty)
        #expect(try await store.queues().first { $0.name == "q" }?.counts[.failed] == 3)
    }

    @Test("route makes letters of jobs that have failed already, once")
    func route() async throws {
        try await fail(2, options: [])
        #expect(try await letters().isEmpty)
        for _ in 0..<2 {
            let (status, _) = await drover("dead", "route", "--queue", "q", "--to", "q-dead", on: store)
            #expect(status == .done)
        }
        #expect(try await letters().count == 2)
    }

    @Test("route counts what it has routed, and names the jobs that have a letter, with its queue")
    func routed() async throws {
        try await fail(2, options: [])
        func route(_ target: String, _ more: String...) async -> Transcript {
            await drover(["dead", "route", "--queue", "q", "--to", target] + more, on: store).transcript
        }
        #expect(await route("q-dead", "--where", "payload.n = 0").results == "1 job in q routed\n")
        let dry = await route("elsewhere", "--dry-run")
        #expect(dry.results == "1 job in q would be routed, 1 left as it was\n")
        #expect(dry.notes.contains("1: letter: there is one in the queue q-dead already"), "\(dry.notes)")
        #expect(try await store.queue("elsewhere") == nil)
        let rest = await route("elsewhere")
        #expect(rest.results == "1 job in q routed, 1 left as it was\n")
        #expect(rest.notes.contains("1: letter: there is one in the queue q-dead already"), "\(rest.notes)")
        let again = try Parsed(await route("q-dead", "--json").results)
        #expect(again.int("done") == 0 && again.int("unchanged") == 2 && again.int("matched") == 2)
        #expect(try await letters().count == 1)
        #expect(try await store.queue("elsewhere")?.counts.total == 1)
    }

    @Test("of many jobs that have a letter the first are named, and the others counted")
    func routedMany() async throws {
        try await fail(13)
        let (status, transcript) = await drover("dead", "route", "--queue", "q", "--to", "q-dead", on: store)
        #expect(status == .done && transcript.results == "0 jobs in q routed, 13 left as they were\n")
        #expect(transcript.notes.split(separator: "\n").count { $0.contains("letter: there is one") } == 10)
        #expect(transcript.notes.contains("and 3 more like these"), "\(transcript.notes)")
    }

    @Test(
        "what does not fit together is refused with exit 2",
        arguments: [
            ["replay", "--queue", "d"], ["replay", "--queue", "d", "1", "--all"],
            ["replay", "--queue", "d", "1", "--where", "n = 1"], ["replay", "--queue", "d", "1", "--dry-run"],
            ["list", "--queue", "d", "--limit", "0"], ["route", "--queue", "d", "--to", "d"],
            ["list", "--queue", "d", "--where", "no such thing ="],
        ])
    func refused(_ words: [String]) async throws {
        let (status, transcript) = await drover(["dead"] + words, on: store)
        #expect(status == .usage, "\(transcript.notes)")
    }

    @Test("none is no dead-letter queue of a job: it is said what to write")
    func none() async throws {
        let (status, transcript) = await drover("add", "--queue", "q", "mail", "--dead-letter", "none", on: store)
        #expect(status == .usage && transcript.notes.contains("leave it out"), "\(transcript.notes)")
        #expect(try await store.queues().isEmpty)
    }

    @Test("a job can't be added with its own queue as dead-letter queue")
    func own() async throws {
        let (status, transcript) = await drover("add", "--queue", "q", "mail", "--dead-letter", "q", on: store)
        #expect(status != .done && transcript.notes.contains("own queue"), "\(transcript.notes)")
        #expect(try await store.queues().isEmpty)
    }
}
