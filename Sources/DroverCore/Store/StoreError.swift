/// A store could not do what it was asked.
///
/// It means "nothing known": the call may or may not have had its effect.
/// Messages say what was attempted, on what, and what to do next; they hold no
/// payload and no secret.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is. More may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case unreachable, busy, full, corrupt, readOnly, incompatible, closed, invalid }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The store can't be reached or opened.
        public static let unreachable = Code(.unreachable)
        /// The store is held by somebody else for longer than we wait.
        public static let busy = Code(.busy)
        /// There is no room left.
        public static let full = Code(.full)
        /// What is stored is damaged, or not Drover's.
        public static let corrupt = Code(.corrupt)
        /// The store can't be written to.
        public static let readOnly = Code(.readOnly)
        /// The store was written by a newer version of Drover, or is too old a server.
        public static let incompatible = Code(.incompatible)
        /// The store has been closed.
        public static let closed = Code(.closed)
        /// The call itself is wrong, for example an unknown cursor.
        public static let invalid = Code(.invalid)

        /// The code's name.
        public var description: String { value.rawValue }
    }

    /// What kind of trouble it is.
    public let code: Code
    /// What was attempted, on what, and what to do next.
    public let message: String
    /// The error below, if there is one.
    public let cause: (any Error)?
    /// The source file that raised the error.
    public let file: String
    /// The line in that file.
    public let line: Int

    /// An error from its parts.
    public init(
        _ code: Code, _ message: String, cause: (any Error)? = nil, file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.file = file
        self.line = line
    }

    /// Whether the same call may succeed later without anybody mending anything.
    public var isTransient: Bool { code == .unreachable || code == .busy || code == .full }

    /// One line: the code and the message.
    public var description: String { "\(code): \(message)" }

    /// Several lines: the code and message, the cause, and the place in the source.
    public var detailedDescription: String {
        var lines = ["\(code): \(message)"]
        if let cause { lines.append("├─ cause: \(cause)") }
        lines.append("└─ at \(file):\(line)")
        return lines.joined(separator: "\n")
    }
}
