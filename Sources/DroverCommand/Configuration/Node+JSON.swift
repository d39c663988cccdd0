import DroverCore
import Yams

extension Node {
    /// The value as JSON, by YAML's core rules: what is in quotes is a string.
    ///
    /// - Throws: ``ConfigurationProblem`` for a number that JSON does not have.
    func json(setting: String) throws(ConfigurationProblem) -> String {
        switch self {
        case .mapping(let mapping):
            var members: [(name: String, value: String)] = []
            for (key, value) in mapping { members.append((key.string ?? "", try value.json(setting: setting))) }
            return JSONWriter.object(members)
        case .sequence(let sequence):
            var values: [String] = []
            for value in sequence { values.append(try value.json(setting: setting)) }
            return JSONWriter.array(values)
        case .alias:
            return "null"
        case .scalar(let scalar):
            guard scalar.style == .plain || scalar.style == .any else { return JSONWriter.string(scalar.string) }
            return try plain(scalar.string, setting: setting)
        }
    }

    private func plain(_ text: String, setting: String) throws(ConfigurationProblem) -> String {
        switch Resolver.default.resolveTag(of: self) {
        case .null: return "null"
        case .bool: return bool.map { $0 ? "true" : "false" } ?? JSONWriter.string(text)
        case .int, .float:
            // As it is written where JSON has it too, so that no digit is lost.
            if let number = try? JSONText(text) { return number.text }  // else it is YAML's own form
            if let number = int { return String(number) }
            if let number = float, number.isFinite { return String(number) }
            throw ConfigurationProblem(
                place: place, setting: setting, problem: "JSON has no number \"\(text.prefix(32))\"; write it in quotes"
            )
        default: return JSONWriter.string(text)
        }
    }
}
