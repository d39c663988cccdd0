import DroverCore

/// Decides what the one pending wait of a process waits for, and whom its end wakes. Pure: it is told the time.
struct WakeUpState {
    /// One call that waits.
    struct Call: Equatable {
        var interest: WakeInterest
        var atMost: Duration
    }

    /// Why a worker is woken.
    enum Cause: Equatable {
        /// Its queue may have work.
        case hint
        /// It has waited as long as it wanted.
        case time
    }

    /// A worker to wake.
    struct Woken: Equatable {
        var worker: Int
        var cause: Cause
    }

    /// How long a call lasts at most when no worker is hungry.
    static let longestWait: Duration = .seconds(30)

    private let queues: [QueueName]
    /// When each hungry worker wants to be woken at the latest.
    private var deadlines: [Int: Duration] = [:]
    private var call: Call?
    private var callEnd: Duration = .zero
    /// The pending call does not cover a worker that has become hungry since it began, or covers a queue for nobody.
    private(set) var mustRestart = false
    /// The last call that was not cut short failed, and so may have lost what it was to tell.
    private(set) var isFailing = false

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

    /// A worker has no use for work for now: the next call does not cover it. It keeps what the pending one tells it.
    mutating func sated(_ worker: Int) { deadlines[worker] = nil }

    /// A worker has no use for work any more: what wakes one process alone must not be spent on it.
    ///
    /// - Returns: whether the pending call must be cut short.
    mutating func left(_ worker: Int) -> Bool {
        sated(worker)
        guard let call, !mustRestart, call.interest.work.contains(queues[worker]) else { return false }
        mustRestart = !deadlines.keys.contains { queues[$0] == queues[worker] }
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
    mutating func ended(_ wakeUp: WakeUp, now: Duration) -> [Woken] {
        let passed = wakeUp.isEmpty && !mustRestart ? max(now, callEnd) : now
        call = nil
        // A call that was cut short before it told anything does not show that calls succeed again.
        if !wakeUp.isEmpty || !mustRestart { isFailing = false }
        let due = take { _, deadline in deadline <= passed }
        // Also a worker that is not hungry any more is told: it keeps the wake-up until it can use it.
        let called = queues.indices.filter { wakeUp.work.contains(queues[$0]) }
        for worker in called { deadlines[worker] = nil }
        let timedOut = due.filter { !called.contains($0) }
        return (called.map { Woken(worker: $0, cause: .hint) } + timedOut.map { Woken(worker: $0, cause: .time) })
            .sorted { $0.worker < $1.worker }
    }

    /// The call failed: hints may be lost. The first time everybody who waits is woken, and while calls go on to fail
    /// whoever has waited long enough; all of them as by a hint, so that they don't wait longer and longer.
    mutating func failed(now: Duration) -> [Woken] {
        call = nil
        let isFirst = !isFailing
        isFailing = true
        return take { _, deadline in isFirst || deadline <= now }.map { Woken(worker: $0, cause: .hint) }
    }

    private mutating func take(where isDue: (Int, Duration) -> Bool) -> [Int] {
        let due = deadlines.filter { isDue($0.key, $0.value) }.keys.sorted()
        for worker in due { deadlines[worker] = nil }
        return due
    }
}
