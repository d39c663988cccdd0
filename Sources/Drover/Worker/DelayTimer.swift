import Dispatch
import DroverCore

/// Calls back after a while.
///
/// Not a `Clock`: sleeping on one needs a thread of the shared pool to begin with, and the lease keeper has to go on
/// when handlers block them all.
protocol DelayTimer: Sendable {
    /// Monotonic time since any fixed moment.
    func now() -> Duration
    /// Calls `fire` once, after `span`, on a thread that is not of the shared pool.
    func after(_ span: Duration, _ fire: @escaping @Sendable () -> Void)
}

/// A timer of the system, which fires on the queue of the lease keeper.
struct DispatchDelayTimer: DelayTimer {
    let queue: DispatchQueue
    let clock: EngineClock

    func now() -> Duration { clock.now() }

    func after(_ span: Duration, _ fire: @escaping @Sendable () -> Void) {
        let milliseconds = min(max(span.wholeMilliseconds, 0), 86_400_000)
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(milliseconds)), execute: fire)
    }
}

/// A timer on an injected clock, for programs that move time themselves.
struct ClockDelayTimer: DelayTimer {
    let clock: EngineClock

    func now() -> Duration { clock.now() }

    func after(_ span: Duration, _ fire: @escaping @Sendable () -> Void) {
        // A task of its own: a timer has no owner to wait for it.
        Task { [clock] in
            if await clock.sleep(for: span) { fire() }
        }
    }
}
