import ArgumentParser
import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct RefusalTests {
    @Test(
        "what can't be read is told with what may have been meant, if that is close",
        arguments: [
            (["nope"], "there is no command \"nope\"; see drover --help"),
            (["ad"], "there is no command \"ad\"; did you mean add? See drover --help"),
            (["wrok", "--queue", "q"], "there is no command \"wrok\"; did you mean work? See drover --help"),
            (["Queues"], "there is no command \"Queues\"; did you mean queues? See drover --help"),
            (["obl"], "there is no command \"obl\"; did you mean obliterate? See drover --help"),
            (["--nope"], "there is no option \"--nope\"; see drover --help"),
            (["add", "--queue", "q", "n", "--nope", "1"], "there is no option \"--nope\"; see drover add --help"),
            (
                ["add", "--queue", "q", "n", "--prio", "1"],
                "there is no option \"--prio\"; did you mean --priority? See drover add --help"
            ),
            (
                ["add", "--queue", "q", "n", "--atempts", "1"],
                "there is no option \"--atempts\"; did you mean --attempts? See drover add --help"
            ),
            (
                ["limit", "--queue", "q", "--concurency", "1"],
                "there is no option \"--concurency\"; did you mean --concurrency? See drover limit --help"
            ),
            (
                ["limit", "--concurency", "1"],
                "there is no option \"--concurency\"; did you mean --concurrency? See drover limit --help"
            ),
            (
                ["priority", "--queue", "q", "--to", "99999999", "1"],
                "--to: give 0 (none) or 1 (first) to 2097151; see drover priority --help"
            ),
            (["queues", "extra"], "Unexpected argument 'extra'; see drover queues --help"),
            (
                ["schedule", "pt"],
                "there is no command \"schedule pt\"; did you mean put? See drover schedule --help"
            ),
            (["config", "bad.yaml"], "there is no command \"config bad.yaml\"; see drover config --help"),
            (["config", "check", "a", "b"], "Unexpected argument 'b'; see drover config check --help"),
            (
                ["config", "check", "--confg", "a"],
                "there is no option \"--confg\"; did you mean --config? See drover config check --help"
            ),
            (
                ["serve", "a.yaml", "--config", "b.yaml"],
                "--config names \"b.yaml\" and the argument \"a.yaml\": give one of them; see drover serve --help"
            ),
            (
                ["jobs"],
                "--queue: name the queue, which drover queues lists, or search all by --where; see drover jobs --help"
            ),
            (["logs"], "there is no command \"logs\"; a job's log: drover job --queue Q ID. See drover --help"),
        ])
    func refused(arguments: [String], says: String) async {
        let transcript = Transcript()
        let session = transcript.session(on: ReferenceStore())
        #expect(await DroverTool.run(arguments, in: session) == .usage)
        #expect(transcript.all == "--- notes\ndrover: read the arguments: \(says)\n")
    }

    @Test(
        "an option that takes one value is not taken twice",
        arguments: [
            (
                ["jobs", "--queue", "q", "--limit", "5", "--limit=6"],
                "--limit was given twice; give it once; see drover jobs --help"
            ),
            (
                ["add", "--queue", "a", "n", "--data", "1", "--queue", "b", "--queue", "c"],
                "--queue was given 3 times; give it once; see drover add --help"
            ),
            (
                ["dead", "list", "--queue", "q", "--where", "n = 1", "--where", "n = 2"],
                "--where was given twice; give it once; see drover dead list --help"
            ),
        ])
    func repeated(arguments: [String], says: String) async {
        let transcript = Transcript()
        let session = transcript.session(on: ReferenceStore())
        #expect(await DroverTool.run(arguments, in: session) == .usage)
        #expect(transcript.all == "--- notes\ndrover: read the arguments: \(says)\n")
    }

    @Test(
        "values that look like options, options that may be repeated and flags are no repetitions",
        arguments: [
            ["--tag", "a", "--tag", "b"], ["--json", "--json"], ["--attempts", "3", "--tag=--attempts=3"],
            ["--data", "\"--data\"", "--delay", "0s", "--json"],
        ])
    func notRepeated(words: [String]) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(["add", "--queue", "q", "n"] + words, on: store)
        #expect(status == .done, "\(transcript.notes)")
        #expect(try await store.queues().first?.counts.total == 1)
    }

    @Test("an option's name that is another one's value is not given by it")
    func nameAsValue() throws {
        let words = ["q:1:t", "failed", "--reason", "--store", "--store", "sqlite:x"]
        #expect(try #require(Settle.parseAsRoot(words) as? Settle).reason == "--store")
        #expect(try RepeatedOption.find(in: words[...], of: Settle.self) == nil)
        let twice = words + ["--store", "sqlite:y"]
        #expect(try RepeatedOption.find(in: twice[...], of: Settle.self)?.name == "--store")
    }

    @Test("a value that is refused in a command of a group leads to that command's help")
    func nested() async {
        let (status, transcript) = await drover(
            "schedule", "put", "--queue", "q", "s", "n", "--every", "3", on: ReferenceStore())
        #expect(status == .usage)
        #expect(transcript.notes.contains("\"3\" is not a span of time"), "\(transcript.notes)")
        #expect(transcript.notes.hasSuffix("; see drover schedule put --help\n"), "\(transcript.notes)")
    }

    @Test("what other programs' commands are called leads to commands that there are")
    func familiar() async throws {
        let commands = Root.configuration.subcommands.compactMap { $0.configuration.commandName }
        #expect(Set(["logs", "status", "list"]).isSubset(of: FamiliarWord.advice.keys))
        for (word, advice) in FamiliarWord.advice {
            #expect(!commands.contains(word), "\(word)")
            let named = advice.split(separator: "drover ").dropFirst().map {
                String($0.prefix { $0.isLetter || $0 == "-" })
            }
            #expect(!named.isEmpty, "\(word)")
            #expect(named.allSatisfy { commands.contains($0) || $0 == "--version" }, "\(word): \(named)")
            let (status, transcript) = await drover(word, on: ReferenceStore())
            #expect(status == .usage && transcript.notes.contains("\(word)\"; \(advice). See"), "\(transcript.notes)")
        }
    }

    @Test("a command's name of ten thousand characters is cut, and control characters in it are not repeated")
    func hostile() async {
        for name in [String(repeating: "n", count: 10_000), "a\u{1B}[2J"] {
            let transcript = Transcript()
            let session = transcript.session(on: ReferenceStore())
            #expect(await DroverTool.run([name], in: session) == .usage)
            #expect(transcript.notes.count < 200)
            #expect(!transcript.notes.contains("\u{1B}"))
        }
    }
}
