import DroverCore

/// Results that come from outside: what is JSON is taken as it is, any other text becomes a JSON string.
enum OutsideResult {
    /// How many bytes of a result are read.
    static let limit = 1_048_576

    /// The result that a text stands for; nothing is null.
    static func json(_ text: String) -> JSONText {
        let text = trimmed(text)
        if text.isEmpty { return .null }
        // A text that is not JSON is a result too; it is quoted.
        if let json = try? JSONText(text) { return json }
        return JSONText(trusted: JSONWriter.string(text))
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }
        let scalars = text.unicodeScalars.drop(while: isBlank)
        let end = scalars.lastIndex { !isBlank($0) }.map { scalars.index(after: $0) } ?? scalars.startIndex
        return String(scalars[..<end])
    }
}
