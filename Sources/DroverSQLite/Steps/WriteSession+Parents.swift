import DroverCore

/// What becomes of parents when something happens to their children.
extension WriteSession {
    /// Something that happened to a child.
    enum ChildNews {
        case completed(JSONText)
        /// For good.
        case failed(reason: String)
        /// Removed, or nobody's child any more.
        case gone(isSwept: Bool)
        /// It had finished and is to run again.
        case runsAgain
    }

    /// Tells all that wait for a job which is marked as a child, in their order, but `others`.
    func tellParents(
        of seq: Int64, _ id: StoredID, _ news: ChildNews, _ turn: QueueTurn, but others: Set<JobKey> = []
    ) throws(StoreError) {
        let parents = try ParentRow.parents(of: seq) { sql throws(StoreError) in try statement(sql) }
        if parents.isEmpty { return }
        let child = JobKey(queue: turn.name, id: id.id)
        for parent in parents where !others.contains(parent.key) { try tell(parent, of: child, news) }
    }

    /// Tells one that waits for a job, or did; it may be gone.
    func tell(_ parent: JobParent, of child: JobKey, _ news: ChildNews) throws(StoreError) {
        guard let turn = try turn(parent.key.queue), let row = try job(parent.key.id, turn), row.annexes.hasChildren
        else { return }
        if case .runsAgain = news {
            if try forget(child, of: row.seq) { try save(child, of: row.seq, .pending) }
            return
        }
        if case .failed = news, parent.onFailure == .keepWaiting { return }
        guard try stopWaiting(of: row.seq, for: child) else { return }
        switch news {
        case .runsAgain: break
        case .completed(let result):
            try save(child, of: row.seq, .processed, result.text)
            try releaseIfDone(row, turn)
        case .failed(let reason):
            try hear(of: child, parent.onFailure, reason, row, turn)
        case .gone(let isSwept):
            try leave(row, isSwept: isSwept && child.queue == turn.name, turn)
        }
    }

    private func hear(
        of child: JobKey, _ policy: ChildFailurePolicy, _ reason: String, _ row: JobRow, _ turn: QueueTurn
    ) throws(StoreError) {
        switch policy {
        case .keepWaiting: break
        case .failParent:
            try save(child, of: row.seq, .failed)
            if row.record.state == .failed { return }
            try set(SQL.setDeferredFailure, row.seq, Failure.failedWith(child: child))
            if row.record.state == .waitingChildren || row.record.state == .delayed { try release(row, turn) }
        case .continueParent:
            try save(child, of: row.seq, .ignored, reason)
            if row.record.state == .waitingChildren { try release(row, turn) }
        case .ignore:
            try save(child, of: row.seq, .ignored, reason)
            try releaseIfDone(row, turn)
        case .remove:
            try releaseIfDone(row, turn)
        }
    }

    /// Puts a parent to work that waits, when no child is pending any more.
    func releaseIfDone(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) {
        if row.record.state == .waitingChildren, try !hasChild(of: row.seq, .pending) { try release(row, turn) }
    }

    /// Puts a parent to work: to its delay, to its priority, or to the front.
    private func release(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) {
        let delay = try statement(SQL.readWaitDelay)
        delay.bind(1, row.seq)
        let wait = try delay.step() ? delay.optionalInt(0) ?? 0 : 0
        delay.reset()
        let old = StateCode.code(row.record.state)
        if wait > 0 {
            try setWaitDelay(nil, of: row.seq)
            let place = delayed(by: .milliseconds(wait))
            try move(row.seq, to: place)
            turn.moved(from: old, to: place.state)
            turn.emit(.delayed(until: Timestamp(milliseconds: place.rank)), StoredID(row))
            return try wake(place, turn)
        }
        let priority = Int64(row.record.priority)
        let isGrouped = row.annexes.isGrouped
        let place = priority == 0 ? atTheFront(0, isGrouped: isGrouped) : atTheBack(priority, isGrouped: isGrouped)
        try move(row.seq, to: place)
        turn.moved(from: old, to: place.state)
        if isGrouped { try regroup(row.seq, from: nil, to: place, turn) }
        turn.emit(.waiting(from: .waitingChildren), StoredID(row))
        turn.wakesWork = true
    }

    /// A child of a job is gone. Without another one the job goes to the front, or, in a sweep, too.
    private func leave(_ row: JobRow, isSwept: Bool, _ turn: QueueTurn) throws(StoreError) {
        guard row.record.state == .waitingChildren, try !hasChild(of: row.seq, .pending) else { return }
        if isSwept {
            try freeDeduplication(of: row.record.key.id, row.annexes, turn)
            return try remove(row.seq, state: StateCode.waitingChildren, row.annexes, turn, isSwept: true)
        }
        try setWaitDelay(nil, of: row.seq)
        let place = atTheFront(0, isGrouped: row.annexes.isGrouped)
        try move(row.seq, to: place)
        turn.moved(from: StateCode.waitingChildren, to: place.state)
        if row.annexes.isGrouped { try regroup(row.seq, from: nil, to: place, turn) }
        turn.emit(.waiting(from: .waitingChildren), StoredID(row))
        turn.wakesWork = true
    }

