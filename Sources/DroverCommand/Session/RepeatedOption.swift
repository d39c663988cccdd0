import ArgumentParser
import Foundation

/// An option that takes one value and was given several: the parser takes the last one and says nothing.
struct RepeatedOption: Equatable {
    /// As it was written first, with its dashes.
    var name: String
    /// How often it was given.
    var count: Int

    /// The option that is repeated first; nil where none is.
    ///
    /// - Parameters:
    ///   - words: what stands behind a command's names, as the parser has accepted it.
    ///   - command: the command.
    static func find(in words: ArraySlice<String>, of command: any ParsableCommand.Type) throws -> RepeatedOption? {
        // The parser's account of a command is long: it is asked for where a word is there twice, which is seldom.
        let names = words.filter { $0.hasPrefix("-") }.map(name)
        if Set(names).count == names.count { return nil }
        let options = try Self.options(of: command)
        var given: [RepeatedOption] = []
        var rest = words
        while let word = rest.popFirst(), word != "--" {
            let name = name(word)
            guard let option = options[name] else { continue }
            // The word behind it is its value, whatever it looks like.
            if name == word { rest = rest.dropFirst() }
            if option.isRepeating { continue }
            if let index = given.firstIndex(where: { options[$0.name] == option }) {
                given[index].count += 1
            } else {
                given.append(RepeatedOption(name: name, count: 1))
            }
        }
        return given.first { $0.count > 1 }
    }

    /// A word without the value that is joined to it.
    private static func name(_ word: String) -> String { String(word.prefix { $0 != "=" }) }

    /// The options of a command that take values, by each of their names.
    private static func options(of command: any ParsableCommand.Type) throws -> [String: Account.Argument] {
        let account = try JSONDecoder().decode(Account.self, from: Data(command._dumpHelp().utf8))
        var options: [String: Account.Argument] = [:]
        for argument in account.command.arguments ?? [] where argument.kind == "option" {
            for name in argument.names ?? [] { options[(name.kind == "long" ? "--" : "-") + name.name] = argument }
        }
        return options
    }

    /// What the parser tells of a command.
    private struct Account: Decodable {
        struct Command: Decodable { var arguments: [Argument]? }

        struct Argument: Decodable, Equatable {
            struct Name: Decodable, Equatable {
                var kind: String
                var name: String
            }

            var kind: String
            var isRepeating: Bool
            var names: [Name]?
        }

        var command: Command
    }
}
