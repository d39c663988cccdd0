import DroverCore

/// What the settlements of one exchange leave to be done after them.
struct SettlingWork {
    /// A rule to keep finished jobs by.
    struct Rule: Equatable {
        var state: Int64
        var retention: Retention
    }

    /// At least one settlement was accepted.
    var hasSettled = false
    /// At least one job finished.
    var hasFinished = false
    /// Due jobs were made claimable, which is done once in an exchange.
    var hasPromoted = false
    /// The rules to apply, in the order of their first appearance.
    private(set) var rules: [Rule] = []

    mutating func finished(_ state: Int64, _ retention: Retention) {
        hasFinished = true
        let rule = Rule(state: state, retention: retention)
        if retention != .keepAll, !retention.removesAtOnce, !rules.contains(rule) { rules.append(rule) }
    }
}

extension WriteSession {
    func settle(
        _ settlement: Settlement, _ turn: QueueTurn, _ work: inout SettlingWork
    ) throws(StoreError) -> SettlementStatus {
        let lease = settlement.lease
        if let problem = settlement.problem(in: turn.name) { return .refused(problem) }
        let reference = JobReference(lease.job.id)
        guard let seq = try seq(of: lease.job.id, turn) else { return .leaseLost }
        let stored: StoredID = if case .generated = reference { .generated(seq) } else { .own(lease.job.id.text) }
        if try settle(settlement, seq, stored, turn, &work) { return .settled }
        guard let moved = try movedSeq(of: lease.job.id, turn) else { return .leaseLost }
        return try settle(settlement, moved, .own(lease.job.id.text), turn, &work) ? .settled : .leaseLost
    }

    /// Settles a job that is known by its number.
    ///
    /// - Returns: whether the lease is held; else nothing is done.
    private func settle(
        _ settlement: Settlement, _ seq: Int64, _ stored: StoredID, _ turn: QueueTurn, _ work: inout SettlingWork
    ) throws(StoreError) -> Bool {
        let lease = settlement.lease
        if case .completed(let result) = settlement.outcome, !settlement.retention.removesAtOnce,
            try complete(seq, stored, lease.token, result, turn)
        {
            turn.moved(from: StateCode.active, to: StateCode.completed)
            turn.emit(.completed(result), stored)
            work.finished(StateCode.completed, settlement.retention)
            if let kept = settlement.keptResult { try keep(result, as: kept, turn.name) }
        } else {
            guard let held = try held(seq, stored, lease.token, turn) else { return false }
            let settlement = try judged(
                settlement, of: seq, hasChildren: held.annexes.hasChildren, isCancelRequested: held.isCancelRequested)
            try end(seq, stored, held, settlement, turn, &work)
        }
        work.hasSettled = true
        return true
    }

    /// The hot path: one statement, which finds, checks and settles a job to whose end there is no more: it has no parent,
    /// no children and no deduplication id.
    private func complete(
        _ seq: Int64, _ stored: StoredID, _ token: LeaseToken, _ result: JSONText, _ turn: QueueTurn
    ) throws(StoreError) -> Bool {
        let update = try statement(.completeJob)
        update.bind(1, seq)
        update.bind(2, turn.number)
        update.bind(3, token.text)
        update.bind(4, stored.isGenerated)
        update.bind(5, now)
        update.bind(6, nextNumber())
        update.bind(7, result.text)
        return try update.run() == 1
    }

    /// Whether a job is held under a lease, as the file is now: for a look outside of transactions.
    func isHeld(_ lease: Lease) throws(StoreError) -> Bool {
        forgetTurns()
        guard let turn = try turn(lease.job.queue), let seq = try seq(of: lease.job.id, turn) else { return false }
        let isGenerated = if case .generated = JobReference(lease.job.id) { true } else { false }
        let stored: StoredID = isGenerated ? .generated(seq) : .own(lease.job.id.text)
        return try held(seq, stored, lease.token, turn) != nil
    }

