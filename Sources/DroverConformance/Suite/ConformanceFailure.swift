/// A store did not do what a conformance case asked of it.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// What was expected and what came instead.
    public let message: String
    /// The source file of the expectation.
    public let file: String
    /// The line in that file.
    public let line: Int

    /// A failure from its parts.
    public init(_ message: String, file: String = #fileID, line: Int = #line) {
        self.message = message
        self.file = file
        self.line = line
    }

    /// One line: the message and the place of the expectation.
    public var description: String { "\(message) [\(file):\(line)]" }
}
