package import DroverCore

/// `enqueue` and `exchange` of the contract.
extension ReferenceQueue {
    /// How long an exchange without a claim is remembered.
    private static let memoryWithoutClaim: Duration = .seconds(30)
    /// How many delayed jobs one exchange promotes at most.
    private static let promotionsPerExchange = 1000

    package mutating func enqueue(_ job: NewJob, now: Timestamp) -> EnqueueResult {
        if let problem = job.problem(in: name) { return .refused(problem) }
        if let id = job.id, jobs[id] != nil {
            note(.duplicated, of: id)
            return .duplicate(id)
        }
        if let rule = job.options.deduplication { return enqueue(job, rule, now: now) }
        if let maxLength, counts.length >= maxLength { return .queueFull(maxLength: maxLength) }
        let id = job.id ?? generateID()
        store(job, as: id, now: now)
        return .added(id)
    }

    /// Stores a job under an id that no other has.
    mutating func store(
        _ job: NewJob, as id: JobID, deduplication: DeduplicationID? = nil, now: Timestamp
    ) {
        insert(
            JobRecord(
                key: JobKey(queue: name, id: id), name: job.name, payload: job.payload, options: job.storedOptions,
                state: .waiting, priority: job.options.priority, createdAt: now))
        jobs[id]?.deduplication = deduplication
        note(.added(job.name), of: id)
        let due: Timestamp =
            switch job.start {
            case .now: now
            case .after(let delay): now + delay
            case .at(let instant): instant
            }
        if due > now {
            delay(id, until: due)
        } else {
            putBack(id, atFront: job.options.lifo && job.options.priority == 0)
            note(.waiting(from: nil), of: id)
        }
    }

    package mutating func exchange(
        id: ExchangeID, settle settlements: [Settlement], claim: Claim?, now: Timestamp
    ) -> ExchangeReply {
        if let answer = memory.recall(id, now: now) {
            return reply(answer.statuses, answer.claimed.compactMap { claimed($0, id, now: now) }, claim, now)
        }
        var hasPromoted = false
        var finished: [Settlement] = []
        let statuses = settlements.map { settlement -> SettlementStatus in
            if let problem = settlement.problem(in: name) { return .refused(problem) }
            let settlement = judged(settlement)
            let status = settle(settlement, &hasPromoted, now: now)
            if status == .settled, settlement.outcome.end != nil { finished.append(settlement) }
            return status
        }
        retain(after: finished, now: now)
        if !settlements.isEmpty || claim != nil { promoteDue(&hasPromoted, now: now) }
        let taken = claim.map { take($0, token: id.token, now: now) } ?? []
        if statuses.contains(.settled), limiter.concurrency != nil, hasRoom(now) { signals.work = true }
        if !finished.isEmpty, readyCount == 0, line(.active).isEmpty { note(.drained) }
        // What was put back and claimed again at once is no news.
        if readyCount == 0 { signals.work = false }
        if statuses.contains(.settled) || !taken.isEmpty {
            let span = claim?.lease ?? Self.memoryWithoutClaim
            memory.remember(id, .init(statuses: statuses, claimed: taken), until: now + span)
        }
        var reply = reply(statuses, taken.compactMap { claimed($0, id, now: now) }, claim, now)
        if let claim, taken.count < max(claim.limit, 1), !isPaused {
            if let rest = groups.earliestRest.map({ max($0 - now, .zero) }) {
                reply.nextDueIn = min(reply.nextDueIn ?? rest, rest)
            }
            limitWait(of: &reply, claim, now: now)
        }
        return reply
    }

    /// Whether the limits allow a job now.
    private mutating func hasRoom(_ now: Timestamp) -> Bool { limiter.room(active: line(.active).count, now: now) > 0 }

    /// How often a worker looks for a place that a job has left, when nothing tells it.
    private static let placeWait: Duration = .seconds(5)

