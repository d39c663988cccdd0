import DroverCore

/// Why a text is no cron expression: which part of which field, where it stands, and what would be right.
public struct CronError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field that is wrong, or nil when it is the expression as a whole.
    public let field: CronField?
    /// The number of that field as written, from 1; nil with ``field``.
    public let number: Int?
    /// The part of the text that is wrong; empty when something is missing.
    public let token: String
    /// Where the part begins: the number of its first character in the text, from 1.
    public let position: Int
    /// What is wrong with it, or what would be right.
    public let problem: String

    /// One line, as in `field 3 (day of month), character 5: "32" is above 31`.
    public var description: String {
        guard let field, let number else { return "cron expression: \(problem)" }
        return "field \(number) (\(field)), character \(position): \(problem)"
    }
}

extension CronError {
    /// An error about the whole expression.
    init(_ text: String, problem: String) {
        self.init(field: nil, number: nil, token: text, position: 1, problem: problem)
    }
}
