import DroverCore

/// Decides what the one pending wait of a process waits for, and whom its end wakes. Pure: it is told the time.
struct WakeUpState {
    /// One call that waits.
    struct Call: Equatable {
        var interest: WakeInterest
        var atMost: Duration
    }

    /// How long a call lasts at most when no worker is hungry.
    static let longestWait: Duration = .seconds(30)

    private let queues: [QueueName]
    /// When each hungry worker wants to be woken at the latest.
    private var deadlines: [Int: Duration] = [:]
    private var call: Call?
    private var callEnd: Duration = .zero
    /// The pending call does not cover a worker that has become hungry since it began.
    private(set) var mustRestart = false

    /// - Parameter queues: the queue of each worker, by the worker's index.
    init(queues: [QueueName]) { self.queues = queues }

    /// A worker became hungry, or still is with another deadline.
    ///
    /// - Returns: whether the pending call must be cut short.
    mutating func hungry(_ worker: Int, until deadline: Duration, now: Duration) -> Bool {
        deadlines[worker] = deadline
        guard let call, !mustRestart else { return false }
        mustRestart = !call.interest.work.contains(queues[worker]) || deadline < callEnd
        return mustRestart
    }

    /// Begins a call.
    mutating func begin(now: Duration) -> Call {
        mustRestart = false
        callEnd = min(deadlines.values.min() ?? now + Self.longestWait, now + Self.longestWait)
        let interest = WakeInterest(
            work: Set(deadlines.keys.map { queues[$0] }), cancellations: Set(queues))
        let begun = Call(interest: interest, atMost: max(.zero, callEnd - now))
        call = begun
        return begun
    }

    /// The call was answered. An empty answer to a call that was not cut short means that its time is up, by whatever
    /// clock the store counts.
    ///
    /// - Returns: the workers to wake; they are no longer hungry.
    mutating func ended(_ wakeUp: WakeUp, now: Duration) -> [Int] {
        let passed = wakeUp.isEmpty && !mustRestart ? max(now, callEnd) : now
        call = nil
        let due = Set(take { _, deadline in deadline <= passed })
        // Also a worker that is not hungry any more is told: it keeps the wake-up until it can use it.
        let called = queues.indices.filter { wakeUp.work.contains(queues[$0]) }
        for worker in called { deadlines[worker] = nil }
        return due.union(called).sorted()
    }

    /// The call failed: hints may be lost, so whoever has waited long enough is woken.
    mutating func failed(now: Duration) -> [Int] {
        call = nil
        return take { _, deadline in deadline <= now }
    }

    private mutating func take(where isDue: (Int, Duration) -> Bool) -> [Int] {
        let due = deadlines.filter { isDue($0.key, $0.value) }.keys.sorted()
        for worker in due { deadlines[worker] = nil }
        return due
    }
}
