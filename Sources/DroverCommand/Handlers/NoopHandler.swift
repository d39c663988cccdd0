import DroverCore

/// Completes every job with null.
struct NoopHandler: CommandHandler {
    func run(_ attempt: HandledAttempt) async throws -> JSONText { .null }
}
