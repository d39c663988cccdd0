import DroverCore
import Synchronization

/// Wakes those of this process who wait for work, cancellations or events.
///
/// Commits of this process arrive by ``publish(_:)``, those of other processes
/// by ``observe(_:)``. A hint that nobody waits for is kept for the next who
/// does (rule 8).
final class WakeUpHub: Sendable {
    /// What a look at a queue's row told.
    struct Observation {
        var queue: QueueName
        var ready: Int64
        var lastEvent: Int64
        var cancels: Int64
        var earliestDue: Int64?
    }

    private struct WorkWaiter {
        var interest: WakeInterest
        var continuation: CheckedContinuation<WakeUp, Never>
    }

    private struct EventWaiter {
        var queue: QueueName
        var position: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var work: [UInt64: WorkWaiter] = [:]
        var events: [UInt64: EventWaiter] = [:]
        /// Waiters that were cancelled before they had registered.
        var cancelled: Set<UInt64> = []
        var kept = WakeUp()
        var knownDue: [QueueName: Int64] = [:]
        var seenCancels: [QueueName: Int64] = [:]
        var lastID: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The queues that somebody waits for.
    var watched: Set<QueueName> {
        state.withLock { state in
            var queues = Set(state.events.values.map(\.queue))
            for waiter in state.work.values {
                queues.formUnion(waiter.interest.work)
                queues.formUnion(waiter.interest.cancellations)
            }
            return queues
        }
    }

    func nextID() -> UInt64 {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    // MARK: Waiting

    /// Waits for a hint of interest. Cancelling returns an empty wake-up.
    ///
    /// - Parameter registered: called when hints arrive from now on and there was none yet.
    func wait(for interest: WakeInterest, id: UInt64, registered: () -> Void) async -> WakeUp {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: WakeUp? = state.withLock { state in
                    if state.isClosed || state.cancelled.remove(id) != nil { return WakeUp() }
                    let hint = state.kept.matching(interest)
                    if !hint.isEmpty {
                        state.kept.subtract(hint)
                        return hint
                    }
                    state.work[id] = WorkWaiter(interest: interest, continuation: continuation)
                    return nil
                }
                if let now { continuation.resume(returning: now) } else { registered() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.work.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.continuation.resume(returning: WakeUp())
        }
    }

    /// Waits for an event of `queue` behind `position`, or for cancellation.
    func waitForEvent(of queue: QueueName, behind position: Int64, id: UInt64, registered: () -> Void) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isClosed || state.cancelled.remove(id) != nil { return true }
                    state.events[id] = EventWaiter(queue: queue, position: position, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() } else { registered() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.events.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.continuation.resume()
        }
    }

    /// Forgets a waiter that has returned, so that a late cancellation leaves nothing behind.
    func forget(_ id: UInt64) { state.withLock { _ = $0.cancelled.remove(id) } }

    // MARK: Signals

    /// Tells what a commit of this process brought.
    func publish(_ turns: some Collection<QueueTurn>) {
        for turn in turns where turn.isChanged {
            var wake = WakeUp()
            if turn.wakesWork { wake.work = [turn.name] }
            if turn.isCancelSignalled { wake.cancellations = [turn.name] }
            deliver(wake, lastEvent: turn.hasEvents ? turn.position : nil, of: turn.name) { state in
                if turn.isCancelSignalled { state.seenCancels[turn.name] = turn.cancels }
            }
        }
    }

    /// Tells what a look at a queue found after somebody else may have committed.
    func observe(_ seen: Observation) {
        let wake = state.withLock { state in
            var wake = WakeUp()
            let isEarlier = seen.earliestDue.map { $0 < state.knownDue[seen.queue] ?? .max } ?? false
            if seen.ready > 0 || isEarlier { wake.work = [seen.queue] }
            if let known = state.seenCancels[seen.queue], seen.cancels > known { wake.cancellations = [seen.queue] }
            if state.seenCancels[seen.queue] == nil { state.seenCancels[seen.queue] = seen.cancels }
            // What others did and nobody waits for is seen again at the next look, so it is not kept for later.
            let wanted = state.work.values.reduce(into: WakeUp()) { $0.form(wake.matching($1.interest)) }
            if !wanted.work.isEmpty, isEarlier { state.knownDue[seen.queue] = seen.earliestDue }
            if !wanted.cancellations.isEmpty { state.seenCancels[seen.queue] = seen.cancels }
            return wanted
        }
        deliver(wake, lastEvent: seen.lastEvent, of: seen.queue) { _ in }
    }

    /// Remembers when the workers of this process will look again, so that only an earlier time wakes them.
    func noteDue(_ due: Int64?, of queue: QueueName) { state.withLock { $0.knownDue[queue] = due } }

    private func deliver(
        _ wake: WakeUp, lastEvent: Int64?, of queue: QueueName, _ note: (inout State) -> Void
    ) {
        var work: [(CheckedContinuation<WakeUp, Never>, WakeUp)] = []
        var events: [CheckedContinuation<Void, Never>] = []
        state.withLock { state in
            note(&state)
            if !wake.isEmpty {
                var taken = WakeUp()
                for (id, waiter) in state.work {
                    let hint = wake.matching(waiter.interest)
                    if hint.isEmpty { continue }
                    taken.form(hint)
                    state.work[id] = nil
                    work.append((waiter.continuation, hint))
                }
                var left = wake
                left.subtract(taken)
                state.kept.form(left)
            }
            if let lastEvent, !state.events.isEmpty {
                for (id, waiter) in state.events where waiter.queue == queue && lastEvent > waiter.position {
                    state.events[id] = nil
                    events.append(waiter.continuation)
                }
            }
        }
        for (continuation, hint) in work { continuation.resume(returning: hint) }
        for continuation in events { continuation.resume() }
    }

    /// Lets everybody go.
    func close() {
        let (work, events) = state.withLock { state in
            state.isClosed = true
            defer {
                state.work = [:]
                state.events = [:]
            }
            return (Array(state.work.values), Array(state.events.values))
        }
        for waiter in work { waiter.continuation.resume(returning: WakeUp()) }
        for waiter in events { waiter.continuation.resume() }
    }
}

extension WakeUp {
    fileprivate func matching(_ interest: WakeInterest) -> WakeUp {
        WakeUp(
            work: work.intersection(interest.work),
            cancellations: cancellations.intersection(interest.cancellations))
    }

    fileprivate mutating func form(_ other: WakeUp) {
        work.formUnion(other.work)
        cancellations.formUnion(other.cancellations)
    }

    fileprivate mutating func subtract(_ other: WakeUp) {
        work.subtract(other.work)
        cancellations.subtract(other.cancellations)
    }
}
