public import DroverCore
import Synchronization

extension ReferenceStore {
    /// Stores new jobs of one queue, in order.
    public func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        try withState { state, now throws(StoreError) in
            if jobs.contains(where: \.isInFlow) {
                var results: [EnqueueResult] = []
                for job in jobs { results.append(try state.enqueue(queue, job)) }
                return results
            }
            return try state.change(queue, creatingIf: { results in results.contains { $0.id != nil } }) { queue in
                jobs.map { queue.enqueue($0, now: now) }
            }
        }
    }

    /// Settles outcomes, then claims jobs, as one unit.
    public func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        try withState { state, now throws(StoreError) in
            try state.change(queue) { $0.exchange(id: id, settle: settle, claim: claim, now: now) }
        }
    }

    /// Extends leases by their own duration from now.
    public func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
        try withState { state, now throws(StoreError) in
            var statuses: [LeaseStatus] = []
            for lease in leases {
                statuses.append(try state.change(lease.job.queue) { $0.renew(lease, now: now) })
            }
            return statuses
        }
    }

    /// Stores what running attempts report.
    public func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] {
        try withState { state, _ throws(StoreError) in
            var statuses: [ReportStatus] = []
            for report in reports {
                statuses.append(try state.change(report.lease.job.queue) { $0.record(report) })
            }
            return statuses
        }
    }

    /// Waits until there may be something to do, or the time is up, or the task is cancelled.
    public func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        // Checked first, so that a task that is already cancelled takes no hint away from others.
        if Task.isCancelled { return WakeUp() }
        let kept = try withState { state, _ throws(StoreError) in state.room.takeKept(interest) }
        if let kept { return kept }
        guard atMost > .zero else { return WakeUp() }
        let end = await wait(for: .work(interest), atMost: atMost) { state in
            state.room.takeKept(interest).map { .wakeUp($0) }
        }
        switch end {
        case .called(.wakeUp(let wakeUp)): return wakeUp
        case .called(.closed): throw Self.closed
        case .called(.events), .timeUp, .cancelled: return WakeUp()
        }
    }

    /// Waits in the room until called, unless what is waited for has come in the meantime.
    func wait(
        for wish: WaitingRoom.Wish, atMost time: Duration, ready: (inout State) -> WaitingRoom.Answer?
    ) async -> WaitEnd<WaitingRoom.Answer> {
        let seat = state.withLock { $0.room.seats.reserve() }
        return await waitInSeat(atMost: time, timer: timer) { continuation in
            state.withLock { state in
                let answer = state.isClosed ? .closed : ready(&state)
                state.room.seats.take(seat, wish: wish, answer: answer, continuation)
            }
        } giveUp: { end in
            self.state.withLock { $0.room.seats.giveUp(seat, end) }
        }
    }
}