    /// What settling needs to know of a job that is held.
    private struct Held {
        var priority: Int64
        var attemptsMade: Int64
        var stacktrace: String?
        var annexes: JobAnnexes
        var options: String?
        var isCancelRequested: Bool
    }

    private func held(
        _ seq: Int64, _ stored: StoredID, _ token: LeaseToken, _ turn: QueueTurn
    ) throws(StoreError) -> Held? {
        let select = try statement(SQL.selectHeld)
        select.bind(1, seq)
        select.bind(2, turn.number)
        select.bind(3, token.text)
        select.bind(4, stored.isGenerated)
        guard try select.step() else { return nil }
        defer { select.reset() }
        return Held(
            priority: select.int(0), attemptsMade: select.count(1), stacktrace: select.optionalText(2),
            annexes: JobAnnexes(select, logLines: 3, steps: 4), options: select.optionalText(6),
            isCancelRequested: select.bool(7))
    }

    private func end(
        _ seq: Int64, _ stored: StoredID, _ held: Held, _ settlement: Settlement, _ turn: QueueTurn,
        _ work: inout SettlingWork
    ) throws(StoreError) {
        switch settlement.outcome {
        case .completed(let result):  // what the hot path leaves
            if let kept = settlement.keptResult { try keep(result, as: kept, turn.name) }
            if held.annexes.isGrouped, !settlement.retention.removesAtOnce {
                try regroup(seq, from: StateCode.active, to: nil, turn)
            }
            try endDeduplication(of: stored.id, held.annexes, turn)
            if held.annexes.hasParent { try tellParents(of: seq, stored, .completed(result), turn) }
            turn.emit(.completed(result), stored)
            if settlement.retention.removesAtOnce {
                try remove(seq, state: StateCode.active, held.annexes, turn)
                work.hasFinished = true
            } else {
                try complete(seq, result)
                turn.moved(from: StateCode.active, to: StateCode.completed)
                work.finished(StateCode.completed, settlement.retention)
            }
        case .failed(let failure):
            // Before the job may go, and before its parent hears of it.
            if let letter = settlement.routedLetter, let row = try job(seq, turn) { try copy(row, as: letter) }
            try fail(seq, stored, held, failure, settlement.retention, turn, &work)
            if let letter = settlement.routedLetter { turn.emit(.deadLettered(to: letter.key), stored) }
        case .cancelled:
            let failure = Failure(reason: Failure.cancelledReason)
            try fail(seq, stored, held, failure, settlement.retention, turn, &work)
        case .retry(let wait, let failure):
            if wait <= .zero { try promote(turn, &work) }
            let isFirst = held.priority == 0 && options.options(held.options)?.lifo == true
            let isGrouped = held.annexes.isGrouped
            let place =
                wait > .zero
                ? delayed(by: wait)
                : isFirst
                    ? atTheFront(held.priority, isGrouped: isGrouped)
                    : atTheBack(held.priority, isGrouped: isGrouped)
            try endAttempt(seq, held, to: place, attempts: 1, failure)
            try left(active: stored, seq, held, to: place, turn)
            try wake(place, turn)
        case .snoozed(let wait):
            if wait <= .zero { try promote(turn, &work) }
            let place =
                wait > .zero
                ? delayed(by: wait) : atTheBack(held.priority, isGrouped: held.annexes.isGrouped)
            try endAttempt(seq, held, to: place, attempts: 0, nil)
            try left(active: stored, seq, held, to: place, turn)
            try wake(place, turn)
        case .released:
            try giveBack(seq, stored, held, turn)
        case .rateLimited(let span):
            try giveBack(seq, stored, held, turn)
            hold(turn, for: span)
        case .waitingForChildren:
            try setWaitDelay(nil, of: seq)
            let place = Place(state: StateCode.waitingChildren, rank: now, place: nextNumber())
            try endAttempt(seq, held, to: place, attempts: 0, nil)
            turn.moved(from: StateCode.active, to: place.state)
            if held.annexes.isGrouped { try regroup(seq, from: StateCode.active, to: place, turn) }
            turn.emit(.waitingChildren(from: .active), stored)
        }
    }

