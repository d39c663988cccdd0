/// One valid JSON text, kept byte for byte.
///
/// Payloads, results and progress are of this type. It is checked once, when
/// it is made, and never encoded again: what a producer wrote is what a worker
/// reads, with its spacing, its order of members and its large numbers.
///
/// ```swift
/// let payload = try JSONText(#"{"n": 1}"#)
/// ```
public struct JSONText: Hashable, Sendable, CustomStringConvertible {
    /// The text as it was given.
    public let text: String

    /// Checks and keeps a text.
    ///
    /// - Throws: ``ValidationError`` with the position, in bytes from 0, of the first fault.
    public init(_ text: String) throws(ValidationError) {
        var text = text
        text.makeContiguousUTF8()
        let fault = text.utf8.withContiguousStorageIfAvailable { JSONScanner.firstFault(in: $0) } ?? nil
        if let fault {
            throw ValidationError("JSON", "\(fault.problem) at byte \(fault.offset)")
        }
        self.text = text
    }

    /// A text that is valid by construction: written by a JSON encoder, or read back from a store.
    package init(trusted text: String) { self.text = text }

    /// The JSON value `null`: the result of a handler that returns nothing.
    public static let null = JSONText(trusted: "null")

    /// The empty JSON object: the payload of a job that has none.
    public static let emptyObject = JSONText(trusted: "{}")

    /// The text itself.
    public var description: String { text }
}
