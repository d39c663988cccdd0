/// A value that Drover refuses, with what is wrong and what would be right.
///
/// The message never contains a payload; it may quote a name or an id,
/// shortened to 64 characters.
public struct ValidationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value that was refused, for example `queue name` or `priority`.
    public let subject: String
    /// What is wrong with it and what would be accepted.
    public let problem: String

    /// Creates an error about one value.
    public init(_ subject: String, _ problem: String) {
        self.subject = subject
        self.problem = problem
    }

    /// One line: the subject, then the problem.
    public var description: String { "\(subject): \(problem)" }
}

extension ValidationError {
    /// A name cut to a length that fits a line, with control characters shown.
    package static func quote(_ text: String) -> String {
        let short = text.unicodeScalars.prefix(64).map { $0.value < 0x20 ? "\u{FFFD}" : String($0) }.joined()
        return text.unicodeScalars.count > 64 ? "\"\(short)…\"" : "\"\(short)\""
    }

    /// The rules that all names share: not empty, at most `limit` bytes, no control characters.
    package static func checkText(_ text: String, subject: String, limit: Int) throws(ValidationError) {
        if text.isEmpty { throw ValidationError(subject, "is empty; give at least one character") }
        if text.utf8.count > limit {
            throw ValidationError(subject, "has \(text.utf8.count) bytes; at most \(limit) are accepted")
        }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw ValidationError(subject, "\(quote(text)) contains a control character")
        }
    }
}
