import DroverCore
import Logging
import Synchronization

/// Works one queue: the thin shell around ``DispatcherState``.
///
/// Its lanes call the store; every claimed job runs in a task of its own, which hands its outcome to the state under
/// the lock and calls a lane only when one is parked.
final class QueueWorker: Sendable {
    private struct Core {
        var state: DispatcherState
        var attempts: [Int: Attempt] = [:]
        var nextAttempt = 0
        var parked: [CheckedContinuation<Void, Never>] = []
        /// A lane was called and has not come yet: no second one is called meanwhile. It takes all that gathers until
        /// then, so the tasks that a claim has just started end up in one batch.
        var isLaneCalled = false
        var exit: Task<Void, Never>?
        var pause = PauseWatch()
        /// A shutdown without grace has begun; a graceful one that comes late does not undo it.
        var stopsAtOnce = false
        var isFinished = false
    }

    let scope: WorkerScope
    private let executor: AttemptExecutor
    private let keeper: LeaseKeeper
    private let watcher: WakeUpWatcher
    /// The worker's place in the service, which also keeps the numbers of attempts apart.
    private let index: Int
    private let lanePrefix: String
    private let seat: ConcurrencyCap.Seat?
    private let core: Mutex<Core>

    init(scope: WorkerScope, handlers: Handlers, index: Int, keeper: LeaseKeeper, watcher: WakeUpWatcher) {
        self.scope = scope
        self.index = index
        self.keeper = keeper
        self.watcher = watcher
        executor = AttemptExecutor(scope: scope, handlers: handlers)
        // A worker may be given its name, and the name of an exchange must never come back.
        lanePrefix = "\(scope.name):\(HostIdentity.randomPart())"
        let state = DispatcherState(
            concurrency: scope.concurrency, maximumInFlight: scope.options.exchangesInFlight,
            idleWait: scope.options.idleWait, longestIdleWait: scope.options.longestIdleWait,
            limit: scope.options.limit, isCapped: scope.options.cap != nil)
        seat = scope.options.cap?.join()
        core = Mutex(Core(state: state, nextAttempt: index << 40))
    }

    /// How many attempts run.
    var runningCount: Int { core.withLock { $0.state.runningCount } }

    /// How many attempts may run at once.
    var concurrency: Int { core.withLock { $0.state.concurrency } }

    /// Changes how many attempts may run at once.
    func resize(to concurrency: Int) { change { $0.resize(to: concurrency) } }

    /// Claims nothing while it is held.
    func hold(_ isHeld: Bool) { change { $0.hold(isHeld) } }

    private func change(_ body: (inout DispatcherState) -> Void) {
        let lane = core.withLock { core in
            body(&core.state)
            return laneToCall(&core)
        }
        lane?.resume()
        tellWatcher()
    }

    /// Below how many jobs at once a worker calls from the store's own thread.
    private static let fewJobs = 16

    /// Works until it is told to stop, or its limit is reached, and everything is settled.
    func run() async {
        scope.logger.info(
            "worker starts",
            metadata: [
                "queue": .string(scope.queue.text), "worker": .string(scope.name),
                "concurrency": .stringConvertible(scope.concurrency),
            ])
        seat?.onRoom { [weak self] in self?.change { _ in } }
        // Where calls move few jobs, most of their time goes into waking threads; where they move many, the store's own
        // thread has enough to do.
        let executor = scope.concurrency < Self.fewJobs ? scope.store.callExecutor : nil
        await withTaskGroup { lanes in
            for number in 0..<max(1, scope.options.exchangesInFlight) {
                lanes.addTask(executorPreference: executor) { [lanePrefix] in
                    await self.lane("\(lanePrefix):\(number)")
                }
            }
        }
        let exit = core.withLock { core in
            core.isFinished = true
            seat?.leave(returning: core.state.takePermits())
            return core.exit
        }
        exit?.cancel()
        scope.logger.info(
            "worker stops", metadata: ["queue": .string(scope.queue.text), "worker": .string(scope.name)])
    }

    /// The queue may have work, or the wait for it is over.
    func wakeUp(_ cause: WakeUpState.Cause) {
        let lane = core.withLock { core in
            switch cause {
            case .hint: core.state.wakeUp()
            case .time: core.state.waitIsOver()
            }
            return laneToCall(&core)
        }
        lane?.resume()
    }

    // MARK: Lanes

    private func lane(_ name: String) async {
        while true {
            let (step, other) = core.withLock { core in
                let step = core.state.next()
                // What is left over, or the news that the worker is done, is for the next lane.
                return (step, laneToCall(&core))
            }
            other?.resume()
            switch step {
            case .exchange(let exchange): await perform(exchange, ExchangeID(lane: name, number: exchange.number))
            case .park: await park()
            case .stop: return
            }
        }
    }

