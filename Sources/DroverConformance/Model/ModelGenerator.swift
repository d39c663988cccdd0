import DroverCore

/// Draws operations for a model run: from few queues, ids and values, so that things meet each other.
///
/// It sees the answers of one store, so that most leases that it names are held.
struct ModelGenerator {
    var random: SplitMix64
    let comparesTimes: Bool
    let latitude: ModelLatitude
    /// Whether schedules are drawn: their slots are instants, and so are the same only on stores at the same instant.
    let drawsSchedules: Bool
    var jobSerial = 0
    /// What each schedule was last stored by.
    var plans: [ScheduleKey: SchedulePlan] = [:]
    /// A slot that each schedule has or had.
    var slots: [ScheduleKey: Timestamp] = [:]
    /// How far the clock has been moved.
    var elapsed = Duration.zero
    private var exchangeNumber = 0
    private var recentJobs: [ModelJobName] = []
    var held: [ModelLease] = []
    private var stale: [ModelLease] = []
    /// Jobs that may have children, or had.
    var parents: Set<ModelJobName> = []
    private var recentExchanges: [ModelOperation] = []

    init(seed: UInt64, comparesTimes: Bool, latitude: ModelLatitude, drawsSchedules: Bool) {
        random = SplitMix64(seed: seed)
        self.comparesTimes = comparesTimes
        self.latitude = latitude
        self.drawsSchedules = drawsSchedules
    }

    /// The next operation.
    mutating func next() -> ModelOperation {
        let operation = draw()
        return latitude.contains(.orderOfEnds) ? operation.finishingOneByState { parents.contains($0) } : operation
    }

    private mutating func draw() -> ModelOperation {
        if one(40) { return .children(parentName(), pick(ChildStatus.allCases), limit: 1 + below(4)) }
        return switch below(drawsSchedules ? 1160 : 1000) {
        case ..<170: .enqueue(queue(), (0..<1 + few(6)).map { _ in newJob() })
        case ..<480: exchange()
        case ..<520: recentExchanges.randomElement(using: &random) ?? exchange()
        case ..<550: .renew((0..<1 + few(3)).map { _ in lease() })
        case ..<590: .record((0..<1 + few(3)).map { _ in ModelReport(lease: lease(), content: content()) })
        case ..<630: .reclaim(queue(), maxStalled: below(3), limit: pick([0, 1, 2, 3, 100]))
        case ..<650:
            .prune(queue(), PruneRule(one(2) ? .completed : .failed, keeping: retention()), limit: 1 + below(8))
        case ..<662: .heartbeat((0..<1 + few(3)).map { _ in report() })
        case ..<666: .workers
        case ..<668: .releaseParents(limit: 1 + below(20))
        case ..<675: .applyToAllowances((0..<1 + few(3)).map { _ in allowanceCommand() })
        case ..<775: .apply((0..<1 + few(4)).map { _ in ModelCommand(job: jobName(), action: action()) })
        case ..<800: .configure((0..<1 + few(2)).map { _ in setting() })
        case ..<840: sweep()
        case ..<846: search()
        case ..<870: .look((0..<1 + few(4)).map { _ in jobName() })
        case ..<880: .list(queue(), pick(JobState.allCases), limit: 1 + below(7), order())
        case ..<885: .groups(queue(), limit: 1 + below(3), order())
        case ..<888: .inGroup(queue(), pick(ModelValues.groups), limit: 1 + below(4), order())
        case ..<900: .holder(queue(), of: pick(ModelValues.deduplications))
        case ..<915: turnPage()
        case ..<925: .queues
        case ..<940: .log(jobName(), limit: 1 + below(4), order())
        case ..<965: .events(queue(), limit: 1 + below(200), fromBeginning: one(40))
        case ..<970: .waitForWork(queue())
        case ..<1000: .advance(advance())
        default: scheduleOperation()
        }
    }

