import DroverCore

/// A place in the order of one state.
struct Place {
    var state: Int64
    var rank: Int64
    var place: Int64
    /// Of a job that waits in its group: its priority and its place there.
    var inGroup: (rank: Int64, place: Int64)?
}

extension WriteSession {
    /// Behind all jobs that are ready with the same priority.
    func atTheBack(_ priority: Int64, isGrouped: Bool = false) -> Place {
        if isGrouped { return inGroup(priority, isFirst: false) }
        return Place(
            state: priority > 0 ? StateCode.prioritized : StateCode.waiting, rank: priority, place: nextNumber())
    }

    /// Before all jobs that are ready with the same priority: places at the front are negative, and fall.
    func atTheFront(_ priority: Int64, isGrouped: Bool = false) -> Place {
        if isGrouped { return inGroup(priority, isFirst: true) }
        var place = atTheBack(priority)
        place.place = -place.place
        return place
    }

    private func inGroup(_ priority: Int64, isFirst: Bool) -> Place {
        let number = nextNumber()
        return Place(
            state: StateCode.grouped, rank: 0, place: number,
            inGroup: (priority, isFirst ? -number : number))
    }

    /// Among the delayed jobs, due after `wait` from now.
    func delayed(by wait: Duration) -> Place {
        Place(
            state: StateCode.delayed, rank: (Timestamp(milliseconds: now) + wait).milliseconds, place: nextNumber())
    }

    /// When a lease that begins now expires, as leases count it.
    func expiry(of lease: Duration) -> Int64 { (Timestamp(milliseconds: leaseNow) + max(.zero, lease)).milliseconds }

    /// The number of a job, when it exists in the queue.
    func seq(of id: JobID, _ turn: QueueTurn) throws(StoreError) -> Int64? {
        switch JobReference(id) {
        case .generated(let number): number
        case .own(let text): try findOwn(text, turn)
        }
    }

    /// The number of a job that came from another store with a generated id which was no free number here, so that it
    /// has its id as a text of its own.
    func movedSeq(of id: JobID, _ turn: QueueTurn) throws(StoreError) -> Int64? {
        if case .generated = JobReference(id) { return try findOwn(id.text, turn) }
        return nil
    }

    /// A job without its steps, when it exists in the queue.
    func job(_ id: JobID, _ turn: QueueTurn) throws(StoreError) -> JobRow? {
        if let seq = try seq(of: id, turn), let row = try job(seq, turn), row.record.key.id == id { return row }
        return try movedSeq(of: id, turn).flatMap { seq throws(StoreError) in try job(seq, turn) }
    }

    /// A job without its steps, by its number.
    func job(_ seq: Int64, _ turn: QueueTurn) throws(StoreError) -> JobRow? {
        let select = try statement(SQL.selectJob)
        select.bind(1, seq)
        guard try select.step() else { return nil }
        defer { select.reset() }
        guard select.int(25) == turn.number else { return nil }
        return try JobRow(select, queue: turn.name, options: &options)
    }

    /// Reads what steps of a job have recorded, and who waits for it, where there are any.
    func fillSteps(of row: inout JobRow) throws(StoreError) {
        if row.annexes.hasSteps { try row.fillSteps(by: statement(SQL.readSteps)) }
        if row.annexes.hasParent { try row.fillParents { sql throws(StoreError) in try statement(sql) } }
    }

    /// Removes a job with its log and its steps. Its parent waits for it no longer.
    ///
    /// - Parameters:
    ///   - isSwept: its queue is being swept: a parent in it goes with its last child.
    ///   - others: parents that go too, and hear nothing.
    func remove(
        _ seq: Int64, state: Int64, _ annexes: JobAnnexes, _ turn: QueueTurn, isSwept: Bool = false,
        with others: Set<JobKey> = []
    ) throws(StoreError) {
        if annexes.hasParent, let row = try job(seq, turn) {
            try tellParents(of: seq, StoredID(row), .gone(isSwept: isSwept), turn, but: others)
            try forgetParents(of: seq)
        }
        if annexes.isGrouped { try regroup(seq, from: state, to: nil, turn) }
        let delete = try statement(.deleteJob)
        delete.bind(1, seq)
        // In a sweep it may have gone with its last child.
        guard try delete.run() == 1 else { return }
        if annexes.hasChildren {
            let children = try statement(SQL.deleteChildren)
            children.bind(1, seq)
            try children.run()
        }
        if annexes.logLines > 0 {
            let logs = try statement(SQL.deleteLogs)
            logs.bind(1, seq)
            try logs.run()
        }
        if annexes.hasSteps { try removeSteps(of: seq) }
        turn.removed(state)
    }

    /// Removes what steps of a job have recorded.
    func removeSteps(of seq: Int64) throws(StoreError) {
        let delete = try statement(SQL.deleteSteps)
        delete.bind(1, seq)
        try delete.run()
    }
}
