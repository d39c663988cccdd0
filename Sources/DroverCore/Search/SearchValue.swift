/// A value that a field is compared with, or has.
public enum SearchValue: Hashable, Sendable, CustomStringConvertible {
    /// A text.
    case text(String)
    /// A number.
    case number(DecimalNumber)
    /// A truth value.
    case boolean(Bool)
    /// The JSON value `null`. What is missing is not null.
    case null
    /// An instant of the store's clock.
    case instant(Timestamp)

    /// Whether two values are the same. Texts are when their bytes of UTF-8 are; values of different kinds never are.
    package func equals(_ other: SearchValue) -> Bool {
        switch (self, other) {
        case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
        case (.number(let left), .number(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.instant(let left), .instant(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    /// Whether a value comes before another: texts by their bytes of UTF-8. Nil where there is no order between the two.
    package func precedes(_ other: SearchValue) -> Bool? {
        switch (self, other) {
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.number(let left), .number(let right)): left < right
        case (.instant(let left), .instant(let right)): left < right
        default: nil
        }
    }

    /// Whether a text contains another, whatever the case of the letters a to z.
    package func contains(_ other: SearchValue) -> Bool {
        guard case .text(var text) = self, case .text(var part) = other else { return false }
        return text.withUTF8 { text in part.withUTF8 { part in Self.contains(text, part) } }
    }

    private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = part.first.map(lowercase) else { return true }
        if part.count > text.count { return false }
        for start in 0...(text.count - part.count) where lowercase(text[start]) == first {
            var length = 1
            while length < part.count, lowercase(text[start + length]) == lowercase(part[length]) { length += 1 }
            if length == part.count { return true }
        }
        return false
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// The value as a query writes it.
    public var description: String {
        switch self {
        case .text(let text): QueryText.quoted(text)
        case .number(let number): number.description
        case .boolean(let value): value ? "true" : "false"
        case .null: "null"
        case .instant(let instant): InstantText.text(instant)
        }
    }
}
