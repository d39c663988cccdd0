/// A test waited in vain.
public struct WaitTimeout: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was waited for.
    public let subject: String
    /// How many were to come.
    public let wanted: Int
    /// How many came.
    public let seen: Int

    init(_ subject: String, wanted: Int, seen: Int) {
        self.subject = subject
        self.wanted = wanted
        self.seen = seen
    }

    /// One line: what was waited for, how many, and how many came.
    public var description: String { "waited for \(wanted) of \(subject); \(seen) came" }
}