    private func park() async {
        await withCheckedContinuation { continuation in
            let mustGo = core.withLock { core in
                if core.state.hasStep { return true }
                core.parked.append(continuation)
                return false
            }
            if mustGo { continuation.resume() }
        }
        core.withLock { $0.isLaneCalled = false }
    }

    /// Returns permits that are not used and takes what there is for this worker. Those of an ended attempt go back
    /// before it takes any: who waits for them comes first.
    private func balance(_ core: inout Core) {
        guard let seat else { return }
        let spare = core.state.takePermits()
        let given = seat.balance(returning: spare, wanting: core.state.wantedPermits)
        core.state.give(permits: given)
    }

    private func laneToCall(_ core: inout Core) -> CheckedContinuation<Void, Never>? {
        balance(&core)
        guard !core.isLaneCalled, core.state.hasStep, let lane = core.parked.popLast() else { return nil }
        core.isLaneCalled = true
        return lane
    }

    /// Sends an exchange until it is answered. A throw means that nothing is known, so it is repeated unchanged and
    /// under the same id. While the store may come back by itself that goes on until the worker has to stop: a store
    /// that has forgotten the exchange by then still takes the outcomes of jobs that nobody else took.
    private func perform(_ exchange: DispatcherState.Exchange, _ id: ExchangeID) async {
        let claim =
            exchange.claim > 0
            ? Claim(
                limit: exchange.claim, lease: scope.options.lease, worker: scope.name, rate: scope.options.rateLimit)
            : nil
        var begin = keeper.now()
        var failures = 0
        while true {
            let sentAt = keeper.now()
            do {
                let reply = try await scope.store.exchange(
                    scope.queue, id: id, settle: exchange.settlements, claim: claim)
                if failures > 0 {
                    scope.logger.notice(
                        "exchange answered after failures",
                        metadata: [
                            "queue": .string(scope.queue.text), "exchange": .string(id.text),
                            "failures": .stringConvertible(failures),
                        ])
                }
                return take(reply, to: exchange, sentAt: sentAt, wasRepeated: failures > 0)
            } catch {
                failures += 1
                let isDraining = core.withLock { $0.state.isDraining }
                if error.isTransient, !isDraining { begin = keeper.now() }
                // Without outcomes nothing is lost by giving up, and a store that somebody must mend has claimed nothing.
                let isWorthless = exchange.settlements.isEmpty && !error.isTransient
                let patience = isDraining ? scope.options.lastCalls : scope.options.lease
                if isWorthless || keeper.now() - begin >= patience || error.code == .closed {
                    return abandon(exchange, error)
                }
                scope.logger.log(
                    level: failures == 1 ? .warning : .debug, "exchange failed, to be repeated: \(error)",
                    metadata: ["queue": .string(scope.queue.text), "exchange": .string(id.text)])
                let pause = Backoff.exponential(base: .milliseconds(20), jitter: 0.5, maximum: .seconds(1))
                _ = await scope.clock.sleep(
                    for: pause.wait(afterAttempt: failures, random: scope.configuration.random()))
            }
        }
    }

    private func take(
        _ reply: ExchangeReply, to exchange: DispatcherState.Exchange, sentAt: Duration, wasRepeated: Bool
    ) {
        let first = core.withLock { core in
            defer { core.nextAttempt += reply.claimed.count }
            return core.nextAttempt
        }
        var attempts: [Attempt] = []
        attempts.reserveCapacity(reply.claimed.count)
        // Only what went wrong is told, with what is known of its attempt until the keeper lets go of it.
        let isAccepted = reply.settled.allSatisfy { $0 == .settled }
        let ended = isAccepted ? [:] : keeper.attempts(exchange.attempts)
        for claimed in reply.claimed { attempts.append(Attempt(number: first + attempts.count, claimed: claimed)) }
        keeper.exchange(settled: exchange.attempts, claimed: attempts, sentAt: sentAt)

        let (isDraining, running, pause) = core.withLock { core in
            core.state.answered(
                exchange,
                .init(
                    claimed: attempts.count, nextDueIn: reply.nextDueIn, isPaused: reply.isPaused,
                    wasRepeated: wasRepeated))
            for attempt in attempts { core.attempts[attempt.number] = attempt }
            balance(&core)
            let pause = core.pause.change(by: reply, to: exchange, wasRepeated: wasRepeated)
            return (core.state.isDraining, core.state.runningCount, pause)
        }
        scope.metrics.running(running)
        tellWatcher()
        if let pause { scope.log.queue(scope.queue, pause) }
        if !isAccepted { scope.log.report(reply.settled, of: exchange, ended) }
        if isDraining {
            // Released jobs go to the front, the last one first: backwards keeps their order.
            for attempt in attempts.reversed() { release(attempt) }
        } else {
            if !scope.lines.isEmpty { expect(attempts) }
            for attempt in attempts { start(attempt) }
        }
    }

