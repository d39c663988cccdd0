import Synchronization

/// Those who wait, each for something of interest, until it comes, their time is up or their task is cancelled.
final class WaitingList<Interest: Sendable, Answer: Sendable>: Sendable {
    private struct Waiter {
        var interest: Interest
        var continuation: CheckedContinuation<Answer?, Never>
    }

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        /// Those that were cancelled before they had taken their place.
        var cancelled: Set<UInt64> = []
        var lastNumber: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// What those who wait are interested in.
    var interests: [Interest] { state.withLock { $0.waiters.values.map(\.interest) } }

    /// Waits until ``wake(_:)`` has an answer for the interest; nil when the time is up, or it is cancelled or closed.
    ///
    /// - Parameter registered: called once the place is taken: what comes from now on is not missed.
    func wait(
        for interest: Interest, atMost: Duration, timer: any Clock<Duration>, registered: () -> Void
    ) async -> Answer? {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        // Unstructured, because whoever is woken must not wait for the end of the timer.
        let alarm = Task {
            // Cancelled when somebody was woken: then there is nobody to give up.
            if (try? await timer.sleep(for: atMost)) != nil { self.giveUp(number) }
        }
        defer {
            alarm.cancel()
            state.withLock { _ = $0.cancelled.remove(number) }
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isClosed || state.cancelled.remove(number) != nil { return true }
                    state.waiters[number] = Waiter(interest: interest, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume(returning: nil) } else { registered() }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    /// Wakes everybody for whom there is an answer, and says whether there was anybody.
    @discardableResult
    func wake(_ answer: (Interest) -> Answer?) -> Bool {
        let woken = state.withLock { state in
            var woken: [(CheckedContinuation<Answer?, Never>, Answer)] = []
            for (number, waiter) in state.waiters {
                guard let answer = answer(waiter.interest) else { continue }
                state.waiters[number] = nil
                woken.append((waiter.continuation, answer))
            }
            return woken
        }
        for (continuation, answer) in woken { continuation.resume(returning: answer) }
        return !woken.isEmpty
    }

    /// Lets everybody go, and nobody wait any more.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: number)
            if waiter == nil { state.cancelled.insert(number) }
            return waiter
        }
        waiter?.continuation.resume(returning: nil)
    }
}
