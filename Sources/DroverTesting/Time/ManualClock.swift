import Synchronization

/// A clock that stands still until a test moves it, and then wakes those whose time has come.
///
/// ```swift
/// let clock = ManualClock()
/// async let done: Void = clock.sleep(for: .seconds(30))
/// try await clock.waitForSleepers(1)
/// clock.advance(by: .seconds(30))
/// try await done
/// ```
///
/// One advance wakes a sleeper once: a loop that sleeps again counts from the new time.
public final class ManualClock: Clock {
    /// A reading of the clock: the span since it was made.
    public struct Instant: InstantProtocol {
        /// The span since the clock was made.
        public var offset: Duration

        /// The instant `offset` after the clock was made.
        public init(offset: Duration) { self.offset = offset }

        /// The instant `duration` later.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }

        /// The span from this instant to another.
        public func duration(to other: Instant) -> Duration { other.offset - offset }

        /// Orders by time.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State: Sendable {
        var now = Instant(offset: .zero)
        /// Those who sleep, each until an instant.
        var sleepers = Seats<Instant, Void>()
        /// Those who wait for sleepers, each for how many.
        var watchers = Seats<Int, Void>()
    }

    private let state = Mutex(State())

    /// A clock at zero.
    public init() {}

    /// Where the clock stands.
    public var now: Instant { state.withLock { $0.now } }

    /// Zero: it stands exactly where it was moved to.
    public var minimumResolution: Duration { .zero }

    /// How many sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.wishes.count } }

    /// How long until the first sleeper wakes; nil when nobody sleeps.
    public var nextWakeIn: Duration? {
        state.withLock { state in state.sleepers.wishes.min().map { state.now.duration(to: $0) } }
    }

    /// Sleeps until the clock has been moved to an instant or beyond it.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try Task.checkCancellation()
        let seat = state.withLock { $0.sleepers.reserve() }
        let end: WaitEnd<Void> = await waitInSeat(atMost: nil, timer: ContinuousClock()) { continuation in
            state.withLock { state in
                let isPast = deadline <= state.now
                state.sleepers.take(seat, wish: deadline, answer: isPast ? () : nil, continuation)
                let count = state.sleepers.wishes.count
                state.watchers.call { $0 <= count ? () : nil }
            }
        } giveUp: { end in
            self.state.withLock { $0.sleepers.giveUp(seat, end) }
        }
        if case .cancelled = end { throw CancellationError() }
    }

    /// Moves the clock forward, by zero or more, and wakes those whose time has come.
    public func advance(by span: Duration) {
        precondition(span >= .zero, "a clock that measures spans never goes back")
        state.withLock { state in
            state.now = state.now.advanced(by: span)
            let now = state.now
            state.sleepers.call { $0 <= now ? () : nil }
        }
    }

    /// Waits until at least `count` tasks sleep at the same time.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - timeout: how long to wait in real time, so that a test that is wrong ends.
    /// - Throws: ``WaitTimeout`` when the time is up; `CancellationError` when the task is cancelled.
    public func waitForSleepers(_ count: Int, timeout: Duration = .seconds(10)) async throws {
        let seat = state.withLock { $0.watchers.reserve() }
        let end: WaitEnd<Void> = await waitInSeat(atMost: timeout, timer: ContinuousClock()) { continuation in
            state.withLock { state in
                let isReached = state.sleepers.wishes.count >= count
                state.watchers.take(seat, wish: count, answer: isReached ? () : nil, continuation)
            }
        } giveUp: { end in
            self.state.withLock { $0.watchers.giveUp(seat, end) }
        }
        switch end {
        case .called: return
        case .cancelled: throw CancellationError()
        case .timeUp: throw WaitTimeout("sleepers of a manual clock", wanted: count, seen: sleeperCount)
        }
    }
}
