/// How a query writes texts.
enum QueryText {
    /// Whether a character may stand in the name of a member without quotes.
    static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "$", "-": true
        default: false
        }
    }

    /// Whether a character may stand in a value without quotes.
    static func isValueScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value <= 0x20 || scalar.value == 0x7F || scalar.properties.isWhitespace { return false }
        switch scalar {
        case "(", ")", ",", "\"", "'", "=", "<", ">", "!", "~", "\\": return false
        default: return true
        }
    }

    /// Words of the language, which as values need quotes.
    static let words: Set<String> = ["and", "or", "not", "in", "exists", "contains"]

    /// A text in quotes, as JSON writes it.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
