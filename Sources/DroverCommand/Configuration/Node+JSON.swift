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

    /// What is not in quotes: null, a truth value, a number that JSON has too, digit by digit; all else is a string, as
    /// `on`, `12:30` or `0123`.
    private func plain(_ text: String, setting: String) throws(ConfigurationProblem) -> String {
        switch text {
        case "", "~", "null", "Null", "NULL": return "null"
        case "true", "True", "TRUE": return "true"
        case "false", "False", "FALSE": return "false"
        case ".inf", "+.inf", "-.inf", ".nan", ".Inf", "-.Inf", ".NaN":
            throw ConfigurationProblem(
                place: place, setting: setting, problem: "JSON has no number \"\(text)\"; write it in quotes")
        default:
            guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
                let number = try? JSONText(text)  // what is no number of JSON is a string
            else { return JSONWriter.string(text) }
            return number.text
        }
    }
}
