import DroverCore

/// Fails every attempt with a message.
struct FailHandler: CommandHandler {
    var message: String

    func run(_ attempt: HandledAttempt) async throws -> JSONText { throw HandlerFailure(message) }
}