    private mutating func limitWait(of reply: inout ExchangeReply, _ claim: Claim, now: Timestamp) {
        if let wait = limiter.wait(now: now, worker: claim.rate) { reply.nextDueIn = wait }
        if let concurrency = limiter.concurrency, line(.active).count >= concurrency {
            reply.nextDueIn = min(reply.nextDueIn ?? Self.placeWait, Self.placeWait)
        }
    }

    private var readyCount: Int { counts.ready }

    // MARK: Steps of an exchange

    private mutating func settle(
        _ settlement: Settlement, _ hasPromoted: inout Bool, now: Timestamp
    ) -> SettlementStatus {
        guard holds(settlement.lease) else { return .leaseLost }
        let id = settlement.lease.job.id
        edit(id) { if settlement.outcome.end == nil { $0.keepCancelRequest() } else { $0.isCancelRequested = false } }
        switch settlement.outcome {
        case .completed(let result):
            edit(id) {
                $0.attemptsMade += 1
                $0.result = result
            }
            endDeduplication(of: id, now: now)
            tellParents(of: id, .completed(result))
            finish(id, as: .completed, now: now)
            note(.completed(result), of: id)
            if let kept = settlement.keptResult { results.keep(result, as: kept, now: now) }
        case .failed(let failure):
            if let letter = settlement.routedLetter { copy(id, as: letter) }
            fail(id, failure, isRemoved: settlement.retention.removesAtOnce, now: now)
            if let letter = settlement.routedLetter { note(.deadLettered(to: letter.key), of: id) }
        case .cancelled:
            let failure = Failure(reason: Failure.cancelledReason)
            fail(id, failure, isRemoved: settlement.retention.removesAtOnce, now: now)
        case .retry(let wait, let failure):
            if wait <= .zero { promoteDue(&hasPromoted, now: now) }
            countFailedAttempt(id, failure)
            putOff(id, by: wait, atFront: jobs[id]?.record.keepsFront ?? false, now: now)
        case .snoozed(let wait):
            if wait <= .zero { promoteDue(&hasPromoted, now: now) }
            putOff(id, by: wait, now: now)
        case .released:
            putBack(id, atFront: true)
            note(.waiting(from: .active), of: id)
        case .rateLimited(let span):
            putBack(id, atFront: true)
            note(.waiting(from: .active), of: id)
            if span > .zero { limiter.hold(until: max(limiter.heldUntil ?? now, now + span)) }
        case .waitingForChildren:
            forgetDelay(of: id)
            awaitChildren(id, from: .active)
        }
        if settlement.outcome.end != nil, settlement.retention.removesAtOnce { remove(id, keepsHold: true) }
        return .settled
    }

    private mutating func fail(_ id: JobID, _ failure: Failure, isRemoved: Bool, now: Timestamp) {
        countFailedAttempt(id, failure)
        endDeduplication(of: id, now: now)
        tellParents(of: id, failure: failure.reason)
        if isRemoved { tellParents(of: id, .gone(isSwept: false)) }
        finish(id, as: .failed, now: now)
        note(.failed(failure.reason), of: id)
        if failure.isExhausted {
            note(.retriesExhausted(attemptsMade: jobs[id]?.record.attemptsMade ?? 0), of: id)
        }
    }

    private mutating func countFailedAttempt(_ id: JobID, _ failure: Failure) {
        edit(id) {
            $0.attemptsMade += 1
            $0.failedReason = failure.reason
            if let trace = failure.trace {
                $0.stacktrace = ($0.stacktrace + [trace]).suffix(max(failure.keepTraces, 0))
            }
        }
    }

    private mutating func putOff(_ id: JobID, by wait: Duration, atFront: Bool = false, now: Timestamp) {
        if wait > .zero { return delay(id, until: now + wait) }
        putBack(id, atFront: atFront)
        note(.waiting(from: .active), of: id)
    }

