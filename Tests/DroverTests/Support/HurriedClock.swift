/// A clock that runs a hundred times as fast as the host's, for tests of what waits long.
struct HurriedClock: Clock {
    typealias Instant = ContinuousClock.Instant
    private let start = ContinuousClock().now

    var now: Instant { start.advanced(by: start.duration(to: ContinuousClock().now) * 100) }
    var minimumResolution: Duration { .milliseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let real = start.advanced(by: start.duration(to: deadline) / 100)
        try await ContinuousClock().sleep(until: real, tolerance: nil)
    }
}
