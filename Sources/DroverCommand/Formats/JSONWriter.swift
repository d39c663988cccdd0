import DroverCore

/// Writes JSON text. Payloads, results and progress go in as the texts that they are and are never encoded again.
enum JSONWriter {
    /// A string in quotes, without control characters, which a terminal would obey.
    static func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where Printable.isControl(scalar): quoted += escape(scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A string in quotes, or null.
    static func string(_ text: String?) -> String { text.map { string($0) } ?? "null" }

    /// An instant as the number of milliseconds since 1970 UTC, or null.
    static func instant(_ instant: Timestamp?) -> String { instant.map { String($0.milliseconds) } ?? "null" }

    /// A text that is JSON already, or null.
    static func json(_ json: JSONText?) -> String { json?.text ?? "null" }

    /// A number with at most `digits` digits after the point, or null.
    static func number(_ value: Double?, digits: Int) -> String {
        guard let value, value.isFinite else { return "null" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : String(rounded)
    }

    /// An array on one line.
    static func array(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }

    /// An object on one line, its members in the given order; the values are JSON texts.
    static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\(string($0.name)):\($0.value)" }.joined(separator: ",") + "}"
    }

    /// An array with a value on each line, so that long lists can be read and compared by lines.
    static func list(_ values: [String]) -> String {
        values.isEmpty ? "[]" : "[\n" + values.map { "  \($0)" }.joined(separator: ",\n") + "\n]"
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
