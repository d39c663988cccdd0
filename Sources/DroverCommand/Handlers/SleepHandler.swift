import DroverCore

/// Completes every job with null after a while.
struct SleepHandler: CommandHandler {
    var span: Duration
    var clock: any Clock<Duration>

    func run(_ attempt: HandledAttempt) async throws -> JSONText {
        try await clock.sleep(for: span)
        return .null
    }
}
