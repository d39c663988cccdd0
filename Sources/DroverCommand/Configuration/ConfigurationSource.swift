import DroverCore

/// What a configuration is read from beside its file, and what was found wrong on the way.
final class ConfigurationSource {
    /// Reads a file that a value names.
    typealias FileReader = (_ path: String) throws -> String

    /// A value with its place.
    typealias Value = (text: String, place: ConfigurationProblem.Place)

    /// What is wrong, in the order in which it was found.
    private(set) var problems: [ConfigurationProblem] = []
    private let environment: [String: String]
    private let readFile: FileReader
    /// The variables that settings were looked for in, with the setting, and what they held.
    private var known: [String: String] = [:]
    private var values: [String: Value] = [:]

    init(environment: [String: String], readFile: @escaping FileReader) {
        self.environment = environment
        self.readFile = readFile
    }

    func report(_ place: ConfigurationProblem.Place, _ setting: String, _ problem: String) {
        let problem = ConfigurationProblem(place: place, setting: setting, problem: problem)
        // Some settings are looked at twice.
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// The name of the variable that holds a setting: `DROVER_QUEUES_MAIL_CONCURRENCY`.
    static func variable(_ path: [String]) -> String {
        path.reduce("DROVER") { name, part in
            name + "_"
                + part.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
        }
    }

    /// A setting's value in the environment: in its variable, or in the file whose path stands in the variable with
    /// `_FILE` behind. An empty variable counts as none. A variable that belongs to two settings is reported.
    func variable(_ path: [String]) -> Value? {
        let name = Self.variable(path)
        let setting = path.joined(separator: ".")
        if let other = known[name], other != setting {
            if isSet(name) || isSet(name + "_FILE") {
                report(
                    .variable(isSet(name) ? name : name + "_FILE"), "",
                    "it belongs to \(other) and to \(setting); set them in the file")
            }
            return nil
        }
        if known[name] != nil { return values[name] }
        known[name] = setting
        let value = read(name, setting)
        values[name] = value
        return value
    }

    /// Whether a setting's variable, or that with `_FILE` behind, is set, readable or not.
    func isSet(_ path: [String]) -> Bool {
        let name = Self.variable(path)
        return isSet(name) || isSet(name + "_FILE")
    }

    private func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }

    private func read(_ name: String, _ setting: String) -> Value? {
        let fileName = name + "_FILE"
        if isSet(name), isSet(fileName) {
            report(.variable(name), setting, "\(fileName) is set too; keep one of them")
        }
        if let value = environment[name], isSet(name) { return (value, .variable(name)) }
        guard let file = environment[fileName], isSet(fileName) else { return nil }
        return contents(of: file, .variable(fileName), setting).map { ($0, .variable(fileName)) }
    }

    /// What a file holds, without the end of its last line; nil when it can't be read, which is reported.
    func contents(of file: String, _ place: ConfigurationProblem.Place, _ setting: String) -> String? {
        do {
            var text = try readFile(file)
            while text.last?.isNewline == true { text.removeLast() }
            if text.isEmpty {
                report(place, setting, "the file \(file) is empty")
                return nil
            }
            return text
        } catch {
            report(place, setting, "\(CommandFailure(mapping: error).problem)")
            return nil
        }
    }

    /// Reports variables that begin as those of a section do and belong to no setting: misspelled ones.
    func checkVariables(of sections: [String]) {
        let names = Set(known.keys.flatMap { [$0, $0 + "_FILE"] })
        let beginnings = sections.map { Self.variable([$0]) + "_" }
        for name in environment.keys.sorted() where !names.contains(name) && isSet(name) {
            guard beginnings.contains(where: name.hasPrefix) else { continue }
            let near = Nearest.word(to: name.lowercased(), among: names.map { $0.lowercased() }.sorted())
            report(
                .variable(name), "",
                near.map { "it sets nothing; did you mean \($0.uppercased())?" }
                    ?? "it sets nothing: the configuration has no such queue, schedule or setting")
        }
    }
}
