/// The name of a step of a job's handler: it tells the step from the others of the same job.
///
/// Not empty, at most 255 bytes of UTF-8, no control character.
public struct StepName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let text: String

    /// Checks a name that comes from outside the program.
    ///
    /// - Throws: ``ValidationError`` that says which rule the text breaks.
    public init(_ text: String) throws(ValidationError) {
        try ValidationError.checkText(text, subject: "step name", limit: 255)
        self.text = text
    }

    /// A name read back from a store, which checked it when it was written.
    package init(stored text: String) { self.text = text }

    /// The name itself.
    public var description: String { text }

    /// Equal when the bytes are: stores compare bytes, where Swift's strings may be equal with different ones.
    public static func == (left: StepName, right: StepName) -> Bool { left.text.hasSameBytes(as: right.text) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combineText(text) }

    /// Orders names by their bytes of UTF-8.
    public static func < (left: StepName, right: StepName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension StepName: ExpressibleByStringLiteral {
    /// A name written in the program's source. A literal that breaks a rule stops the program.
    public init(stringLiteral literal: String) {
        do { try self.init(literal) } catch { preconditionFailure("\(error)") }
    }
}
