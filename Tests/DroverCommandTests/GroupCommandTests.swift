import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct GroupCommandTests {
    /// A store with three jobs of the group `a`, one of the group `b` and one without.
    private func filled() async throws -> ReferenceStore {
        let store = ReferenceStore()
        func job(_ group: String?) -> NewJob {
            var options = JobOptions()
            options.group = group
            return NewJob(name: "n", options: options)
        }
        _ = try await store.enqueue("q", [job("a"), job("a"), job("a"), job("b"), job(nil)])
        return store
    }

    private func groups(_ store: any JobStore) async throws -> [GroupSummary] {
        try await store.jobs(matching: JobQuery(queue: "q", part: .groups), page: Page()).groups
    }

    @Test("drover groups lists groups with their jobs and limits")
    func list() async throws {
        let store = try await filled()
        _ = await drover("limit", "--queue", "q", "--group", "a", "--rate", "10/1s", "--weight", "5", on: store)
        let (status, transcript) = await drover("groups", "--queue", "q", on: store)
        #expect(status == .done, "\(transcript.notes)")
        let lines = transcript.results.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(
            lines == [
                ["GROUP", "PAUSED", "WAITING", "ACTIVE", "WEIGHT", "LIMITS"], ["a", "no", "3", "0", "5", "10/1s"],
                ["b", "no", "1", "0", "1", "-"],
            ])
        let (_, paged) = await drover("groups", "--queue", "q", "--limit", "1", "--json", on: store)
        #expect(
            paged.results.contains(#""next":"group:a""#) || paged.results.contains(#""next": "group:a""#),
            "\(paged.results)")
    }

    @Test("drover groups of a queue that is not there ends with 4")
    func unknown() async throws {
        let (status, _) = await drover("groups", "--queue", "none", on: ReferenceStore())
        #expect(status == .notFound)
    }

    @Test("drover jobs --group lists the jobs that wait in a group")
    func jobs() async throws {
        let store = try await filled()
        let (status, transcript) = await drover("jobs", "--queue", "q", "--group", "a", on: store)
        #expect(status == .done, "\(transcript.notes)")
        #expect(transcript.results.split(separator: "\n").dropFirst().map { $0.prefix(1) } == ["1", "2", "3"])
    }

    @Test("drover pause and resume stop one group and let it go on")
    func pausing() async throws {
        let store = try await filled()
        _ = await drover("pause", "--queue", "q", "--group", "a", on: store)
        #expect(try await groups(store).map(\.isPaused) == [true, false])
        #expect(try await store.queues().first?.isPaused == false)
        _ = await drover("resume", "--queue", "q", "--group", "a", on: store)
        #expect(try await groups(store).map(\.isPaused) == [false, false])
    }

    @Test("resume says that there is no such group, and makes none")
    func unknownGroup() async throws {
        let store = try await filled()
        let before = try await groups(store)
        let (status, transcript) = await drover("resume", "--queue", "q", "--group", "nobody", on: store)
        #expect(status == .notFound && transcript.results.isEmpty)
        #expect(transcript.notes.contains("there is no group \"nobody\" in the queue \"q\""), "\(transcript.notes)")
        #expect(try await groups(store) == before)
        // One that has a setting and no jobs is there.
        _ = await drover("pause", "--queue", "q", "--group", "empty", on: store)
        #expect(await drover("resume", "--queue", "q", "--group", "empty", on: store).status == .done)
    }

    @Test("resume looks at one page of groups at most")
    func manyGroups() async throws {
        let base = try await filled()
        for start in stride(from: 0, to: 1500, by: 500) {
            let jobs = (start..<start + 500).map { number in
                var job = NewJob(name: "n")
                job.options.group = "g\(number)"
                return job
            }
            _ = try await base.enqueue("q", jobs)
        }
        for (name, calls) in [("g1499", 1), ("zero", 2)] {
            let store = FaultInjectingStore(base)
            #expect(await drover("resume", "--queue", "q", "--group", name, on: store).status == .done)
            #expect(store.counts.made(.listJobs) == calls, "\(name)")
        }
    }

    @Test("drover limit --every-group sets what groups have that say nothing else, and none takes it back")
    func limits() async throws {
        let store = try await filled()
        _ = await drover("limit", "--queue", "q", "--every-group", "--concurrency", "2", on: store)
        _ = await drover("limit", "--queue", "q", "--group", "b", "--concurrency", "7", on: store)
        #expect(try await groups(store).map(\.concurrency) == [2, 7])
        _ = await drover("limit", "--queue", "q", "--group", "b", "--concurrency", "none", on: store)
        _ = await drover("limit", "--queue", "q", "--every-group", "--concurrency", "none", on: store)
        #expect(try await groups(store).map(\.concurrency) == [nil, nil])
    }

    @Test("what is said of a group is told of the group, also what is taken back")
    func words() async throws {
        let store = try await filled()
        func told(_ words: String...) async -> String {
            await drover(["limit", "--queue", "q"] + words, on: store).transcript.results
        }
        #expect(
            await told("--group", "a", "--rate", "10/1s", "--weight", "5")
                == "q group a limited to 10/1s, has weight 5\n")
        #expect(await told("--group", "a", "--weight", "none") == "q group a has no weight of its own now\n")
        #expect(await told("--every-group", "--concurrency", "2") == "q every group limited to 2 at once\n")
        #expect(
            await told("--every-group", "--concurrency", "3", "--rate", "none")
                == "q every group limited to 3 at once, has no rate now\n")
        let nothing = await drover("limit", "--queue", "q", "--group", "a", on: store).transcript.notes
        #expect(nothing.contains("name one: --concurrency, --rate or --weight;"), "\(nothing)")
    }

    @Test("what holds for every group is seen, and what is a group's own")
    func everyGroup() async throws {
        let store = try await filled()
        _ = await drover("limit", "--queue", "q", "--every-group", "--concurrency", "2", "--rate", "10/1h", on: store)
        _ = await drover("limit", "--queue", "q", "--group", "b", "--weight", "7", on: store)
        let notes = await drover("groups", "--queue", "q", on: store).transcript.notes
        #expect(notes == "Every group without a setting of its own: 2 at once, 10/1h.\n")
        let json = try Parsed(await drover("groups", "--queue", "q", "--json", on: store).transcript.results)
        #expect(json.object("everyGroup")?.int("concurrency") == 2)
        #expect(json.object("everyGroup")?.string("rate") == "10/1h")
        let second = try #require(json.objects("groups").last)
        #expect(second.object("own")?.int("weight") == 7 && second.object("own")?.int("concurrency") == nil)
        #expect(second.int("concurrency") == 2)
    }

    @Test(
        "the cursor of a page is one word of a shell, and goes on behind it",
        arguments: ["--x y", "a'b$(c)", "%41", "~ü"])
    func cursors(_ name: String) async throws {
        let store = ReferenceStore()
        for group in [name, "\u{7F}last"] {
            var options = JobOptions()
            options.group = group
            _ = try await store.enqueue("q", [NewJob(name: "n", options: options)])
        }
        let first = await drover("groups", "--queue", "q", "--limit", "1", on: store).transcript.results
        let line = try #require(first.split(separator: "\n").last)
        let cursor = String(try #require(line.split(separator: " ").last))
        #expect(line == "There may be more: add --after \(cursor)")
        #expect(cursor.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "%._:-".contains($0)) }, "\(cursor)")
        #expect(cursor.first != "-")
        let second = await drover("groups", "--queue", "q", "--limit", "1", "--after", cursor, on: store)
        #expect(second.status == .done && second.transcript.results != first, "\(second.transcript.all)")
        for nonsense in ["%4", "nonsense", "group:%4", name] {
            let none = await drover("groups", "--queue", "q", "--after=\(nonsense)", on: store)
            #expect(none.status == .usage && none.transcript.notes.contains("is no cursor"), "\(nonsense)")
        }
    }

    @Test(
        "what is not for groups, or only for them, is refused with exit 2",
        arguments: [
            ["limit", "--weight", "2"], ["limit", "--group", "a", "--hold", "5s"],
            ["limit", "--group", "a", "--every-group", "--weight", "2"], ["limit", "--group", "a", "--weight", "0"],
            ["limit", "--group", "a"], ["jobs", "--group", "a", "--state", "failed"],
        ])
    func refused(_ words: [String]) async throws {
        let (status, _) = await drover(words + ["--queue", "q"], on: try await filled())
        #expect(status == .usage)
    }

    @Test(
        "a limit of groups that is none is refused with exit 2, and what to give is told",
        arguments: [
            ("--concurrency=-1", "give 1 to 1,000,000"), ("--weight=-1", "give 1 to 100"),
            ("--rate=-5/1h", "give 1 to 1,000,000,000 jobs"), ("--rate=5/1h sliding", "leave sliding out"),
        ])
    func noLimit(_ limit: String, _ told: String) async throws {
        for group in [["--every-group"], ["--group", "a"]] {
            let store = try await filled()
            let before = try await groups(store)
            let (status, transcript) = await drover(["limit", "--queue", "q", limit] + group, on: store)
            #expect(status == .usage && transcript.notes.contains(told), "\(transcript.notes)")
            #expect(try await groups(store) == before)
        }
        let whole = await drover("limit", "--queue", "q", "--rate", "5/1h sliding", on: ReferenceStore())
        #expect(whole.status == .done)
    }
}
