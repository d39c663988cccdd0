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

    private struct Follower: Sendable {
        var queue: QueueName
        var position: Int64
    }

    private struct State {
        var work = Seats<WakeInterest, WakeUp>()
        var events = Seats<Follower, Void>()
        var kept = WakeUp()
        var knownDue: [QueueName: Int64] = [:]
        var seenCancels: [QueueName: Int64] = [:]
        var isClosed = false
    }

    private let clock: any WallClock
    private let state = Mutex(State())

    /// - Parameter clock: the store's, by which limits of queues let go.
    init(clock: any WallClock) { self.clock = clock }

    /// The present instant, in milliseconds.
    var now: Int64 { clock.now.milliseconds }

    /// The queues that somebody waits for.
    var watched: Set<QueueName> {
        state.withLock { state in
            var queues = Set(state.events.wishes.map(\.queue))
            for interest in state.work.wishes {
                queues.formUnion(interest.work)
                queues.formUnion(interest.cancellations)
            }
            return queues
        }
    }

    // MARK: Waiting

    /// Waits for a hint of interest. Cancelling returns an empty wake-up.
    ///
    /// - Parameter registered: called when hints arrive from now on and there was none yet.
    func wait(
        for interest: WakeInterest, atMost: Duration, timer: any Clock<Duration>, registered: () -> Void
    ) async -> WakeUp {
        // Checked first, so that a task that is already cancelled takes no hint away from others.
        if Task.isCancelled { return WakeUp() }
        let seat = state.withLock { $0.work.reserve() }
        let end: WaitEnd<WakeUp> = await waitInSeat(atMost: atMost, timer: timer) { continuation in
            let isSeated = state.withLock { state in
                let hint = state.kept.matching(interest)
                state.kept.subtract(hint)
                if state.isClosed { state.work.giveUp(seat, .timeUp) }
                return state.work.take(seat, wish: interest, answer: hint.isEmpty ? nil : hint, continuation)
            }
            if isSeated { registered() }
        } giveUp: { end in
            self.state.withLock { $0.work.giveUp(seat, end) }
        }
        return if case .called(let hint) = end { hint } else { WakeUp() }
    }

    /// Waits for an event of `queue` behind `position`, the end of the time, or cancellation.
    func waitForEvent(
        of queue: QueueName, behind position: Int64, atMost: Duration, timer: any Clock<Duration>,
        registered: () -> Void
    ) async {
        let seat = state.withLock { $0.events.reserve() }
        let follower = Follower(queue: queue, position: position)
        _ = await waitInSeat(atMost: atMost, timer: timer) { continuation in
            let isSeated = state.withLock { state in
                if state.isClosed { state.events.giveUp(seat, .timeUp) }
                return state.events.take(seat, wish: follower, answer: nil, continuation)
            }
            if isSeated { registered() }
        } giveUp: { end in
            self.state.withLock { $0.events.giveUp(seat, end) }
        }
    }

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
            let wanted = state.work.wishes.reduce(into: WakeUp()) { $0.form(wake.matching($1)) }
            if !wanted.work.isEmpty, isEarlier { state.knownDue[seen.queue] = seen.earliestDue }
            if !wanted.cancellations.isEmpty { state.seenCancels[seen.queue] = seen.cancels }
            return wanted
        }
        deliver(wake, lastEvent: seen.lastEvent, of: seen.queue) { _ in }
    }

    /// Wakes who waits for work of these queues, which may be for nothing.
    func hint(_ queues: Set<QueueName>) {
        for queue in queues { deliver(WakeUp(work: [queue]), lastEvent: nil, of: queue) { _ in } }
    }

    /// Remembers when the workers of this process will look again, so that only an earlier time wakes them.
    func noteDue(_ due: Int64?, of queue: QueueName) { state.withLock { $0.knownDue[queue] = due } }

    private func deliver(
        _ wake: WakeUp, lastEvent: Int64?, of queue: QueueName, _ note: (inout State) -> Void
    ) {
        state.withLock { state in
            note(&state)
            if !wake.isEmpty {
                var left = wake
                state.work.call { interest in
                    let hint = wake.matching(interest)
                    left.subtract(hint)
                    return hint.isEmpty ? nil : hint
                }
                state.kept.form(left)
            }
            if let lastEvent { state.events.call { $0.queue == queue && lastEvent > $0.position ? () : nil } }
        }
    }

    /// Lets everybody go.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.work.giveUpAll(.timeUp)
            state.events.giveUpAll(.timeUp)
        }
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
