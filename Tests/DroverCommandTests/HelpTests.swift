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

    @Test("each shell's completion script knows every command", arguments: ["bash", "zsh", "fish"])
    func completions(_ shell: String) async {
        let (status, transcript) = await drover("--generate-completion-script", shell, on: ReferenceStore())
        #expect(status == .done)
        for command in Self.subcommands {
            guard let name = command.configuration.commandName else { continue }
            #expect(transcript.results.contains(name), "\(name)")
        }
    }

    @Test("bash completes commands and options by its script")
    func bash() async throws {
        let script = #"""
            exec bash -c '
            source <("$1" --generate-completion-script bash)
            complete -p drover
            COMP_WORDS=(drover ser) COMP_CWORD=1 COMP_LINE="drover ser" COMP_POINT=10; _drover drover ser drover
            echo "${COMPREPLY[@]}"
            COMPREPLY=() COMP_WORDS=(drover queues --js) COMP_CWORD=2 COMP_LINE="drover queues --js" COMP_POINT=18; _drover drover --js queues
            echo "${COMPREPLY[@]}"' bash "$1"
            """#
        let ending = try await Program.script(script, [])
        #expect(ending.output == "complete -o filenames -F _drover drover\nserve\n--json\n", "\(ending)")
    }

    @Test(
        "bash completes the names of files where a command takes one",
        arguments: [
            "serve --config", "serve", "config check --config", "config check", "init --config", "reencrypt --config",
            "add --encryption-keys", "backup",
        ])
    func files(_ words: String) async throws {
        let script = #"""
            exec bash -c '
            source <("$1" --generate-completion-script bash)
            cd "$2" && : >jobs.yaml
            COMP_LINE="drover $3 job" COMP_WORDS=(drover $3 job) COMP_POINT=$((${#3} + 11))
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _drover drover job "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[@]}"' bash "$1" "$2" "$3"
            """#
        let folder = try TemporaryFolder()
        let ending = try await Program.script(script, [folder.path(""), words])
        #expect(ending.output.contains("jobs.yaml"), "\(ending)")
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