    /// Takes in what the first store answered.
    mutating func observe(_ operation: ModelOperation, _ answer: ModelAnswer) {
        switch (operation, answer) {
        case (.enqueue(let queue, let jobs), .enqueued(let results)):
            for (new, result) in zip(jobs, results) {
                if let parent = new.parent { parents.insert(parent.job) }
                guard case .added(let id) = result else { continue }
                let name = ModelJobName(shown: JobKey(queue: ModelQueues.name(queue), id: id))
                remember(name)
                if let name, new.job.isInFlow { observeFlow(new.job, name) }
            }
        case (.exchange(_, let number, let settle, _), .exchanged(let reply)):
            for (settlement, status) in zip(settle, reply.settled) where status == .settled {
                held.removeAll { $0 == settlement.lease }
                stale.append(settlement.lease)
            }
            for claimed in reply.claimed {
                guard let job = ModelJobName(shown: claimed.job.key) else { continue }
                held.append(ModelLease(job: job, exchange: number, duration: claimed.lease.duration))
            }
            if reply != ExchangeReply() { recentExchanges.append(operation) }
            trim()
        default: observeSchedules(operation, answer)
        }
    }

    mutating func remember(_ name: ModelJobName?) {
        guard let name else { return }
        recentJobs.append(name)
        if recentJobs.count > 48 { recentJobs.removeFirst(16) }
    }

    private mutating func trim() {
        if held.count > 48 { held.removeFirst(16) }
        if stale.count > 16 { stale.removeFirst(8) }
        if recentExchanges.count > 8 { recentExchanges.removeFirst(4) }
    }

    // MARK: Operations

    private mutating func exchange() -> ModelOperation {
        exchangeNumber += 1
        let queue = queue()
        let claims = !one(5)
        var settle: [ModelSettlement] = []
        var mayRelease = true
        for _ in 0..<few(5) {
            let mine = held.filter { $0.job.queue == queue }
            guard let lease = one(12) ? lease() : mine.randomElement(using: &random) else { continue }
            var outcome = outcome()
            // Several jobs put to the front of one priority have no order, and the claim must not part them.
            if outcome.isPutBackFirst, claims {
                if !mayRelease { outcome = .snoozed(.zero) }
                mayRelease = false
            }
            settle.append(
                ModelSettlement(
                    lease: lease, outcome: outcome, retention: retention(), letter: one(3) ? copy(of: queue) : nil,
                    kept: one(2) ? keptResult() : nil))
        }
        var claim = Claim(limit: 1 + few(5), lease: .seconds(pick([20, 30, 60])), worker: pick(["w1", "w2"]))
        // Where the server's own clock ends their spans they are left out, as fixed windows are.
        if !latitude.contains(.timesOfHolds), one(12) {
            claim.rate = WorkerRate(max: pick([1, 3, 10]), per: .seconds(pick([5, 20])))
        }
        return .exchange(queue, number: exchangeNumber, settle: settle, claim: claims ? claim : nil)
    }

    /// A bound keeps most jobs out, so it is rare, mostly wide, and lifted again more often than it is set.
    private mutating func setting() -> QueueSetting {
        switch below(32) {
        case 24...: .group(name(), one(4) ? nil : pick(ModelValues.groups), groupSetting())
        case ..<3: .pause(name())
        case ..<9: .resume(name())
        case 9: .maxLength(name(), pick([0, 1, 3, 8, 20]))
        case ..<12: .maxLength(name(), nil)
        case 12 where one(3): .forgetResult(name(), name: "mail", key: pick(ModelValues.deduplications))
        case 12: .forgetDeduplication(name(), id: pick(ModelValues.deduplications))
        case 13: limit()
        case ..<17: .concurrency(name(), nil)
        case ..<20: .rateLimit(name(), nil)
        default: .hold(name(), nil)
        }
    }

    /// A limit keeps most jobs from running, so it is rare, and lifted more often than it is set. Fixed windows are left
    /// out: on Redis they end by the server's own time, which stands not still.
    private mutating func limit() -> QueueSetting {
        switch below(3) {
        case 0: .concurrency(name(), pick([0, 2, 5]))
        case 1:
            .rateLimit(name(), RateLimit(max: pick([0, 3, 10]), per: .seconds(pick([0, 5, 20])), window: .sliding))
        default: .hold(name(), .seconds(pick([-1, 5, 20])))
        }
    }

    private mutating func allowanceCommand() -> AllowanceCommand {
        let id = pick(ModelValues.ids)
        return switch below(12) {
        case ..<7:
            .reserve(
                id: id, (0..<1 + below(2)).map { _ in AllowanceShare(allowance(), amount: pick([0, 1, 1, 1, 2, 4])) })
        case ..<9: .refund(id: id, keys: [pick(ModelValues.deduplications)])
        case ..<11: .look(key: pick(ModelValues.deduplications))
        default: .reset(key: pick(ModelValues.deduplications))
        }
    }

