import DroverCore

/// A cursor as it is printed and read on a command line: one word that a shell takes as it is, whatever the store made.
///
/// What is no letter, digit, or one of `.`, `_`, `:` and `-` behind the first place is written as `%` and two hexadecimal
/// digits for each byte.
enum CursorArgument {
    /// Writes a cursor.
    static func text(_ cursor: PageCursor) -> String {
        var text = ""
        for byte in cursor.text.utf8 {
            if isPlain(byte, isFirst: text.isEmpty) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += byte < 16 ? "%0" : "%"
                text += String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    /// Reads a cursor.
    ///
    /// - Throws: `ValidationError` for a text that is none.
    @Sendable static func parse(_ text: String) throws -> PageCursor {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(Substring(digits), radix: 16) else { throw unknown(text) }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let cursor = String(validating: bytes, as: UTF8.self) else { throw unknown(text) }
        return PageCursor(cursor)
    }

    /// What is written before a cursor among groups. Stores take any name there, so that nothing else would tell a mistyped
    /// cursor from one.
    private static let group = "group:"

    /// Writes a cursor among groups.
    static func groupText(_ cursor: PageCursor) -> String { group + text(cursor) }

    /// Reads a cursor among groups.
    ///
    /// - Throws: `ValidationError` for a text that is none.
    @Sendable static func parseGroup(_ text: String) throws -> PageCursor {
        guard text.hasPrefix(group) else { throw unknown(text) }
        return try parse(String(text.dropFirst(group.count)))
    }

    private static func isPlain(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        case UInt8(ascii: "-"): !isFirst
        default: false
        }
    }

    private static func unknown(_ text: String) -> ValidationError {
        ValidationError("cursor", "\(ValidationError.quote(text)) is no cursor; use one that a page printed")
    }
}
