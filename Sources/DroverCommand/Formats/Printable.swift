/// Text of unknown origin, made fit for a terminal: control characters could rewrite the screen, or more.
enum Printable {
    /// Whether a character steers a terminal instead of being shown: C0, DEL and C1.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// The whole text on one line: a line break stays a visible mark, other control characters are shown as a
    /// replacement.
    static func text(_ text: String) -> String {
        let shown = text.unicodeScalars.lazy.map { $0 == "\n" ? "⏎" : isControl($0) ? "\u{FFFD}" : $0 }
        return String(String.UnicodeScalarView(shown))
    }

    /// The first line, cut where it is longer than a line of text.
    static func cell(_ text: String) -> String {
        let firstLine = text.unicodeScalars.prefix { $0 != "\n" }
        let isCut = firstLine.count > 120 || firstLine.count < text.unicodeScalars.count
        return self.text(String(String.UnicodeScalarView(firstLine.prefix(120)))) + (isCut ? "…" : "")
    }
}
