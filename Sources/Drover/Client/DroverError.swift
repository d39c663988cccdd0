/// The engine could not do what it was asked. Trouble with the store comes as `StoreError`.
///
/// Messages say what was attempted, on what, and what to do next; they hold no payload.
public struct DroverError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is. More may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case refused, payloadTooLarge, queueFull, notFound, jobFailed, resultNotKept, timedOut, leaseLost,
                alreadyRun,
                unreadable, stepTooLarge, undecodable
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The job breaks a rule and was not stored.
        public static let refused = Code(.refused)
        /// The payload is longer than `ServiceConfiguration.maxPayloadBytes`; nothing was stored.
        public static let payloadTooLarge = Code(.payloadTooLarge)
        /// The queue holds as many jobs as it may; nothing was stored, and the same add may succeed later.
        public static let queueFull = Code(.queueFull)
        /// There is no such job.
        public static let notFound = Code(.notFound)
        /// The awaited job failed; the message is its reason.
        public static let jobFailed = Code(.jobFailed)
        /// The awaited job has ended and its result is no longer kept.
        public static let resultNotKept = Code(.resultNotKept)
        /// The awaited job did not end in time.
        public static let timedOut = Code(.timedOut)
        /// The attempt no longer holds its job.
        public static let leaseLost = Code(.leaseLost)
        /// The service has been run before.
        public static let alreadyRun = Code(.alreadyRun)
        /// What is stored is encrypted and can't be opened here; the message names the key.
        public static let unreadable = Code(.unreadable)
        /// What a step came to is longer than `ServiceConfiguration.maxResultBytes`, or all of the job's steps together are
        /// longer than `ServiceConfiguration.maxStepBytes`; it was not recorded.
        public static let stepTooLarge = Code(.stepTooLarge)
        /// What a step recorded is not what its present type asks for.
        public static let undecodable = Code(.undecodable)

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
