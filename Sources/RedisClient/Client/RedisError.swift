/// Why a call of the client failed, for programs (`code`, `server`, `mayHaveRun`) and for people (`message`).
public struct RedisError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case connect, connectionLost, timeout, server, protocolViolation, closed, cancelled, overloaded
            case authentication, tls, invalid
        }

        private let kind: Kind

        /// The server can't be reached, or doesn't greet back.
        public static let connect = Code(kind: .connect)
        /// The connection ended while the command was under way.
        public static let connectionLost = Code(kind: .connectionLost)
        /// No answer, or no connection to send on, in time.
        public static let timeout = Code(kind: .timeout)
        /// The server answered with an error, which is in `server`.
        public static let server = Code(kind: .server)
        /// The server sent what is not RESP or answers no command.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// The client was closed.
        public static let closed = Code(kind: .closed)
        /// The task was cancelled before the command was sent.
        public static let cancelled = Code(kind: .cancelled)
        /// More commands are pending than the configuration allows.
        public static let overloaded = Code(kind: .overloaded)
        /// The server refuses the user or the password, or asks for one.
        public static let authentication = Code(kind: .authentication)
        /// There is no agreement about certificates or encryption.
        public static let tls = Code(kind: .tls)
        /// The caller's input can't be used.
        public static let invalid = Code(kind: .invalid)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What was attempted, on what, and what to do next; never a password or an argument.
    public var message: String
    /// The error underneath, if any.
    public var cause: (any Error)?
    /// The server's own error, nil unless `code` is `.server`.
    public var server: RedisServerError?
    /// Whether the command may have had its effect: false only when it was certainly never sent or certainly refused.
    public var mayHaveRun: Bool
    /// The file of the source that made the error.
    public var file: String
    /// The line in that file.
    public var line: Int

    /// Makes an error; file and line are the caller's unless told.
    public init(
        _ code: Code, _ message: String, cause: (any Error)? = nil, server: RedisServerError? = nil,
        mayHaveRun: Bool = false, file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.server = server
        self.mayHaveRun = mayHaveRun
        self.file = file
        self.line = line
    }

    /// The code, the message and where the error was made.
    public var description: String {
        "\(code): \(message) (\(file):\(line))"
    }
}
