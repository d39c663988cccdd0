import ArgumentParser
import DroverCore

/// What is said about arguments that can't be read.
enum Refusal {
    /// The problem and what to do next, on one line.
    static func text(_ error: any Error, arguments: [String]) -> String {
        let commands = Root.configuration.subcommands
        let named = commands.first { $0.configuration.commandName == arguments.first }
        if let first = arguments.first, named == nil, !first.hasPrefix("-"), first != "help" {
            let near = Nearest.word(to: first, among: commands.compactMap { $0.configuration.commandName })
            return text("there is no command \(ValidationError.quote(first))", near: near, help: "drover --help")
        }
        let help = named?.configuration.commandName.map { "drover \($0) --help" } ?? "drover --help"
        let message = Root.message(for: error)
        guard let option = unknownOption(message) else { return text(message, near: nil, help: help) }
        let near = Nearest.word(to: option, among: named.map(optionNames) ?? [])
        return text("there is no option \(ValidationError.quote(option))", near: near, help: help)
    }

    private static func text(_ problem: String, near: String?, help: String) -> String {
        near.map { "\(problem); did you mean \($0)? See \(help)" } ?? "\(problem); see \(help)"
    }

    /// The option that the parser does not know. What it proposes is not repeated: it takes three mistakes for close, and
    /// so proposes `--id` for `--nope`.
    private static func unknownOption(_ message: String) -> String? {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        return parts.count >= 3 && parts[0] == "Unknown option " ? String(parts[1]) : nil
    }

    /// The long names of a command's options: the parser tells them in the help alone.
    private static func optionNames(_ command: any ParsableCommand.Type) -> [String] {
        let words = Root.helpMessage(for: command).split { !$0.isLetter && !$0.isNumber && $0 != "-" }
        return Set(words.filter { $0.hasPrefix("--") }.map(String.init)).sorted()
    }
}
