import Drover

/// A transaction that answers what it is told to, and has ended as soon as it has been used.
struct StubTransaction: JobTransaction {
    var status = SettlementStatus.settled
    /// Whether it commits; nil for one that never ends.
    var commits: Bool? = true
    var results: [EnqueueResult] = []
    /// Is told what is enqueued.
    var onEnqueue: @Sendable ([NewJob]) -> Void = { _ in }

    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) throws(StoreError) -> [EnqueueResult] {
        onEnqueue(jobs)
        return results
    }

    func settle(
        _ settlement: Settlement, onEnd: @escaping @Sendable (_ isSettled: Bool) -> Void
    ) throws(StoreError) -> SettlementStatus {
        if status == .settled, let commits { onEnd(commits) }
        return status
    }
}
