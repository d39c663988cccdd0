import DroverCore

/// What bounds the jobs that a queue hands out.
extension WriteSession {
    /// How often a worker looks for a place that a job has left, when nothing tells it, in ms.
    private static let placeWait: Int64 = 5000

    func setLimit(_ setting: QueueSetting, _ turn: QueueTurn) throws(StoreError) {
        var limits = turn.limits ?? QueueLimits()
        switch setting {
        case .concurrency(_, let most): limits.concurrency = most.map(Int64.init)
        case .rateLimit(_, let rate): limits.set(rate)
        case .hold(_, let span): limits.hold(until: span.map { now + $0.wholeMilliseconds })
        case .maxLength, .pause, .resume, .forgetDeduplication, .forgetResult, .group: return
        }
        turn.limits = limits
        turn.wakesWork = true
    }

    /// Lets a queue hand out nothing for a time, or longer where it is held already.
    func hold(_ turn: QueueTurn, for span: Duration) {
        let end = (Timestamp(milliseconds: now) + span).milliseconds
        if end <= now { return }
        var limits = turn.limits ?? QueueLimits()
        limits.hold(until: max(limits.heldUntil ?? now, end))
        turn.limits = limits
    }

    /// How many jobs a claim may have.
    func room(for claim: Claim, _ turn: QueueTurn) -> Int64 {
        let wanted = Int64(max(1, claim.limit))
        return min(wanted, room(of: claim, turn) ?? wanted)
    }

    private func room(of claim: Claim, _ turn: QueueTurn) -> Int64? {
        turn.limits?.room(active: turn.count(StateCode.active), worker: claim.rate, at: now)
            ?? claim.rate.map { Int64($0.max) }
    }

    /// Counts jobs that begin, where the queue or the worker has a rate.
    func countBegun(_ count: Int, _ claim: Claim, _ turn: QueueTurn) {
        if turn.limits == nil, claim.rate == nil || count == 0 { return }
        var limits = turn.limits ?? QueueLimits()
        limits.begin(Int64(count), worker: claim.rate, at: now)
        turn.limits = limits
    }

    /// How long there is nothing to claim by the limits, or else by the jobs that are delayed.
    func wait(_ due: Int64?, _ claim: Claim?, _ turn: QueueTurn) -> Int64? {
        guard let limits = turn.limits, !turn.isPaused else { return due }
        let wait = limits.wait(worker: claim?.rate, at: now) ?? due
        guard let concurrency = limits.concurrency, turn.count(StateCode.active) >= concurrency else { return wait }
        return min(wait ?? Self.placeWait, Self.placeWait)
    }

    /// A place that was left is told: whoever comes to a full queue finds nobody who waits for a place.
    func tellPlace(_ turn: QueueTurn) {
        guard let limits = turn.limits, limits.concurrency != nil,
            limits.room(active: turn.count(StateCode.active), at: now) > 0,
            turn.ready > 0
        else { return }
        turn.wakesWork = true
    }

    // MARK: Rows

    /// Writes limits that changed. A queue that had none is marked as one that has.
    func saveLimits(_ limits: QueueLimits, of turn: QueueTurn) throws(StoreError) {
        if !turn.isLimited {
            try setLimited(true, turn)
            turn.isLimited = true
        }
        let save = try statement(SQL.saveLimits)
        save.bind(1, turn.number)
        save.bind(2, limits.concurrency)
        save.bind(3, limits.rateMax)
        save.bind(4, limits.span)
        save.bind(5, limits.isSliding)
        save.bind(6, limits.heldUntil)
        save.bind(7, limits.window.end?.milliseconds)
        save.bind(8, Int64(limits.window.begun))
        try save.run()
        if limits.forgetsSlices { try forgetSlices(upTo: .max, turn) }
        if limits.changedSlices.isEmpty { return }
        if !limits.forgetsSlices { try forgetSlices(upTo: limits.lastOver(at: now), turn) }
        let slice = try statement(SQL.saveSlice)
        slice.bind(1, turn.number)
        for number in limits.changedSlices {
            slice.bind(2, number)
            slice.bind(3, limits.slices[number])
            try slice.run()
        }
    }

    /// Forgets the limits of a queue that is gone.
    func forgetLimits(_ turn: QueueTurn) throws(StoreError) {
        if turn.isLimited {
            try setLimited(false, turn)
            try forgetSlices(upTo: .max, turn)
            let delete = try statement(SQL.deleteLimits)
            delete.bind(1, turn.number)
            try delete.run()
        }
        // Also those that were set in this transaction and are not yet in the file.
        turn.forgetLimits()
    }

    private func forgetSlices(upTo last: Int64, _ turn: QueueTurn) throws(StoreError) {
        let delete = try statement(SQL.deleteSlices)
        delete.bind(1, turn.number)
        delete.bind(2, last)
        try delete.run()
    }

    private func setLimited(_ isLimited: Bool, _ turn: QueueTurn) throws(StoreError) {
        let set = try statement(SQL.setLimited)
        set.bind(1, turn.number)
        set.bind(2, isLimited)
        try set.run()
    }
}
