/// How a wait ended.
package enum WaitEnd<Answer: Sendable>: Sendable {
    /// What was waited for has come.
    case called(Answer)
    /// The time is up.
    case timeUp
    /// The waiting task was cancelled.
    case cancelled
}

/// Callers that wait, each in a seat of its own, with what it waits for.
///
/// A value, to be kept under the lock of what it speaks of. A seat is reserved
/// first and taken later: whoever gives it up in between (the time, or a
/// cancellation) is not forgotten, so that no caller waits for ever.
package struct Seats<Wish: Sendable, Answer: Sendable>: Sendable {
    package typealias Continuation = CheckedContinuation<WaitEnd<Answer>, Never>

    private enum Seat: Sendable {
        case reserved
        case givenUp(WaitEnd<Answer>)
        case taken(Wish, Continuation)
    }

    private var seats: [Int: Seat] = [:]
    private var lastSeat = 0

    package init() {}

    /// What those who sit wait for.
    package var wishes: [Wish] {
        seats.values.compactMap { seat in
            if case .taken(let wish, _) = seat { wish } else { nil }
        }
    }

    /// Keeps a seat free for a caller who will take it.
    package mutating func reserve() -> Int {
        lastSeat += 1
        seats[lastSeat] = .reserved
        return lastSeat
    }

    /// Sits a caller down, or answers at once: with `answer`, or because the seat was given up before.
    ///
    /// - Returns: whether the caller sits and waits.
    @discardableResult
    package mutating func take(_ seat: Int, wish: Wish, answer: Answer?, _ continuation: Continuation) -> Bool {
        if let answer {
            seats[seat] = nil
            continuation.resume(returning: .called(answer))
        } else if case .givenUp(let end) = seats[seat] {
            seats[seat] = nil
            continuation.resume(returning: end)
        } else {
            seats[seat] = .taken(wish, continuation)
            return true
        }
        return false
    }

    /// Ends a wait without an answer. Nothing happens when it has ended.
    package mutating func giveUp(_ seat: Int, _ end: WaitEnd<Answer>) {
        switch seats[seat] {
        case .reserved:
            seats[seat] = .givenUp(end)
        case .taken(_, let continuation):
            seats[seat] = nil
            continuation.resume(returning: end)
        case .givenUp, nil:
            break
        }
    }

    /// Ends all waits without an answer, also those of callers who have not taken their seats yet.
    package mutating func giveUpAll(_ end: WaitEnd<Answer>) { for seat in seats.keys { giveUp(seat, end) } }

    /// Ends each wait for which there is an answer, in the order in which the seats were reserved.
    ///
    /// - Returns: whether there was any.
    @discardableResult
    package mutating func call(_ answer: (Wish) -> Answer?) -> Bool {
        var hasCalled = false
        for seat in seats.keys.sorted() {
            guard case .taken(let wish, let continuation) = seats[seat], let answer = answer(wish) else { continue }
            seats[seat] = nil
            continuation.resume(returning: .called(answer))
            hasCalled = true
        }
        return hasCalled
    }
}

/// Waits in a reserved seat for an answer, the end of the time, or cancellation.
///
/// - Parameters:
///   - time: how long at most; nil for no bound.
///   - timer: the clock that measures it.
///   - take: sits the caller down.
///   - giveUp: gives the seat up; may be called after the wait has ended.
package func waitInSeat<Answer: Sendable>(
    atMost time: Duration?, timer: any Clock<Duration>,
    take: (CheckedContinuation<WaitEnd<Answer>, Never>) -> Void,
    giveUp: @escaping @Sendable (WaitEnd<Answer>) -> Void
) async -> WaitEnd<Answer> {
    await withTaskGroup(of: Void.self) { group in
        if let time {
            group.addTask {
                // A cancelled sleep means that the wait has ended: then giving up does nothing.
                try? await timer.sleep(for: min(time, .seconds(100 * 366 * 86_400)))
                if !Task.isCancelled { giveUp(.timeUp) }
            }
        }
        let end = await withTaskCancellationHandler {
            await withCheckedContinuation { take($0) }
        } onCancel: {
            // Unstructured: seats answer under their lock, which needs the waiting task, and cancelling holds that task
            // while this handler runs. Taking the lock in here could block both for ever.
            Task { giveUp(.cancelled) }
        }
        group.cancelAll()
        return end
    }
}
