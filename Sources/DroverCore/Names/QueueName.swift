/// The name of a queue.
///
/// Not empty, at most 255 bytes of UTF-8, no colon and no control character:
/// the rules of BullMQ, which hold on every store so that jobs can move
/// between stores.
///
/// ```swift
/// let email: QueueName = "email"
/// let given = try QueueName(CommandLine.arguments[1])
/// ```
public struct QueueName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let text: String

    /// Checks a name that comes from outside the program.
    ///
    /// - Throws: ``ValidationError`` that says which rule the text breaks.
    public init(_ text: String) throws(ValidationError) {
        try ValidationError.checkText(text, subject: "queue name", limit: 255)
        if text.utf8.contains(UInt8(ascii: ":")) {
            throw ValidationError(
                "queue name", "\(ValidationError.quote(text)) contains a colon, which separates the parts of a key")
        }
        self.text = text
    }

    /// A name read back from a store, which checked it when it was written.
    package init(stored text: String) { self.text = text }

    /// The name itself.
    public var description: String { text }

    /// Equal when the bytes are: stores compare bytes, where Swift's strings may be equal with different ones.
    public static func == (left: QueueName, right: QueueName) -> Bool { left.text.hasSameBytes(as: right.text) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combineText(text) }

    /// Orders names by their bytes of UTF-8.
    public static func < (left: QueueName, right: QueueName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension QueueName: ExpressibleByStringLiteral {
    /// A name written in the program's source. A literal that breaks a rule stops the program.
    public init(stringLiteral literal: String) {
        do { try self.init(literal) } catch { preconditionFailure("\(error)") }
    }
}