    // MARK: Rows

    /// Whether a job has a child of a status.
    func hasChild(of seq: Int64, _ status: ChildStatus) throws(StoreError) -> Bool {
        let find = try statement(SQL.findChild)
        find.bind(1, seq)
        find.bind(2, ParentRow.code(status))
        defer { find.reset() }
        return try find.step()
    }

    /// Stores how a child of a job stands.
    func save(
        _ child: JobKey, of seq: Int64, _ status: ChildStatus, _ value: String? = nil
    ) throws(StoreError) {
        let save = try statement(SQL.saveChild)
        save.bind(1, seq)
        save.bind(2, ParentRow.code(status))
        save.bind(3, child.queue.text)
        save.bind(4, child.id.text)
        save.bind(5, value)
        try save.run()
    }

    /// Forgets a child of a job, and tells whether it was one.
    @discardableResult
    func forget(_ child: JobKey, of seq: Int64) throws(StoreError) -> Bool {
        try changeChild(SQL.deleteChild, child, of: seq)
    }

    private func stopWaiting(of seq: Int64, for child: JobKey) throws(StoreError) -> Bool {
        try changeChild(SQL.deletePendingChild, child, of: seq)
    }

    private func changeChild(_ sql: String, _ child: JobKey, of seq: Int64) throws(StoreError) -> Bool {
        let delete = try statement(sql)
        delete.bind(1, seq)
        delete.bind(2, child.queue.text)
        delete.bind(3, child.id.text)
        return try delete.run() > 0
    }

    func setWaitDelay(_ delay: Int64?, of seq: Int64) throws(StoreError) {
        let update = try statement(SQL.setWaitDelay)
        update.bind(1, seq)
        update.bind(2, delay)
        try update.run()
    }

    /// Stores who waits for a job, in their order; none where it is nobody's child any more.
    ///
    /// - Parameter isNew: the job has just been stored, and there is nothing to be replaced.
    func save(_ parents: [JobParent], of seq: Int64, isNew: Bool = false) throws(StoreError) {
        if !isNew { try forgetParents(of: seq) }
        guard let first = parents.first else {
            if !isNew { try mark(seq, 0, keeping: JobAnnexes.allBits & ~JobAnnexes.parentBit) }
            return
        }
        let save = try statement(SQL.saveParent)
        save.bind(1, seq)
        save.bind(2, first.key.queue.text)
        save.bind(3, first.key.id.text)
        save.bind(4, ParentRow.code(first.onFailure))
        save.bind(5, parents.count > 1)
        try save.run()
        for (place, parent) in parents.enumerated().dropFirst() {
            let save = try statement(SQL.saveDependent)
            save.bind(1, seq)
            save.bind(2, Int64(place))
            save.bind(3, parent.key.queue.text)
            save.bind(4, parent.key.id.text)
            save.bind(5, ParentRow.code(parent.onFailure))
            try save.run()
        }
        try mark(seq, JobAnnexes.parentBit)
    }

    /// Forgets who waits for a job.
    func forgetParents(of seq: Int64) throws(StoreError) {
        for sql in [SQL.deleteParent, SQL.deleteDependents] {
            let delete = try statement(sql)
            delete.bind(1, seq)
            try delete.run()
        }
    }

    /// What becomes of an attempt whose job has children: it may come too early, or after the failure of one.
    func judged(
        _ settlement: Settlement, of seq: Int64, hasChildren: Bool, isCancelRequested: Bool
    ) throws(StoreError) -> Settlement {
        let id = settlement.lease.job.id
        func failed(_ reason: String) -> Settlement {
            Settlement(lease: settlement.lease, outcome: .failed(Failure(reason: reason)))
        }
        switch settlement.outcome {
        case .completed:
            guard hasChildren else { return settlement }
            if try hasChild(of: seq, .pending) { return failed(Failure.pendingChildren(id)) }
            return try hasChild(of: seq, .failed) ? failed(Failure.failedChild(id, by: "moveToFinished")) : settlement
        case .waitingForChildren:
            if hasChildren, try hasChild(of: seq, .failed) {
                return failed(Failure.failedChild(id, by: "moveToWaitingChildren"))
            }
            if hasChildren, !isCancelRequested, try hasChild(of: seq, .pending) { return settlement }
            return Settlement(lease: settlement.lease, outcome: .released, retention: settlement.retention)
        default: return settlement
        }
    }
}
