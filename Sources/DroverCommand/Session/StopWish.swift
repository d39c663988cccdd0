import Synchronization

/// A wish to stop, which a long command looks at between two steps.
final class StopWish: Sendable {
    private let asked = Mutex(false)

    /// Whether somebody wishes it.
    var isAsked: Bool { asked.withLock { $0 } }

    /// Runs `body` and listens for the wishes meanwhile; the process does not end by them.
    static func heard<Result>(
        in session: Session, _ body: (StopWish) async throws -> Result
    ) async throws -> Result {
        let wish = StopWish()
        let stops = session.stopRequests()
        let listener = Task { for await _ in stops { wish.asked.withLock { $0 = true } } }
        defer { listener.cancel() }
        return try await body(wish)
    }
}