    private mutating func allowance() -> Allowance {
        let spans: [Duration?] = [
            nil, .seconds(latitude.contains(.timesOfHolds) ? 10_000_000 : 20), .seconds(30_000_000),
        ]
        return Allowance(pick(ModelValues.deduplications), max: pick([0, 1, 3, 5]), per: pick(spans))
    }

    /// Most take back what others have set, so that most groups run. A rate ends far from where the clock is moved to in a
    /// run that leaves times to the stores.
    private mutating func groupSetting() -> GroupSetting {
        switch below(12) {
        case 0: .pause
        case ..<4: .resume
        case 4: .weight(pick([0, 1, 2, 3, 100]))
        case 5: .weight(nil)
        case 6: .concurrency(pick([0, 1, 2, 5]))
        case ..<9: .concurrency(nil)
        case 9: comparesTimes ? .rate(GroupRate(max: pick([0, 1, 3]), per: .seconds(pick([5, 20, 60])))) : .rate(nil)
        default: .rate(nil)
        }
    }

    private mutating func sweep() -> ModelOperation {
        let state = pick(JobState.allCases)
        switch below(10) {
        case ..<4: return .sweep(.drain(name(), delayed: one(2)), limit: 1 + below(20), steps: 1 + below(6))
        case ..<9:
            let clean = Sweep.clean(name(), state: state, olderThan: .seconds(pick([0, 0, 10, 60])))
            // No order of active jobs is promised, nor of those that came to wait for children in one millisecond: no limit
            // may part them.
            let isWhole = state == .active || state == .waitingChildren
            return .sweep(clean, limit: isWhole ? 1000 : 1 + below(20), steps: 1 + below(6))
        default: return .sweep(.obliterate(name(), force: one(2)), limit: 1 + below(20), steps: 1000)
        }
    }

    private mutating func turnPage() -> ModelOperation {
        let kept = below(6)
        let state: JobState = [.waiting, .prioritized, .delayed, .completed, .failed, .waiting][kept]
        return .turnPage(
            kept % ModelQueues.count, state, limit: 1 + below(3), kept < 3 ? .ascending : .descending, kept: kept)
    }
}

/// Values.
extension ModelGenerator {
    private mutating func newJob() -> ModelNewJob {
        jobSerial += 1
        var options = pick(ModelValues.options)
        options.priority = pick([0, 0, 0, 1, 2, 2, 7])
        options.lifo = one(6)
        var job = NewJob(name: pick(["mail", "resize"]), payload: pick(ModelValues.texts), options: options)
        if one(3) { job.id = drawsSchedules && one(6) ? iterationID() : JobID(stored: pick(ModelValues.ids)) }
        if one(4) { job.start = .after(delay()) }
        if one(5) { deduplicate(&job) }
        if one(4) { job.options.resultCache = ResultCache(key: pick(ModelValues.deduplications), lifetime: lifetime()) }
        if one(25) { spoil(&job) }
        var new = ModelNewJob(serial: jobSerial, job: job, at: one(12) ? .seconds(below(600)) : nil)
        if one(6) { makeFlow(of: &new) }
        return new
    }

    /// Makes a job the same as others. It has an id of its own: whether a store spends one on a job that it does not store
    /// is left to it.
    private mutating func deduplicate(_ job: inout NewJob) {
        var ttls: [Duration?] = [nil, nil, .seconds(5), .seconds(15), .seconds(45), .seconds(305)]
        if latitude.contains(.timesOfHolds) {
            // Where the server's own clock ends a hold, a slow run would meet the end of a short one on one store alone.
            ttls = [nil, nil, .seconds(10_000_000)]
        } else if comparesTimes {
            ttls += [.seconds(10), .milliseconds(9999), .microseconds(500)]
        }
        job.options.deduplication = Deduplication(
            id: pick(ModelValues.deduplications), ttl: pick(ttls), extend: one(3), replace: one(3),
            keepLastIfActive: one(3))
        if one(12) { job.options.deduplication = .simple("") }
        if job.id == nil { job.id = JobID(stored: "s\(jobSerial)") }
    }

