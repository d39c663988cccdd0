import DroverCore
import Logging
import Synchronization

/// Renews the leases of a process, in one call per turn, and stops attempts whose lease is lost or whose job somebody
/// cancelled.
///
/// It runs on an executor of its own, with its timer and its calls to the store, so that handlers that block every
/// thread of the shared pool lose no lease. Lanes put leases in and take them out without waiting for it.
final class LeaseKeeper: Sendable {
    private struct State {
        var table: LeaseTable<Attempt>
        var sleeper: CheckedContinuation<Void, Never>?
        var sleep = 0
        var isCalled = false
        var isStopped = false
        /// Why the last renewal of a queue failed, told once; none while renewals succeed.
        var trouble: [QueueName: StoreError.Code] = [:]
        var loop: Task<Void, Never>?
    }

    private let executor = KeeperExecutor()
    private let store: any JobExchanging
    private let timer: any DelayTimer
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameters:
    ///   - shortestLease: the shortest of all leases that it will be given.
    ///   - clock: measures how long leases last.
    ///   - timer: nil for the system's.
    init(
        store: any JobExchanging, shortestLease: Duration, clock: EngineClock, timer: (any DelayTimer)? = nil,
        logger: Logger
    ) {
        self.store = store
        self.timer = timer ?? DispatchDelayTimer(queue: executor.queue, clock: clock)
        self.logger = logger
        state = Mutex(State(table: LeaseTable(idleTurn: shortestLease / 2)))
    }

    /// Begins to renew. Once this returns, nothing it does needs a thread of the shared pool.
    func start() {
        // Unstructured, because a child would need a thread of the shared pool for its first step.
        let loop = Task(executorPreference: executor) { await self.keep() }
        state.withLock { $0.loop = loop }
    }

    /// Ends the loop after the renewal that is under way.
    func stop() async {
        let loop = state.withLock { state in
            state.isStopped = true
            return state.loop
        }
        call()
        await loop?.value
    }

    /// Ends the loop after the renewal that is under way, without waiting for it.
    func end() {
        state.withLock { $0.isStopped = true }
        call()
    }

    /// The time by the keeper's timer.
    func now() -> Duration { timer.now() }

    /// Lets the leases of settled attempts go and takes those of claimed jobs in, counted from `sentAt`, the moment
    /// when the claim was sent: the store's count began then or later.
    func exchange(settled: [Int], claimed: [Attempt], sentAt: Duration) {
        let isUrgent = state.withLock { state in
            for number in settled { state.table.remove(number) }
            var isUrgent = false
            for attempt in claimed {
                let job = attempt.claimed
                if state.table.add(attempt.number, job.lease, attempt, remaining: job.leaseFor, now: sentAt) {
                    isUrgent = true
                }
            }
            return isUrgent
        }
        if isUrgent { call() }
    }

    /// Lets go of the lease of an attempt whose job is completed already.
    func release(_ attempt: Int) { state.withLock { $0.table.remove(attempt) } }

    /// Renews the leases of a queue at once, because a job of it may have been cancelled.
    func hasten(_ queue: QueueName) {
        state.withLock { $0.table.hasten(queue, now: timer.now()) }
        call()
    }

    /// The attempts of these numbers that hold a lease.
    func attempts(_ numbers: [Int]) -> [Int: Attempt] {
        state.withLock { state in
            var attempts: [Int: Attempt] = [:]
            for number in numbers { attempts[number] = state.table.holder(number) }
            return attempts
        }
    }

    /// How many leases are held.
    var count: Int { state.withLock { $0.table.count } }

    private func keep() async {
        while !state.withLock({ $0.isStopped }) {
            await pause(state.withLock { $0.table.planTurn(now: timer.now()) })
            await turn()
        }
    }

    private func turn() async {
        let sentAt = timer.now()
        let due = state.withLock { $0.table.due(now: sentAt) }
        if due.isEmpty {
            state.withLock { if $0.table.count == 0 { $0.trouble = [:] } }
            return
        }
        // Each queue by itself: what is wrong with one must not cost the leases of the others.
        await withTaskGroup { queues in
            for (queue, leases) in Dictionary(grouping: due, by: \.lease.job.queue) {
                queues.addTask { await self.renew(leases, of: queue, sentAt: sentAt) }
            }
        }
    }

    private func renew(_ due: [(number: Int, lease: Lease)], of queue: QueueName, sentAt: Duration) async {
        do {
            let statuses = try await store.renew(due.map(\.lease))
            let answers = zip(due, statuses).map { (number: $0.number, status: $1) }
            let verdicts = state.withLock { state in
                state.trouble[queue] = nil
                return state.table.renewed(answers, sentAt: sentAt)
            }
            for (attempt, verdict) in verdicts {
                switch verdict {
                case .lost: lose(attempt, "the store no longer knows it")
                case .cancelRequested: attempt.stop(.cancelRequested)
                }
            }
        } catch {
            let (lost, isNews) = state.withLock { state in
                defer { state.trouble[queue] = error.code }
                let lost = state.table.renewalFailed(due.map(\.number), error.code, now: timer.now())
                return (lost, state.trouble[queue] != error.code)
            }
            logger.log(
                level: isNews ? .warning : .debug, "leases not renewed: \(error)",
                metadata: ["queue": .string(queue.text), "leases": .stringConvertible(due.count)])
            for attempt in lost { lose(attempt, "it ran out while the store could not be asked") }
        }
    }

    /// An attempt that has ended, and is being settled, does not mind: the store decides about its settlement.
    private func lose(_ attempt: Attempt, _ reason: String) {
        logger.debug("lease lost: \(reason)", metadata: attempt.logMetadata)
        attempt.stop(.leaseLost)
    }

    /// Waits for the span or for ``call()``, whichever comes first.
    private func pause(_ span: Duration) async {
        await withCheckedContinuation { continuation in
            let sleep: Int? = state.withLock { state in
                if state.isCalled || state.isStopped || span <= .zero {
                    state.isCalled = false
                    return nil
                }
                state.sleeper = continuation
                state.sleep += 1
                return state.sleep
            }
            guard let sleep else { return continuation.resume() }
            timer.after(span) { [weak self] in self?.wake(sleep) }
        }
    }

    private func wake(_ sleep: Int) {
        let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.sleep == sleep else { return nil }  // that sleep was cut short
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Cuts the present sleep short, or the next one when none is under way.
    private func call() {
        let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
            if state.sleeper == nil { state.isCalled = true }
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }
}