    private func giveBack(_ seq: Int64, _ stored: StoredID, _ held: Held, _ turn: QueueTurn) throws(StoreError) {
        let place = atTheFront(held.priority, isGrouped: held.annexes.isGrouped)
        try endAttempt(seq, held, to: place, attempts: 0, nil)
        try left(active: stored, seq, held, to: place, turn)
        turn.wakesWork = true
    }

    /// Completes a job that is known to be held.
    private func complete(_ seq: Int64, _ result: JSONText) throws(StoreError) {
        let update = try statement(SQL.completeHeld)
        update.bind(1, seq)
        update.bind(2, now)
        update.bind(3, nextNumber())
        update.bind(4, result.text)
        try update.run()
    }

    private func fail(
        _ seq: Int64, _ stored: StoredID, _ held: Held, _ failure: Failure, _ retention: Retention, _ turn: QueueTurn,
        _ work: inout SettlingWork
    ) throws(StoreError) {
        try endDeduplication(of: stored.id, held.annexes, turn)
        if held.annexes.hasParent {
            try tellParents(of: seq, stored, .failed(reason: failure.reason), turn)
            if retention.removesAtOnce { try tellParents(of: seq, stored, .gone(isSwept: false), turn) }
        }
        turn.emit(.failed(failure.reason), stored)
        if failure.isExhausted {
            turn.emit(.retriesExhausted(attemptsMade: Int(held.attemptsMade) + 1), stored)
        }
        if retention.removesAtOnce {
            try remove(seq, state: StateCode.active, held.annexes, turn)
            work.hasFinished = true
            return
        }
        let place = Place(state: StateCode.failed, rank: now, place: nextNumber())
        try endAttempt(seq, held, to: place, attempts: 1, failure)
        turn.moved(from: StateCode.active, to: StateCode.failed)
        if held.annexes.isGrouped { try regroup(seq, from: StateCode.active, to: place, turn) }
        work.finished(StateCode.failed, retention)
    }

    private func endAttempt(
        _ seq: Int64, _ held: Held, to place: Place, attempts: Int64, _ failure: Failure?
    ) throws(StoreError) {
        let update = try statement(SQL.endAttempt)
        update.bind(1, seq)
        update.bind(2, place.state)
        update.bind(3, place.rank)
        update.bind(4, place.place)
        update.bind(5, held.attemptsMade + attempts)
        update.bind(6, failure?.reason)
        update.bind(
            7, try StackTraces.appending(failure?.trace, to: held.stacktrace, keep: failure?.keepTraces ?? 0))
        update.bind(8, place.state == StateCode.failed)
        update.bind(9, Failure.cancelledReason)
        try update.run()
    }

    /// Counts and tells that an active job was put back or delayed.
    private func left(
        active stored: StoredID, _ seq: Int64, _ held: Held, to place: Place, _ turn: QueueTurn
    ) throws(StoreError) {
        turn.moved(from: StateCode.active, to: place.state)
        if held.annexes.isGrouped { try regroup(seq, from: StateCode.active, to: place, turn) }
        if place.state == StateCode.delayed {
            turn.emit(.delayed(until: Timestamp(milliseconds: place.rank)), stored)
        } else {
            turn.emit(.waiting(from: .active), stored)
        }
    }

    /// Wakes workers for a job that became claimable, or due before all others.
    func wake(_ place: Place, _ turn: QueueTurn) throws(StoreError) {
        if place.state != StateCode.delayed {
            turn.wakesWork = true
        } else if let earliest = try earliestDue(turn), earliest == place.rank {
            turn.wakesWork = true
        }
    }
}

extension StoredID {
    var isGenerated: Bool {
        if case .generated = self { true } else { false }
    }
}
