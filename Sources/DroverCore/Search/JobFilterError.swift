/// A query that can't be read: where, and what was expected there.
public struct JobFilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The query.
    public let query: String
    /// The place of the fault: so many characters (Unicode scalars) are before it.
    public let offset: Int
    /// What is there, and what was expected.
    public let problem: String

    /// An error from its parts.
    public init(query: String, offset: Int, problem: String) {
        self.query = query
        self.offset = offset
        self.problem = problem
    }

    /// One line, with the place counted from 1.
    public var description: String { "the query at character \(offset + 1): \(problem)" }

    /// The query, as far as it fits a line, and below it a mark under the place.
    public var pointer: [String] {
        let scalars = Array(query.unicodeScalars)
        let first = max(0, min(offset - 40, scalars.count - 80))
        let shown = scalars[first..<min(scalars.count, first + 80)].map { $0.value < 0x20 ? "\u{FFFD}" : String($0) }
        return [shown.joined(), String(repeating: " ", count: offset - first) + "^"]
    }
}
