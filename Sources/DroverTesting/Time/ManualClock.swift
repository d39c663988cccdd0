import DroverCore
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

    /// What somebody waits for who watches the sleepers.
    private enum Watch: Sendable {
        /// So many at once.
        case count(Int)
        /// One whose time comes within a span.
        case waking(within: Duration)
    }

    private struct State: Sendable {
        var now = Instant(offset: .zero)
        /// Those who sleep, each until an instant.
        var sleepers = Seats<Instant, Void>()
        var watchers = Seats<Watch, Void>()

        /// How many sleepers there are of those that a watch is for.
        func seen(by watch: Watch) -> Int {
            switch watch {
            case .count: sleepers.wishes.count
            case .waking(let span): sleepers.wishes.count { now.duration(to: $0) <= span }
            }
        }

        func isFulfilled(_ watch: Watch) -> Bool {
            let wanted = if case .count(let count) = watch { count } else { 1 }
            return seen(by: watch) >= wanted
        }

        /// Calls those whose watch is fulfilled now.
        mutating func callWatchers() {
            let now = self
            watchers.call { now.isFulfilled($0) ? () : nil }
        }
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
                state.callWatchers()
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
            // Those who sleep on are nearer to their time.
            state.callWatchers()
        }
    }

    /// Waits until at least `count` tasks sleep at the same time.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - timeout: how long to wait in real time, so that a test that is wrong ends.
    /// - Throws: ``WaitTimeout`` when the time is up; `CancellationError` when the task is cancelled.
    public func waitForSleepers(_ count: Int, timeout: Duration = .seconds(120)) async throws {
        if try await wait(for: .count(count), timeout: timeout) { return }
        throw WaitTimeout("sleepers of a manual clock", wanted: count, seen: sleeperCount)
    }

    /// Waits until a task sleeps whose time comes within `span` from where the clock stands.
    ///
    /// Unlike ``waitForSleepers(_:timeout:)`` it is not misled by others that sleep as well, or that
    /// the sleeper replaces.
    ///
    /// - Parameters:
    ///   - span: how far the clock need be moved at most for it to wake.
    ///   - timeout: how long to wait in real time, so that a test that is wrong ends.
    /// - Throws: ``WaitTimeout`` when the time is up; `CancellationError` when the task is cancelled.
    public func waitForSleeper(wakingWithin span: Duration, timeout: Duration = .seconds(120)) async throws {
        if try await wait(for: .waking(within: span), timeout: timeout) { return }
        let seen = state.withLock { $0.seen(by: .waking(within: span)) }
        throw WaitTimeout("sleepers of a manual clock that wake within \(span)", wanted: 1, seen: seen)
    }

    /// Whether a watch was fulfilled before the time was up.
    private func wait(for watch: Watch, timeout: Duration) async throws -> Bool {
        let seat = state.withLock { $0.watchers.reserve() }
        let end: WaitEnd<Void> = await waitInSeat(atMost: timeout, timer: ContinuousClock()) { continuation in
            state.withLock { state in
                let answer: Void? = state.isFulfilled(watch) ? () : nil
                state.watchers.take(seat, wish: watch, answer: answer, continuation)
            }
        } giveUp: { end in
            self.state.withLock { $0.watchers.giveUp(seat, end) }
        }
        switch end {
        case .called: return true
        case .cancelled: throw CancellationError()
        case .timeUp: return false
        }
    }
}
