import DroverCore
import Synchronization

/// A signal from the code under test to the test.
///
/// ```swift
/// let ran = Probe<JobID>("ran")
/// // … the handler calls ran.signal(context.key.id)
/// let ids = try await ran.wait(for: 2)
/// ```
public final class Probe<Value: Sendable>: Sendable {
    private struct State: Sendable {
        var values: [Value] = []
        /// Those who wait, each for a number of values.
        var seats = Seats<Int, [Value]>()
    }

    private let name: String
    private let state = Mutex(State())

    /// A probe that has seen nothing.
    ///
    /// - Parameter name: what the signals mean; shown when a test waits in vain.
    public init(_ name: String = "signals") { self.name = name }

    /// Reports a value and wakes those for whom it is the last one missing.
    public func signal(_ value: Value) {
        state.withLock { state in
            state.values.append(value)
            let values = state.values
            state.seats.call { $0 <= values.count ? values : nil }
        }
    }

    /// All values so far, oldest first.
    public var values: [Value] { state.withLock { $0.values } }

    /// Waits until `count` values in all have been signalled, those before the call included.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - timeout: how long to wait in real time, so that a test that is wrong ends.
    /// - Returns: all values so far, oldest first: at least `count`.
    /// - Throws: ``WaitTimeout`` when the time is up; `CancellationError` when the task is cancelled.
    @discardableResult
    public func wait(for count: Int = 1, timeout: Duration = .seconds(120)) async throws -> [Value] {
        let seat = state.withLock { $0.seats.reserve() }
        let end: WaitEnd<[Value]> = await waitInSeat(atMost: timeout, timer: ContinuousClock()) { continuation in
            state.withLock { state in
                let answer = state.values.count >= count ? state.values : nil
                state.seats.take(seat, wish: count, answer: answer, continuation)
            }
        } giveUp: { end in
            self.state.withLock { $0.seats.giveUp(seat, end) }
        }
        switch end {
        case .called(let values): return values
        case .cancelled: throw CancellationError()
        case .timeUp: throw WaitTimeout(name, wanted: count, seen: values.count)
        }
    }
}

extension Probe where Value == Void {
    /// Reports that it happened.
    public func signal() { signal(()) }
}
