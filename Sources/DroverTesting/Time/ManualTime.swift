/// A time of day and a clock that move together.
///
/// ```swift
/// let time = ManualTime()
/// let store = ReferenceStore(clock: time.wall, timer: time.clock)
/// time.advance(by: .seconds(30))
/// ```
public struct ManualTime: Sendable {
    /// The time of day.
    public let wall: ManualWallClock
    /// The clock that spans and sleeps are measured with.
    public let clock: ManualClock

    /// A time that stands still.
    public init(wall: ManualWallClock = ManualWallClock(), clock: ManualClock = ManualClock()) {
        self.wall = wall
        self.clock = clock
    }

    /// Moves both by zero or more. Whoever wakes sees the new time of day.
    public func advance(by span: Duration) {
        wall.advance(by: span)
        clock.advance(by: span)
    }
}
