import DroverCore

/// Waits for a store that can't be reached, for a command that goes on when it is back: tells its beginning and its end,
/// once each.
struct Outage {
    private static let longestPause: Duration = .seconds(1)
    private var pause: Duration?

    /// Whether the last call failed.
    var isPresent: Bool { pause != nil }

    /// A call failed: waits before the next one, longer each time.
    ///
    /// - Throws: only `CancellationError`.
    mutating func wait(_ error: StoreError, in session: Session) async throws {
        if pause == nil {
            session.output.note("drover: the store can't be reached, trying on: \(Printable.text(error.message))")
        }
        let span = pause.map { min($0 * 2, Self.longestPause) } ?? .milliseconds(100)
        pause = span
        try await session.clock.sleep(for: span)
    }

    /// A call was answered.
    mutating func ended(_ output: Output) {
        if pause == nil { return }
        pause = nil
        output.note("drover: the store is back")
    }
}
