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
            (["queues", "extra"], "Unexpected argument 'extra'; see drover queues --help"),
        ])
    func refused(arguments: [String], says: String) async {
        let transcript = Transcript()
        let session = transcript.session(on: ReferenceStore())
        #expect(await DroverTool.run(arguments, in: session) == .usage)
        #expect(transcript.all == "--- notes\ndrover: read the arguments: \(says)\n")
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
