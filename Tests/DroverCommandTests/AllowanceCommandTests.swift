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
