import DroverCore

/// Keeping finished jobs by rule.
extension WriteSession {
    /// Applies the rules of an exchange within its bound.
    func retain(_ work: SettlingWork, _ turn: QueueTurn) throws(StoreError) {
        var budget = Int64(Retention.removalsPerExchange)
        for rule in work.rules where budget > 0 {
            budget -= try prune(turn, state: rule.state, rule.retention, limit: budget)
        }
    }

    /// Removes what a rule no longer keeps, oldest first, and tells how many jobs that were.
    func prune(
        _ turn: QueueTurn, state: Int64, _ retention: Retention, limit: Int64
    ) throws(StoreError) -> Int64 {
        var removed: Int64 = 0
        if let age = retention.age {
            let cut = (Timestamp(milliseconds: now) + (.zero - age)).milliseconds
            removed += try removeFinished(turn, state: state, upTo: cut, limit: limit)
        }
        if let count = retention.count {
            let surplus = min(turn.count(state) - Int64(max(0, count)), limit - removed)
            if surplus > 0 { removed += try removeFinished(turn, state: state, upTo: .max, limit: surplus) }
        }
        return removed
    }

    private func removeFinished(
        _ turn: QueueTurn, state: Int64, upTo cut: Int64, limit: Int64
    ) throws(StoreError) -> Int64 {
        if turn.count(state) == 0 || limit <= 0 { return 0 }
        let select = try statement(.selectFinished)
        select.bind(1, turn.number)
        select.bind(2, state)
        select.bind(3, cut)
        select.bind(4, limit)
        var old: [(seq: Int64, annexes: JobAnnexes)] = []
        while try select.step() { old.append((select.int(0), JobAnnexes(select, logLines: 1, steps: 2))) }
        for job in old { try remove(job.seq, state: state, job.annexes, turn) }
        return Int64(old.count)
    }
}
