import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct AllowanceCommandTests {
    private let key = "exports:42"

    @Test("reserve takes what there is, then fails and says when there is enough")
    func reserve() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        for id in ["a", "b"] {
            let (status, transcript) = await drover(
                "allowance", "reserve", key, "--most", "2/24h", "--id", id, on: store)
            #expect(status == .done)
            #expect(transcript.results == "\(id)\n")
        }
        let (status, transcript) = await drover("allowance", "reserve", key, "--most", "2/24h", on: store)
        #expect(status == .failed)
        #expect(transcript.results == "")
        #expect(transcript.notes.contains("\"exports:42\" has too little left"), "\(transcript.notes)")
        #expect(transcript.notes.contains("enough in 1d"), "\(transcript.notes)")
        let json = await drover(
            "allowance", "reserve", key, "--most", "2/24h", "--id", "c", "--json", on: store
        ).transcript
        #expect(json.results == #"{"id":"c","result":"spent","freeInMs":86400000}"# + "\n")
        // An id that holds something reserves nothing more.
        #expect(await drover("allowance", "reserve", key, "--most", "2/24h", "--id", "a", on: store).status == .done)
        let shown = await drover("allowance", "show", key, on: store).transcript.results
        #expect(shown == "exports:42  2 used, less in 1d\n")
    }

    @Test("add takes of allowances, stores nothing when one is spent, and gives back where no job is stored")
    func within() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        func add(_ words: String...) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
            await drover(["add", "--queue", "q", "n", "--within", "exports:42:2/24h"] + words, on: store)
        }
        #expect(await add("--id", "a").transcript.results == "a\n")
        // It exists: nothing is taken.
        #expect(await add("--id", "a").status == .done)
        let both = await add("--count", "2", "--within", "all:9")
        #expect(both.status == .failed, "\(both.transcript.all)")
        #expect(both.transcript.results.split(separator: "\n").count == 1)
        #expect(both.transcript.notes.contains("\"exports:42\" has too little left; there is enough in 1d"))
        #expect(await drover("allowance", "show", "exports:42", on: store).transcript.results.contains("2 used"))
        #expect(await drover("allowance", "show", "all", on: store).transcript.results.contains("1 used"))
        #expect(try await store.queues().map(\.counts.total) == [2])
        // A job that is there is found though nothing is left, and another one is not added.
        let again = await add("--id", "a", "--json")
        #expect(again.status == .done)
        #expect(again.transcript.results.contains("duplicate"), "\(again.transcript.all)")
        #expect(await add("--id", "b").status == .failed)
        #expect(try await store.queues().map(\.counts.total) == [2])
    }

    @Test("an allowance that can't be read is refused, and what was written is quoted")
    func unreadable() async throws {
        let cases = [
            (["add", "--queue", "q", "n", "--within", "exports"], "names no key"),
            (["add", "--queue", "q", "n", "--within", "exports:x"], "\"x\" is no allowance"),
            (["add", "--queue", "q", "n", "--within", "k:1", "--within", "k:2"], "named twice"),
            (["add", "--queue", "q", "n", "--within", "k:-1/24h"], "give 1 to 10,000"),
            (["allowance", "reserve", "k", "--most", "2/abc"], "\"abc\" is not a span"),
            (["limit", "--queue", "q", "--rate", "2/abc"], "\"abc\" is not a span"),
            (["limit", "--queue", "q", "--rate", "2/"], "\"\" is not a span"),
        ]
        for (words, told) in cases {
            let (status, transcript) = await drover(words, on: ReferenceStore())
            #expect(status == .usage)
            #expect(transcript.notes.contains(told), "\(transcript.notes)")
        }
    }

    @Test("A new id is printed where none is given, and is that of a refund")
    func fresh() async throws {
        let store = ReferenceStore()
        let first = await drover("allowance", "reserve", key, "--most", "10", on: store).transcript.results
        let second = await drover("allowance", "reserve", key, "--most", "10", "--amount", "3", on: store)
            .transcript.results
        #expect(first != second && first.count > 1)
        let id = String(second.dropLast())
        let (status, transcript) = await drover("allowance", "refund", key, "--id", id, on: store)
        #expect(status == .done)
        #expect(transcript.results == "exports:42  3 given back\n")
        #expect(await drover("allowance", "refund", key, "--id", id, on: store).status == .notFound)
        let json = await drover("allowance", "show", key, "--json", on: store).transcript.results
        #expect(json == #"{"key":"exports:42","used":1,"lessInMs":null}"# + "\n")
        #expect(await drover("allowance", "reset", key, on: store).transcript.results == "exports:42  1 given back\n")
    }

    @Test(
        "what breaks a rule is refused with exit 2",
        arguments: [
            (["reserve", "k", "--most", "many"], "2/24h"), (["reserve", "k", "--most", "0/1h"], "1 to 10,000"),
            (["reserve", "k", "--most=-2/1h"], "1 to 10,000"),
            (["reserve", "k", "--most", "2/1h", "--amount=-1"], "give 1 to 2"),
            (["reserve", "k", "--most", "2/24"], "1h"), (["reserve", "k", "--most", "2/400d"], "366 days"),
            (["reserve", "k", "--most", "2/1h", "--amount", "3"], "give 1 to 2"),
            (["reserve", "", "--most", "2/1h"], "1 to 512"), (["reserve", "k"], "--most"),
            (["reserve", "k", "--most", "2/1h", "--id", ""], "1 to 1,024"), (["refund", "k"], "--id"),
        ])
    func refused(_ words: [String], _ advice: String) async throws {
        let (status, transcript) = await drover(["allowance"] + words, on: ReferenceStore())
        #expect(status == .usage)
        #expect(transcript.notes.contains(advice), "\(transcript.notes)")
    }
}
