import Yams

/// The tree of a configuration file.
enum ConfigurationTree {
    /// How many levels a file may have, and how many values: aliases may repeat a value at will.
    private static let deepest = 64
    private static let mostValues = 100_000

    /// Reads YAML.
    ///
    /// - Returns: nil for a file that has no value.
    static func read(_ text: String) throws(ConfigurationProblem) -> Node? {
        do {
            // Some editors begin a file with a mark of its encoding.
            let tree = try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
            var left = mostValues
            if let tree { try check(tree, depth: 0, left: &left) }
            return tree
        } catch let problem as ConfigurationProblem {
            throw problem
        } catch {
            throw problem(error, in: text)
        }
    }

    /// A tree with another one laid over it: mappings are merged, all else is replaced.
    static func merge(_ base: Node, _ over: Node) -> Node {
        guard var mapping = base.mapping, let changes = over.mapping else { return over }
        for (key, value) in changes {
            let known = mapping.first { $0.key.string == key.string }
            mapping[known?.key ?? key] = known.map { merge($0.value, value) } ?? value
        }
        return .mapping(mapping)
    }

    private static func check(_ node: Node, depth: Int, left: inout Int) throws(ConfigurationProblem) {
        left -= 1
        if depth > deepest || left < 0 {
            throw ConfigurationProblem(
                place: node.place, setting: "",
                problem: "the file is too large; at most \(deepest) levels and \(mostValues) values are accepted")
        }
        switch node {
        case .mapping(let mapping):
            var names: Set<String> = []
            for (key, value) in mapping {
                if let name = key.string, !names.insert(name).inserted { throw repetition(of: [name], at: key.place) }
                if key.string == "<<" {
                    throw ConfigurationProblem(
                        place: key.place, setting: "", problem: "<< is not understood; write the settings out")
                }
                if key.scalar == nil {
                    throw ConfigurationProblem(
                        place: key.place, setting: "", problem: "a name is a single word, not a list or a mapping")
                }
                try check(value, depth: depth + 1, left: &left)
            }
        case .sequence(let sequence):
            for value in sequence { try check(value, depth: depth + 1, left: &left) }
        case .scalar, .alias: return
        }
    }

    private static func problem(_ error: any Error, in text: String) -> ConfigurationProblem {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?,
            .composer(_, let problem, let mark, _)?:
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
            let hasTab = line.prefix { $0 == " " || $0 == "\t" }.contains("\t")
            let advice =
                hasTab
                ? "indent with blanks, not with tabs" : "look at the indentation, colons and quotes here and above"
            return ConfigurationProblem(
                place: .line(mark.line), setting: "", problem: "this is not YAML: \(problem); \(advice)")
        case .duplicatedKeysInMapping(let names, let context)?:
            let line = lineOfRepetition(of: names.first ?? "", from: context.mark.line, in: text)
            return repetition(of: names, at: .line(line))
        case .reader(let problem, let offset, _, _)?:
            let before = text.prefix(offset ?? 0)
            return ConfigurationProblem(
                place: .line(before.count(where: \.isNewline) + 1), setting: "",
                problem: "this can't be read: \(problem); write the file as UTF-8, without control characters")
        default:
            return ConfigurationProblem(place: .file, setting: "", problem: "this is not YAML: \(error)")
        }
    }

    private static func repetition(of names: [String], at place: ConfigurationProblem.Place) -> ConfigurationProblem {
        let shown = names.map { "\"\($0.prefix(64))\"" }.joined(separator: " and ")
        return ConfigurationProblem(
            place: place, setting: "", problem: "\(shown) stands here a second time; keep one of them")
    }

    /// The parser tells where the mapping begins: the second line from there that begins with the name, as far in as the
    /// first one, is the repetition.
    private static func lineOfRepetition(of name: String, from first: Int, in text: String) -> Int {
        var indentation: Int?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        where index + 1 >= first {
            let content = line.drop { $0 == " " }
            guard content.hasPrefix("\(name):") else { continue }
            let depth = line.count - content.count
            if indentation == depth { return index + 1 }
            if indentation == nil { indentation = depth }
        }
        return first
    }
}

extension Node {
    /// Where it stands in its file.
    var place: ConfigurationProblem.Place { mark.map { .line($0.line) } ?? .file }
}

extension Node.Mapping {
    /// The value of a name, however the name is written: in quotes or not, as a word or a number.
    func child(_ name: String) -> Node? { first { $0.key.string == name }?.value }
}