    /// Makes a job that must be refused.
    private mutating func spoil(_ job: inout NewJob) {
        switch below(4) {
        case 0: job.id = JobID(stored: "42")
        case 1: job.options.priority = -1
        case 2: job.options.attempts = 0
        default: job.start = .after(.seconds(-1))
        }
    }

    private mutating func action() -> ModelCommand.Action {
        if one(10) { return .copy(copy(of: queue()), removesJob: one(2)) }
        if one(7) { return pick([.removeFlow, .removeUnprocessedChildren, .detach, .detach]) }
        return switch below(12) {
        case 0, 1: .retry(resetAttempts: one(2))
        case 2: .promote
        case 3: .remove
        case 4, 5: .cancel
        case 6, 7, 8: .changePriority(pick([-1, 0, 0, 1, 2, 2, 7]), lifo: one(3))
        case 9, 10: .changeDelay(one(15) ? .seconds(-1) : delay())
        default: .updatePayload(pick(ModelValues.texts))
        }
    }

    private mutating func outcome() -> Outcome {
        let failure = Failure(
            reason: pick(["no", "nö"]), trace: one(2) ? "at \(below(3))" : nil, keepTraces: below(4),
            isExhausted: one(3))
        if one(14) { return .waitingForChildren }
        return switch below(40) == 0 ? 12 : below(12) {
        case 12: .rateLimited(.seconds(pick([0, 1, 10])))
        case ..<4: .completed(pick(ModelValues.texts))
        case 4, 5: .failed(failure)
        case 6, 7: .retry(after: delay(), failure)
        case 8: .snoozed(delay())
        case 9: .cancelled
        default: .released
        }
    }

    private mutating func retention() -> Retention {
        switch below(8) {
        case 0: .removeAtOnce
        case 1: .keep(1 + below(4))
        case 2: .keep(for: .seconds(pick([0, 10, 30])))
        case 3: Retention(count: 1 + below(6), age: .seconds(20))
        default: .keepAll
        }
    }

    private mutating func content() -> JobReport.Content {
        switch below(5) {
        case 0: .progress(pick(ModelValues.texts))
        case 1: .payload(pick(ModelValues.texts))
        case 2: .step(pick(ModelValues.steps), result: pick(ModelValues.texts))
        default: .log("line \(below(10))", keep: one(2) ? below(4) : nil)
        }
    }

    private mutating func report() -> WorkerReport {
        WorkerReport(
            id: pick(["w1", "w2", "w3"]), queue: name(), host: "host", process: below(3), concurrency: 1 + below(3),
            running: below(3), validFor: .seconds(pick([0, 10, 30, 60])))
    }

    mutating func delay() -> Duration {
        if comparesTimes && one(8) { return pick([.milliseconds(1), .microseconds(500), .milliseconds(9999)]) }
        return .seconds(pick([0, 0, 10, 10, 20, 30, 60, 300]))
    }

    private mutating func advance() -> Duration {
        if comparesTimes && one(4) { return pick([.milliseconds(1), .milliseconds(9999), .zero]) }
        return .seconds(pick([10, 10, 10, 20, 20, 60]))
    }

    private mutating func lease() -> ModelLease {
        if one(8), let lease = stale.randomElement(using: &random) { return lease }
        if one(12) { return ModelLease(job: jobName(), exchange: below(exchangeNumber + 1), duration: .seconds(30)) }
        return held.randomElement(using: &random)
            ?? ModelLease(job: jobName(), exchange: exchangeNumber, duration: .seconds(30))
    }

    mutating func jobName() -> ModelJobName {
        if !one(4), let name = recentJobs.randomElement(using: &random) { return name }
        return .chosen(queue: queue(), id: pick(ModelValues.ids))
    }

    // MARK: Choices

    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: random.next() % UInt64(bound)) }
    /// True once in so many times.
    mutating func one(_ times: Int) -> Bool { below(times) == 0 }
    /// Mostly small numbers below a bound.
    mutating func few(_ bound: Int) -> Int { min(below(bound), below(bound)) }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
    mutating func queue() -> Int { below(ModelQueues.count) }
    mutating func name() -> QueueName { ModelQueues.name(queue()) }
    mutating func order() -> Page.Order { one(2) ? .ascending : .descending }
}
