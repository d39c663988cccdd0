import ArgumentParser
import DroverCore

/// What is said about arguments that can't be read.
enum Refusal {
    /// The problem and what to do next, on one line.
    static func text(_ error: any Error, arguments: [String]) -> String {
        let (command, names) = named(by: arguments)
        let subcommands = command.configuration.subcommands
        let help = help(names)
        if let word = arguments.dropFirst(names.count).first, !subcommands.isEmpty, !word.hasPrefix("-"), word != "help"
        {
            let problem = "there is no command \(ValidationError.quote((names + [word]).joined(separator: " ")))"
            if names.isEmpty, let elsewhere = FamiliarWord.advice(for: word) {
                return "\(problem); \(elsewhere). See \(help)"
            }
            return text(
                problem, near: Nearest.word(to: word, among: subcommands.compactMap { $0.configuration.commandName }),
                help: help)
        }
        let message = Root.message(for: error)
        // A misspelled option is why another one is missed: the parser tells the other first.
        let valueless = optionWithoutValue(message)
        let stranger = valueless == nil ? stranger(among: arguments.dropFirst(names.count), of: command) : nil
        if let option = unknownOption(message) ?? stranger { return unknown(option, of: command, names) }
        if message.hasPrefix("Missing expected argument '--queue ") {
            return "\(message); drover queues lists them. See \(help)"
        }
        if let option = valueless, let place = arguments.firstIndex(of: option),
            let value = arguments[(place + 1)...].first, value.dropFirst().first?.isNumber == true
        {
            let problem = "\(option): \(ValidationError.quote(value)) looks like an option; write \(option)=\(value)"
            return text(problem, near: nil, help: help)
        }
        return text(message, near: nil, help: help)
    }

    private static func unknown(_ option: String, of command: any ParsableCommand.Type, _ names: [String]) -> String {
        let near = Nearest.word(to: option, among: names.isEmpty ? [] : optionNames(command))
        return text("there is no option \(ValidationError.quote(option))", near: near, help: help(names))
    }

    /// The first argument that is written like an option and is near to one of the command's without being any.
    private static func stranger(
        among arguments: ArraySlice<String>, of command: any ParsableCommand.Type
    ) -> String? {
        let known = optionNames(command)
        return arguments.prefix { $0 != "--" }.lazy.filter { $0.hasPrefix("--") }
            .map { String($0.prefix { $0 != "=" }) }
            .first { !known.contains($0) && Nearest.word(to: $0, among: known) != nil }
    }

    /// What is said where an option with one value was given more often; nil where none was.
    static func ofRepeated(_ arguments: [String]) throws -> String? {
        let (command, names) = named(by: arguments)
        guard let option = try RepeatedOption.find(in: arguments.dropFirst(names.count), of: command) else {
            return nil
        }
        let times = option.count == 2 ? "twice" : "\(option.count) times"
        return text(
            "\(option.name) was given \(times); give it once", near: nil, help: help(names))
    }

    private static func help(_ names: [String]) -> String { (["drover"] + names + ["--help"]).joined(separator: " ") }

    private static func text(_ problem: String, near: String?, help: String) -> String {
        near.map { "\(problem); did you mean \($0)? See \(help)" } ?? "\(problem); see \(help)"
    }

    /// The innermost command that the first arguments name, and these.
    private static func named(by arguments: [String]) -> (command: any ParsableCommand.Type, names: [String]) {
        var command: any ParsableCommand.Type = Root.self
        var names: [String] = []
        for argument in arguments {
            let subcommands = command.configuration.subcommands
            guard let next = subcommands.first(where: { $0.configuration.commandName == argument }) else { break }
            command = next
            names.append(argument)
        }
        return (command, names)
    }

    /// The option that the parser does not know. What it proposes is not repeated: it takes three mistakes for close, and
    /// so proposes `--id` for `--nope`.
    private static func unknownOption(_ message: String) -> String? {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        return parts.count >= 3 && parts[0] == "Unknown option " ? String(parts[1]) : nil
    }

    /// The option behind which the parser has found no value: it takes a word that begins with a dash for another option.
    private static func optionWithoutValue(_ message: String) -> String? {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "Missing value for " else { return nil }
        return parts[1].split(separator: " ").first.map(String.init)
    }

    /// The long names of a command's options: the parser tells them in the help alone.
    private static func optionNames(_ command: any ParsableCommand.Type) -> [String] {
        let words = Root.helpMessage(for: command).split { !$0.isLetter && !$0.isNumber && $0 != "-" }
        return Set(words.filter { $0.hasPrefix("--") }.map(String.init)).sorted()
    }
}
