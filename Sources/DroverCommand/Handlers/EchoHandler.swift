import DroverCore

/// Completes every job with its payload.
struct EchoHandler: CommandHandler {
    func run(_ attempt: HandledAttempt) async throws -> JSONText { attempt.payload }
}