    /// Applies each retention that came with a job that ended and stayed, once, in the order of appearance.
    private mutating func retain(after finished: [Settlement], now: Timestamp) {
        var applied: Set<PruneRule> = []
        var left = Retention.removalsPerExchange
        for settlement in finished where !settlement.retention.removesAtOnce {
            guard let end = settlement.outcome.end else { continue }
            let rule = PruneRule(end, keeping: settlement.retention)
            if applied.insert(rule).inserted { left -= prune(rule, limit: left, now: now) }
        }
    }

    /// Makes due jobs claimable, once in an exchange.
    private mutating func promoteDue(_ hasPromoted: inout Bool, now: Timestamp) {
        if hasPromoted { return }
        hasPromoted = true
        for entry in line(.delayed).ascending(limit: Self.promotionsPerExchange) {
            guard entry.place.rank <= now.milliseconds else { break }
            putBack(entry.value)
            note(.waiting(from: .delayed), of: entry.value)
        }
    }

    private mutating func take(_ claim: Claim, token: LeaseToken, now: Timestamp) -> [JobID] {
        if isPaused { return [] }
        groups.wake(now: now)
        let limit = min(max(claim.limit, 1), limiter.room(active: line(.active).count, now: now, worker: claim.rate))
        var taken: [JobID] = []
        while taken.count < limit, let id = nextReady(now: now) {
            taken.append(id)
            if jobs[id]?.record.deferredFailure == nil { limiter.begin(1, now: now, worker: claim.rate) }
            activate(id, token: token, for: claim.lease, now: now)
            edit(id) {
                $0.attemptsStarted += 1
                $0.processedAt = now
                $0.worker = claim.worker
            }
            note(.active, of: id)
        }
        signals.leftover = !taken.isEmpty && readyCount > 0
        return taken
    }

    /// The job whose turn it is.
    private mutating func nextReady(now: Timestamp) -> JobID? {
        let plain = (line(.waiting).first ?? line(.prioritized).first)?.value
        guard let turn = groups.nextTurn(hasPlain: plain != nil, now: now) else { return plain }
        if jobs[turn.job]?.record.deferredFailure == nil { groups.begin(turn.name, now: now) }
        return turn.job
    }

    // MARK: The answer

    /// A claimed job as it is now; nil when it is no longer held under the exchange's token.
    private func claimed(_ job: JobID, _ id: ExchangeID, now: Timestamp) -> ClaimedJob? {
        guard let stored = jobs[job], let held = stored.lease, held.token == id.token else { return nil }
        let lease = Lease(job: stored.record.key, token: id.token, duration: held.duration)
        var claimed = ClaimedJob(job: stored.record, lease: lease, leaseFor: max(held.expiry - now, .zero))
        claimed.cachedResult = results.result(for: stored.record, now: now)
        return claimed
    }

    private func reply(
        _ statuses: [SettlementStatus], _ claimed: [ClaimedJob], _ claim: Claim?, _ now: Timestamp
    ) -> ExchangeReply {
        var nextDueIn: Duration?
        if let claim, claimed.count < max(claim.limit, 1), let first = line(.delayed).first {
            nextDueIn = max(Timestamp(milliseconds: first.place.rank) - now, .zero)
        }
        return ExchangeReply(settled: statuses, claimed: claimed, nextDueIn: nextDueIn, isPaused: isPaused)
    }
}

extension Outcome {
    /// How it ends a job; nil when the job goes on.
    fileprivate var end: PruneRule.Finished? {
        switch self {
        case .completed: .completed
        case .failed, .cancelled: .failed
        case .retry, .snoozed, .released, .rateLimited, .waitingForChildren: nil
        }
    }
}

extension JobRecord {
    /// Whether the job goes to the front, as it was enqueued, when it is to run again.
    var keepsFront: Bool { options.lifo && priority == 0 }

    /// The attempt is over and the job is not: who takes it next must fail it, if somebody had asked to cancel it.
    mutating func keepCancelRequest() {
        if isCancelRequested { deferredFailure = Failure.cancelledReason }
        isCancelRequested = false
    }
}
