import ArgumentParser
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct HelpTests {
    /// Every subcommand, and those of subcommands.
    private static let subcommands = Root.configuration.subcommands.flatMap { [$0] + $0.configuration.subcommands }

    @Test("every subcommand's help is as its snapshot", arguments: subcommands.map { "\($0)" })
    func help(_ name: String) throws {
        let command = try #require(Self.subcommands.first { "\($0)" == name })
        try expectSnapshot(Root.helpMessage(for: command, columns: 80) + "\n", named: "help-\(name.lowercased())")
    }

    @Test("the tool's own help is as its snapshot")
    func root() throws {
        try expectSnapshot(Root.helpMessage(columns: 80) + "\n", named: "help")
    }

    @Test("help of a subcommand is a result and no error")
    func asked() async {
        let (status, transcript) = await drover("jobs", "--help", on: ReferenceStore())
        #expect(status == .done)
        #expect(transcript.results.contains("List the jobs of a queue in one state"))
        #expect(transcript.notes.isEmpty)
    }

    @Test("no line of a help text is longer than a terminal is wide, usage lines apart")
    func width() {
        for command in Self.subcommands {
            let help = Root.helpMessage(for: command, columns: 80)
            for line in help.split(separator: "\n") where !line.hasPrefix("USAGE:") {
                #expect(line.count <= 80, "\(command): \(line)")
            }
        }
    }
}
