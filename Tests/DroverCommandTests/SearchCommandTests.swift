import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct SearchCommandTests {
    private func counts(in store: any JobStore) async throws -> JobCounts? {
        try await store.queues().first { $0.name == "mail" }?.counts
    }

    private func ids(_ arguments: String..., on store: any JobStore) async throws -> [String] {
        let (status, transcript) = await drover(["jobs", "--json"] + arguments, on: store)
        #expect(status == .done)
        return try Parsed(transcript.results).objects("jobs").map { $0.string("id") ?? "" }
    }

    @Test(
        "jobs --where finds what the query says",
        arguments: [
            ("payload.user = 9007199254740993", ["good"]), ("payload.user = 9007199254740992", []),
            ("error ~ ROUTE and tag = eu and tenant = acme", ["bad"]), ("priority > 1", ["second"]),
            ("result.sent = true", ["good"]), ("progress.done = 0.5", ["busy"]), ("dueAt exists", ["later"]),
            ("state in (active, failed)", ["busy", "bad"]), ("id = 'next' or group = g1", ["next", "bad"]),
        ])
    func finds(query: String, expected: [String]) async throws {
        let store = try await SeededStore.make()
        #expect(try await ids("--where", query, on: store) == expected)
        #expect(try await ids("--queue", "mail", "--where", query, on: store) == expected)
        #expect(try await ids("--queue", "reports", "--where", query, on: store) == [])
        let (status, transcript) = await drover("jobs", "--where", query, "--count", on: store)
        #expect(status == .done)
        #expect(transcript.results == "\(expected.count)\n")
    }

    @Test("a search of all queues names the queue of each job, and goes on behind its cursor")
    func pages() async throws {
        let store = try await SeededStore.make()
        var found: [String] = []
        var after: [String] = []
        for _ in 0..<20 {
            let arguments = ["jobs", "--where", "name in (welcome, digest)", "--limit", "3", "--json"] + after
            let parsed = try Parsed(await drover(arguments, on: store).transcript.results)
            found += parsed.objects("jobs").map { "\($0.string("queue") ?? "") \($0.string("id") ?? "")" }
            guard let next = parsed.string("next") else { break }
            after = ["--after", next]
        }
        #expect(
            found == [
                "mail busy", "mail next", "mail first", "mail second", "mail later", "mail bad", "mail good",
                "reports 1",
            ])
        let table = await drover("jobs", "--where", "name = welcome", "--limit", "2", on: store).transcript.results
        #expect(table.hasPrefix("QUEUE  ID"))
        #expect(table.contains("There may be more: add --after mail:"))
    }

    @Test("a state that the query does not allow is refused")
    func otherState() async throws {
        let store = try await SeededStore.make()
        for words in [["--where", "state = failed"], ["--where", "state = failed", "--count"]] {
            let (status, transcript) = await drover(["jobs", "--state", "waiting"] + words, on: store)
            #expect(status == .usage)
            #expect(
                transcript.notes.contains("--state waiting: the query finds no waiting jobs"), "\(transcript.notes)")
        }
        #expect(try await ids("--state", "failed", "--where", "state in (failed, active)", on: store) == ["bad"])
    }

    @Test("a search is sorted by time on demand")
    func sorted() async throws {
        let store = try await SeededStore.make()
        let query = "name = welcome"
        #expect(
            try await ids("--where", query, "--sort", "created", "--order", "desc", "--limit", "2", on: store)
                == ["second", "next"])
        #expect(try await ids("--where", query, "--sort", "finished", on: store) == ["bad", "good"])
        #expect(try await ids("--where", "name = digest", "--sort", "due", on: store) == ["later"])
    }

    @Test("a time that jobs do not have leaves them out of a sorted search, and says so")
    func sortedWithout() async throws {
        let store = try await SeededStore.make()
        let some = await drover("jobs", "--where", "name = welcome", "--sort", "finished", on: store)
        #expect(some.status == .done)
        #expect(some.transcript.notes.contains("only completed and failed jobs are shown"), "\(some.transcript.notes)")
        for (query, sort) in [("state = waiting", "finished"), ("state = failed", "due")] {
            let none = await drover("jobs", "--where", query, "--sort", sort, on: store)
            #expect(none.status == .usage)
            #expect(none.transcript.notes.contains("the query finds none of those"), "\(none.transcript.notes)")
        }
        let all = await drover("jobs", "--where", "state = failed", "--sort", "finished", on: store)
        #expect(all.transcript.notes.isEmpty, "\(all.transcript.notes)")
        let count = await drover("jobs", "--where", "name = welcome", "--count", "--sort", "due", on: store)
        #expect(count.status == .usage)
    }

    @Test("a query that can't be read is shown with its place, and the store is not opened")
    func unreadable() async throws {
        for command in [["jobs"], ["remove", "--queue", "mail", "--yes"], ["retry", "--queue", "mail"]] {
            let store = ReferenceStore()
            let (status, transcript) = await drover(command + ["--where", "state = fialed"], on: store)
            #expect(status == .usage)
            #expect(transcript.notes.hasPrefix("state = fialed\n        ^\n"))
            #expect(transcript.notes.contains("at character 9: \"fialed\" is not a state; give waiting"))
        }
    }

    @Test(
        "a path that can't be read is shown with its place and what is expected",
        arguments: [
            ("payload..a = 1", "at character 9", "the name of a member"),
            ("payload[-1] = 1", "at character 9", "the number of an element"),
            ("result.items[x] exists", "at character 14", "the number of an element"),
            ("name.first = x", "at character 5", "nothing inside"),
        ])
    func badPath(_ query: String, _ place: String, _ told: String) async throws {
        for command in [["jobs"], ["cancel", "--queue", "mail"]] {
            let (status, transcript) = await drover(command + ["--where", query], on: ReferenceStore())
            #expect(status == .usage)
            #expect(transcript.notes.contains(place) && transcript.notes.contains(told), "\(transcript.notes)")
        }
    }

    @Test(
        "options that don't go together are refused",
        arguments: [
            ["jobs"], ["jobs", "--queue", "mail", "--count"], ["jobs", "--queue", "mail", "--sort", "created"],
            ["retry", "--queue", "mail"], ["retry", "--queue", "mail", "bad", "--where", "name = x"],
            ["retry", "--queue", "mail", "bad", "--dry-run"], ["remove", "--where", "name = x"],
            ["priority", "--queue", "mail", "--where", "name = x"],
            ["priority", "--queue", "mail", "--to", "-1", "--where", "name = welcome"],
        ])
    func refused(arguments: [String]) async throws {
        let store = try await SeededStore.make()
        let before = try await counts(in: store)
        #expect(await drover(arguments, on: store).status == .usage)
        #expect(try await counts(in: store) == before)
    }

    @Test("an unknown queue is not found, and not an empty answer")
    func unknownQueue() async throws {
        let store = try await SeededStore.make()
        for command in [["jobs"], ["retry"]] {
            let arguments = command + ["--queue", "nowhere", "--where", "name = x"]
            #expect(await drover(arguments, on: store).status == .notFound)
        }
    }

    @Test("nothing found where something may be encrypted is told")
    func encrypted() async throws {
        let store = try await SeededStore.make()
        let told = await drover("jobs", "--where", "payload.card = 1", on: store).transcript.notes
        #expect(told.contains("No job matches; 8 jobs looked at."))
        #expect(told.contains("Encrypted payloads and results are not searched"))
        let other = await drover("jobs", "--where", "name = nobody", on: store).transcript.notes
        #expect(!other.contains("Encrypted"))
    }

    @Test("a dry run tells how many jobs match and changes nothing")
    func dryRun() async throws {
        let store = try await SeededStore.make()
        let before = try await counts(in: store)
        let (status, transcript) = await drover(
            "cancel", "--queue", "mail", "--where", "name = welcome", "--dry-run", on: store)
        #expect(status == .done)
        #expect(transcript.results == "4 jobs in mail would be cancelled\n")
        #expect(try await counts(in: store) == before)
    }

    @Test("cancel by a query fails what waits and asks for what runs")
    func cancel() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("cancel", "--queue", "mail", "--where", "name = welcome", on: store)
        #expect(status == .done)
        #expect(transcript.results == "3 jobs in mail cancelled, 1 active and asked to stop\n")
        #expect(try await counts(in: store)?[.failed] == 4)
    }

    @Test("retry, promote and priority act on what matches")
    func acts() async throws {
        let store = try await SeededStore.make()
        #expect(
            await drover("retry", "--queue", "mail", "--where", "error ~ route", on: store).transcript.results
                == "1 job in mail retried\n")
        #expect(
            await drover("promote", "--queue", "mail", "--where", "dueAt < +2d", on: store).transcript.results
                == "1 job in mail promoted\n")
        let (status, transcript) = await drover(
            "priority", "--queue", "mail", "--to", "4", "--where", "state in (waiting, prioritized, grouped)", "--json",
            on: store)
        #expect(status == .done)
        let parsed = try Parsed(transcript.results)
        #expect(parsed.int("done") == 5 && parsed.int("matched") == 5 && parsed.int("skipped") == 0)
        #expect(try await counts(in: store)?[.prioritized] == 4)
        #expect(try await counts(in: store)?[.grouped] == 1)
        #expect(
            await drover("priority", "--queue", "mail", "--to", "0", "next", on: store).transcript.results
                == "next given priority 0\n")
    }

    @Test("removing by a query asks with the number first", arguments: [("y", true), ("n", false)])
    func remove(answer: String, isRemoved: Bool) async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover(
            "remove", "--queue", "mail", "--where", "state in (completed, failed)", on: store, answer: answer)
        #expect(status == (isRemoved ? .done : .failed))
        #expect(transcript.notes.hasPrefix("Remove 2 jobs from the queue \"mail\"? [y/N] "))
        #expect(try await counts(in: store)?[.failed] == (isRemoved ? 0 : 1))
    }

    @Test("removing by a query without --yes removes none when nobody can be asked")
    func removeUnasked() async throws {
        let store = try await SeededStore.make()
        let query = ["remove", "--queue", "mail", "--where", "state = failed"]
        #expect(await drover(query, on: store).status == .usage)
        #expect(try await counts(in: store)?[.failed] == 1)
        #expect(await drover(query + ["--yes"], on: store).transcript.results == "1 job in mail removed\n")
        #expect(await drover(query, on: store).status == .done)
    }
}
