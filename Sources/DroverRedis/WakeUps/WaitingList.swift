import DroverCore
import Synchronization

/// Those who wait, each for something of interest, until it comes, their time is up or their task is cancelled.
final class WaitingList<Interest: Sendable, Answer: Sendable>: Sendable {
    private struct State {
        var seats = Seats<Interest, Answer>()
        var isClosed = false
    }

    private let state = Mutex(State())

    /// What those who wait are interested in.
    var interests: [Interest] { state.withLock { $0.seats.wishes } }

    /// Waits until ``wake(_:)`` has an answer for the interest; nil when the time is up, or it is cancelled or closed.
    ///
    /// - Parameter registered: called once the place is taken: what comes from now on is not missed.
    func wait(
        for interest: Interest, atMost: Duration, timer: any Clock<Duration>, registered: () -> Void
    ) async -> Answer? {
        let seat = state.withLock { $0.seats.reserve() }
        let end: WaitEnd<Answer> = await waitInSeat(atMost: atMost, timer: timer) { continuation in
            let isSeated = state.withLock { state in
                if state.isClosed { state.seats.giveUp(seat, .timeUp) }
                return state.seats.take(seat, wish: interest, answer: nil, continuation)
            }
            if isSeated { registered() }
        } giveUp: { end in
            self.state.withLock { $0.seats.giveUp(seat, end) }
        }
        return if case .called(let answer) = end { answer } else { nil }
    }

    /// Wakes everybody for whom there is an answer, and says whether there was anybody.
    @discardableResult
    func wake(_ answer: (Interest) -> Answer?) -> Bool { state.withLock { $0.seats.call(answer) } }

    /// Lets everybody go, and nobody wait any more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.seats.giveUpAll(.timeUp)
        }
    }
}