    /// Tells the watcher for how long the worker waits, or that it does not. Under the lock: what one lane has seen
    /// before must not be told after what another one has seen since.
    private func tellWatcher() {
        let mustRestart = core.withLock { core in
            if let hunger = core.state.hunger { return watcher.hungry(index, for: hunger) }
            watcher.sated(index)
            return false
        }
        if mustRestart { watcher.restart() }
    }

    private func abandon(_ exchange: DispatcherState.Exchange, _ error: StoreError) {
        keeper.exchange(settled: exchange.attempts, claimed: [], sentAt: .zero)
        if exchange.settlements.isEmpty {
            scope.logger.error("no job could be claimed: \(error)", metadata: ["queue": .string(scope.queue.text)])
        } else {
            let jobs = exchange.settlements.map { $0.lease.job.id.text }.joined(separator: " ")
            scope.logger.error(
                "exchange given up; its outcomes are lost and the jobs will be run again: \(error)",
                metadata: ["queue": .string(scope.queue.text), "job_ids": .string(jobs)])
        }
        core.withLock { core in
            core.state.abandoned(exchange)
            balance(&core)
        }
        tellWatcher()
    }

    // MARK: Attempts

    private func start(_ attempt: Attempt) {
        // Unstructured, because each attempt is cancelled by itself; the worker runs until the last one is settled.
        attempt.attach(Task { self.end(attempt, await self.executor.execute(attempt)) })
    }

    /// Tells where jobs are gathered which of them are on their way.
    private func expect(_ attempts: [Attempt]) {
        for (name, attempts) in Dictionary(grouping: attempts, by: \.claimed.job.name) {
            scope.lines[name]?.expect(attempts.map(\.number))
        }
    }

    private func release(_ attempt: Attempt) {
        scope.log.released(attempt)
        end(attempt, executor.settlement(of: attempt, .released))
    }

    /// Hands the outcome over. Only the first end of an attempt counts: one that was given up may still come.
    private func end(_ attempt: Attempt, _ settlement: Settlement?) {
        if !scope.lines.isEmpty { scope.lines[attempt.claimed.job.name]?.missed(attempt.number) }
        let lane: CheckedContinuation<Void, Never>? = core.withLock { core in
            if core.attempts.removeValue(forKey: attempt.number) == nil { return nil }
            core.state.attemptEnded(attempt.number, settlement)
            return laneToCall(&core)
        }
        lane?.resume()
        // No call follows that would tell the watcher of the slot that is free now.
        if settlement == nil { tellWatcher() }
    }
}

// MARK: Shutdown

extension QueueWorker {
    /// How long a handler that has been cancelled may take to end before its job is given back without it.
    static let lastWait: Duration = .seconds(5)

    /// Stops claiming. A graceful shutdown lets running jobs go on for the time of grace; then, or at once without
    /// it, they are cancelled, and given back a little later even when their handlers do not end.
    func shutDown(gracefully: Bool) {
        let (superseded, lane) = core.withLock { core -> (Task<Void, Never>?, CheckedContinuation<Void, Never>?) in
            if gracefully && core.stopsAtOnce { return (nil, nil) }
            core.stopsAtOnce = !gracefully
            // Before what runs is looked at: what is claimed from here on is given back at once.
            core.state.drain()
            let previous = core.exit
            // Unstructured: it has to go on while the lanes deliver what the attempts answer, and ends with them.
            core.exit = Task { await self.stopAttempts(gracefully: gracefully) }
            return (previous, laneToCall(&core))
        }
        superseded?.cancel()
        for line in scope.lines.values { line.drain() }
        // A drained worker is never hungry again.
        watcher.left(index)
        lane?.resume()
        core.withLock { if $0.isFinished { $0.exit?.cancel() } }
    }

    /// Cancels what runs, after the time of grace or at once, and gives back what does not end.
    private func stopAttempts(gracefully: Bool) async {
        if gracefully, await !scope.clock.sleep(for: scope.options.grace) { return }
        let left = core.withLock { Array($0.attempts.values) }
        if gracefully, !left.isEmpty {
            let jobs = left.map(\.claimed.job.key.id.text).sorted().joined(separator: " ")
            scope.logger.warning(
                "the time of grace is over: jobs that still run are cancelled and given back",
                metadata: ["queue": .string(scope.queue.text), "job_ids": .string(jobs)])
        }
        for attempt in left { attempt.stop(.shutdown) }
        if await !scope.clock.sleep(for: Self.lastWait) { return }
        for attempt in core.withLock({ $0.attempts.values.sorted { $0.number > $1.number } }) {
            let isCompleted = attempt.fate.isCompleted
            scope.logger.error(
                isCompleted
                    ? "handler ignores its cancellation; its job is completed, and is left to itself"
                    : "handler ignores its cancellation; the job is given back while it runs",
                metadata: attempt.logMetadata)
            if isCompleted { end(attempt, nil) } else { release(attempt) }
        }
    }
}
