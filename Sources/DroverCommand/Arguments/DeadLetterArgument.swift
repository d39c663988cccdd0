import DroverCore

/// A dead-letter queue as it is written in a configuration: its name, or `none`.
struct DeadLetterArgument: Hashable, Sendable {
    /// The queue; nil for none.
    var queue: QueueName?

    /// The word for no dead-letter queue.
    static let none = "none"

    /// Reads a dead-letter queue.
    ///
    /// - Throws: `ValidationError` for what is no name.
    init(parsing text: String) throws(ValidationError) { queue = text == Self.none ? nil : try QueueName(text) }

    /// Reads a dead-letter queue, for the configuration's `value`.
    @Sendable static func parse(_ text: String) throws -> DeadLetterArgument { try DeadLetterArgument(parsing: text) }

    /// Reads the dead-letter queue of a job, for the parser's `transform`: a job can name one, and not refuse that of its
    /// worker.
    @Sendable static func ofJob(_ text: String) throws -> QueueName {
        if text == none {
            throw ValidationError(
                "dead-letter",
                "none is no dead-letter queue; leave it out, or say dead-letter: none of the queue in "
                    + "the configuration")
        }
        return try QueueName(text)
    }
}
