import DroverCore

/// The injected clock without its type: what has passed since it was made, and sleeping.
struct EngineClock: Sendable {
    /// How long ago this value was made. It never goes back.
    let now: @Sendable () -> Duration
    private let clock: any Clock<Duration>

    init(_ clock: any Clock<Duration>) {
        self.clock = clock
        now = Self.elapsed(on: clock)
    }

    private static func elapsed<C: Clock<Duration>>(on clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// Sleeps, and says whether the whole time passed: false when the task was cancelled.
    func sleep(for span: Duration) async -> Bool {
        do {
            try await clock.sleep(for: span)
            return true
        } catch {
            return false  // the only error of a clock is cancellation
        }
    }
}
