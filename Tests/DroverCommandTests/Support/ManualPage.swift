import ArgumentParser
import Foundation

@testable import DroverCommand

/// The manual page drover(1), made of what the argument parser knows of the commands: troff in the macros of man(7).
struct ManualPage {
    private struct Tool: Decodable { var command: Command }

    private struct Command: Decodable {
        var superCommands: [String]?
        var commandName: String
        var abstract: String?
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?
        var shouldDisplay: Bool

        /// The words that call it.
        var call: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }
        /// Itself, or the commands below it, which are what can be run.
        var leaves: [Command] {
            guard shouldDisplay, commandName != "help" else { return [] }
            return subcommands.map { $0.flatMap(\.leaves) } ?? [self]
        }
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
            var text: String { (kind == "long" ? "--" : "-") + name }
        }

        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var preferredName: Name?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?

        /// Every command has these; they are told once.
        var isCommon: Bool { ["version", "help"].contains(preferredName?.name) }
        private var value: String { kind == "flag" ? "" : "<\(valueName ?? "value")>" }
        /// As it heads its paragraph: `-q, --quiet`, `--queue <name>`.
        var heading: String {
            let names = (names ?? []).map(\.text).sorted { $0.count < $1.count }.joined(separator: ", ")
            return kind == "positional" ? value : [names, value].filter { !$0.isEmpty }.joined(separator: " ")
        }
        /// As it stands in a synopsis, where it must be given.
        var usage: String {
            let name = kind == "positional" ? nil : preferredName?.text
            return [name, value].compactMap(\.self).joined(separator: " ") + (isRepeating ? " ..." : "")
        }
        var text: String {
            let values = allValues.map { "(values: \($0.joined(separator: ", ")))" }
            let standard = defaultValue.map { "(default: \($0))" }
            return [abstract, values, standard].compactMap(\.self).joined(separator: " ")
        }
    }

    private let root: Command

    /// The page of the commands as they are.
    init() throws { root = try JSONDecoder().decode(Tool.self, from: Data(Root._dumpHelp().utf8)).command }

    /// How each command is called.
    var calls: [String] { root.leaves.map(\.call) }

    /// The page.
    var text: String {
        let name = root.commandName
        let paragraphs = (root.discussion ?? "").components(separatedBy: "\n\n")
        let exit = "Exit status: "
        var lines = [
            #".\" Made of the argument parser by ManualPageTests, which says how to write it anew."#,
            ".TH \(name.uppercased()) 1 \"\" \"\(name) \(Root.configuration.version)\" \"User Commands\"",
            // No word is hyphenated and no line stretched: many of them are to be copied.
            ".nh", ".ad l",
            ".SH NAME", Self.escape("\(name) ") + #"\- "# + Self.escape(Self.lowercase(root.abstract ?? "")),
            ".SH SYNOPSIS", ".B \(name)", ".I command", Self.escape("[options] [arguments]"), ".SH DESCRIPTION",
        ]
        lines += Self.body(paragraphs.filter { !$0.hasPrefix(exit) }.joined(separator: "\n\n"))
        lines += [".SH OPTIONS", "Of every command:"]
        lines += (root.arguments ?? []).filter(\.isCommon).flatMap(Self.lines)
        lines += [".SH COMMANDS"]
        lines += root.leaves.flatMap(Self.lines)
        lines += [".SH EXIT STATUS"]
        lines += paragraphs.filter { $0.hasPrefix(exit) }.flatMap { Self.body(String($0.dropFirst(exit.count))) }
        lines += [".SH ENVIRONMENT"] + ManualSurroundings.environment.flatMap(Self.lines)
        lines += [".SH FILES"] + ManualSurroundings.files.flatMap(Self.lines)
        lines +=
            [".SH SEE ALSO"]
            + Self.filled(
                "Sources/Drover/Drover.docc/CommandReference.md: stores, limits, forms of JSON, exit codes.")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of command: Command) -> [String] {
        let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && !$0.isCommon }
        let positional = arguments.filter { $0.kind == "positional" }
        let options = arguments.filter { $0.kind != "positional" }
        var usage = [command.call] + options.filter { !$0.isOptional }.map(\.usage)
        if options.contains(where: \.isOptional) { usage.append("[options]") }
        usage += positional.map { $0.isOptional ? "[\($0.usage)]" : $0.usage }
        return [".SS \(escape(command.call))"] + body(command.abstract ?? "")
            + [".PP", ".B " + escape(usage.joined(separator: " "))]
            + (command.discussion.map { [".PP"] + body($0) } ?? [])
            + (positional + options).flatMap(lines)
    }

    private static func lines(of argument: Argument) -> [String] {
        [".TP", ".B " + escape(argument.heading)] + filled(argument.text)
    }

    private static func lines(of entry: ManualSurroundings.Entry) -> [String] {
        [".TP", ".B " + escape(entry.name)] + filled(entry.text)
    }

    /// Paragraphs, and the indented lines among them as they stand.
    private static func body(_ text: String) -> [String] {
        var lines: [String] = []
        var isLiteral = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(" ") != isLiteral {
                isLiteral.toggle()
                lines += isLiteral ? [".RS 4", ".nf"] : [".fi", ".RE"]
            }
            if line.isEmpty {
                lines.append(".PP")
            } else {
                lines += isLiteral ? [escape(String(line.dropFirst(2)))] : filled(String(line))
            }
        }
        return lines + (isLiteral ? [".fi", ".RE"] : [])
    }

    /// A paragraph in lines that an editor shows, which troff joins.
    private static func filled(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + word.count < 76 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.map(escape)
    }

    /// A text as troff reads it: a hyphen that can be copied, and nothing that looks like a request.
    private static func escape(_ text: String) -> String {
        let text = text.replacing(#"\"#, with: #"\e"#).replacing("-", with: #"\-"#)
        return text.hasPrefix(".") || text.hasPrefix("'") ? #"\&"# + text : text
    }

    private static func lowercase(_ text: String) -> String {
        let text = text.prefix(1).lowercased() + text.dropFirst()
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
