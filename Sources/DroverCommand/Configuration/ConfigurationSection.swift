import DroverCore
import Yams

/// One mapping of a configuration: gives its settings, and reports what is wrong with them.
///
/// Every setting may stand in the environment instead, which wins. A name that nothing asked for is reported by
/// ``finish()``.
final class ConfigurationSection {
    /// The way to it, as `["queues", "mail"]`.
    let path: [String]
    /// Where it begins.
    let place: ConfigurationProblem.Place
    /// Whether something else stands where its settings would.
    let isGarbled: Bool
    private let mapping: Node.Mapping?
    private let source: ConfigurationSource
    private var known: [String] = []

    /// A section; nil or an empty value for one that has no setting.
    init(_ node: Node?, path: [String] = [], place: ConfigurationProblem.Place = .file, source: ConfigurationSource) {
        self.path = path
        self.place = place
        self.source = source
        mapping = node?.mapping
        isGarbled = node.map { $0.mapping == nil && !$0.isEmpty } ?? false
        if let node, isGarbled {
            source.report(node.place, path.joined(separator: "."), "give settings, one a line: name: value")
        }
    }

    /// Reports something about a setting of this section, where it stands or would stand.
    func report(_ key: String, _ problem: String) {
        source.report(source.variable(path + [key])?.place ?? child(key)?.place ?? place, setting(key), problem)
    }

    /// Reports something about the section as a whole.
    func report(_ problem: String) { source.report(place, path.joined(separator: "."), problem) }

    /// Whether a setting is given, here or in the environment.
    func has(_ key: String) -> Bool { source.isSet(path + [key]) || child(key).map { !$0.isEmpty } == true }

    /// The variable of the environment that gives a setting; nil where none does.
    func variable(of key: String) -> String? {
        if case .variable(let name)? = source.variable(path + [key])?.place { name } else { nil }
    }

    /// Whether the file has a setting here, with a value.
    func fileHas(_ key: String) -> Bool { child(key).map { !$0.isEmpty } == true }

    /// Whether a setting is given as one value, in the environment, here, or by `{file: PATH}`, and not as a section.
    func isValue(_ key: String) -> Bool {
        if source.isSet(path + [key]) { return true }
        guard let node = child(key), !node.isEmpty else { return false }
        return node.scalar != nil || node.mapping.map { $0.count == 1 && $0.child("file")?.scalar != nil } == true
    }

    /// A setting of one value, read by `read`; nil when it is not given or can't be read, which is reported.
    func value<Value>(_ key: String, _ read: (String) throws -> Value) -> Value? {
        known.append(key)
        guard let (text, place) = text(key) else { return nil }
        do { return try read(text) } catch {
            let problem = (error as? ValidationError)?.problem ?? CommandFailure(mapping: error).description
            source.report(place, setting(key), problem)
            return nil
        }
    }

    /// A whole number of a range.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key) { text in
            guard let number = Int(text), range.contains(number) else {
                throw ValidationError(
                    key,
                    "\(ValidationError.quote(text)) is no whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }

    /// `true` or `false`.
    func boolean(_ key: String) -> Bool? { word(key, ["true": true, "false": false]) }

    /// One of some words.
    func word<Value>(_ key: String, _ words: KeyValuePairs<String, Value>) -> Value? {
        value(key) { text in
            if let found = words.first(where: { $0.key == text }) { return found.value }
            let names = words.map(\.key)
            let near = Nearest.word(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
            throw ValidationError(
                key, "\(ValidationError.quote(text)) is not one of \(names.joined(separator: ", "))\(near)")
        }
    }

    /// A span of time, no shorter than `least`.
    func duration(_ key: String, atLeast least: Duration = .zero) -> Duration? {
        value(key) { text in
            let span = try DurationArgument(parsing: text)
            if span.duration < least {
                throw ValidationError(key, "\(span) is too short; give at least \(DurationArgument(least))")
            }
            return span.duration
        }
    }

    /// A list of words: a list of the file, or words with commas between them.
    func words(_ key: String) -> [String]? {
        if source.variable(path + [key]) == nil, let sequence = child(key)?.sequence {
            known.append(key)
            return sequence.compactMap { node in
                if let scalar = node.scalar, !node.isEmpty { return scalar.string }
                source.report(node.place, setting(key), "each item of this list is one word")
                return nil
            }
        }
        return value(key) { text in
            text.split(separator: ",").map { $0.drop { $0 == " " } }.map { word in
                String(word.reversed().drop { $0 == " " }.reversed())
            }
        }
    }

    /// Any value, as JSON. A variable holds it as JSON text.
    func json(_ key: String) -> JSONText? {
        if source.variable(path + [key]) != nil { return value(key) { try JSONText($0) } }
        known.append(key)
        guard let node = child(key) else { return nil }
        do { return JSONText(trusted: try node.json(setting: setting(key))) } catch {
            source.report(error.place, error.setting, error.problem)
            return nil
        }
    }

    /// A section in this one.
    func section(_ key: String) -> ConfigurationSection {
        known.append(key)
        return ConfigurationSection(child(key), path: path + [key], place: line(of: key), source: source)
    }

    /// The sections of a mapping whose names are free, in the order of the file.
    func sections(_ key: String) -> [(name: String, section: ConfigurationSection)] {
        let whole = section(key)
        return whole.names.map { name in (name, whole.section(name)) }
    }

    /// The names of this section, in the order of the file.
    var names: [String] { mapping?.compactMap { $0.key.string } ?? [] }

    /// Takes a name as known that is read elsewhere.
    func leave(_ key: String) { known.append(key) }

    /// Reports the names that nothing asked for.
    func finish() {
        for (key, _) in mapping ?? [:] {
            guard let name = key.string, !known.contains(name) else { continue }
            let near = Nearest.word(to: name, among: known)
            let advice =
                near.map { "did you mean \($0)?" } ?? "known here: \(Set(known).sorted().joined(separator: ", "))"
            source.report(key.place, setting(name), "there is no such setting; \(advice)")
        }
    }

    // MARK: Places

    private func setting(_ key: String) -> String { (path + [key]).joined(separator: ".") }

    private func child(_ key: String) -> Node? { mapping?.child(key) }

    private func line(of key: String) -> ConfigurationProblem.Place {
        mapping?.first { $0.key.string == key }.map { $0.key.place } ?? place
    }

    /// A single value as text: the environment's, the file's, or that of the file which `{file: PATH}` names.
    private func text(_ key: String) -> ConfigurationSource.Value? {
        if let found = source.variable(path + [key]) { return found }
        if source.isSet(path + [key]) { return nil }
        guard let node = child(key) else { return nil }
        if node.isEmpty {
            source.report(node.place, setting(key), "it has no value; give one, or take the line away")
            return nil
        }
        if let scalar = node.scalar { return (scalar.string, node.place) }
        if let mapping = node.mapping, mapping.count == 1, let file = mapping.child("file")?.string {
            return source.contents(of: file, node.place, setting(key)).map { ($0, node.place) }
        }
        source.report(node.place, setting(key), "give one value, not a list or a mapping")
        return nil
    }
}

extension Node {
    /// Whether nothing stands where a value may.
    fileprivate var isEmpty: Bool {
        guard let scalar else { return false }
        return scalar.style == .plain && Resolver.default.resolveTag(of: self) == .null
    }
}
