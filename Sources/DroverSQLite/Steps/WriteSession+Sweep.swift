import DroverCore

extension WriteSession {
    func sweep(_ sweep: Sweep, after cursor: PlaceCursor?, limit: Int) throws(StoreError) -> SweepReport {
        guard let turn = try turn(sweep.queue) else { return SweepReport(removed: 0, progress: .finished) }
        let limit = max(1, limit)
        switch sweep {
        case .drain(_, let delayed): return try drain(turn, delayed: delayed, limit: limit)
        case .clean(_, let state, let age):
            return try clean(turn, state, olderThan: age, after: cursor, limit: limit)
        case .obliterate(_, let force): return try obliterate(turn, force: force, limit: limit)
        }
    }

    private static func progress(_ looked: Int, _ limit: Int, _ cursor: PageCursor) -> SweepReport.Progress {
        looked == limit ? .more(cursor) : .finished
    }

    private func drain(_ turn: QueueTurn, delayed: Bool, limit: Int) throws(StoreError) -> SweepReport {
        var removed = 0
        let states =
            [StateCode.waiting, StateCode.prioritized, StateCode.grouped] + (delayed ? [StateCode.delayed] : [])
        let kept = try scheduleCount(turn)
        for state in states where removed < limit {
            // At most one job of each schedule stays.
            for row in try list(turn, state, after: nil, limit: limit - removed + kept) where removed < limit {
                if kept > 0, try isPending(row, turn) { continue }
                try freeDeduplication(of: row.record.key.id, row.annexes, turn)
                try remove(row.seq, state: state, row.annexes, turn, isSwept: true)
                removed += 1
            }
        }
        // What could go is gone, so the next step begins at the front again.
        return SweepReport(removed: removed, progress: Self.progress(removed, limit, PageCursor("0:0")))
    }

    private func clean(
        _ turn: QueueTurn, _ state: JobState, olderThan age: Duration, after cursor: PlaceCursor?, limit: Int
    ) throws(StoreError) -> SweepReport {
        let code = StateCode.code(state)
        let cut = Timestamp(milliseconds: now) + (.zero - age)
        var rows = try list(turn, code, after: cursor, limit: limit)
        // Finished jobs stand by their end: behind the first young one there is nothing to look at.
        if state.isFinished { rows = Array(rows.prefix { isOld($0, cut) }) }
        var removed = 0
        for row in rows where isOld(row, cut) {
            if try isPending(row, turn) { continue }
            try freeDeduplication(of: row.record.key.id, row.annexes, turn)
            try remove(row.seq, state: code, row.annexes, turn, isSwept: true)
            removed += 1
        }
        turn.emit(.cleaned(removed))
        let last = rows.last.map { PlaceCursor(rank: $0.rank, place: $0.place).page } ?? PageCursor("0:0")
        return SweepReport(removed: removed, progress: Self.progress(rows.count, limit, last))
    }

    private func isOld(_ row: JobRow, _ cut: Timestamp) -> Bool {
        switch row.record.state {
        case .completed, .failed: row.rank <= cut.milliseconds
        case .waiting, .prioritized, .grouped, .delayed, .waitingChildren:
            (row.record.processedAt ?? row.record.createdAt) <= cut
        case .active: (row.record.processedAt ?? row.record.createdAt) <= cut && row.rank <= askedAt
        }
    }

    private func list(
        _ turn: QueueTurn, _ state: Int64, after cursor: PlaceCursor?, limit: Int
    ) throws(StoreError) -> [JobRow] {
        let select = try statement(SQL.listJobsAscending)
        let cursor = cursor ?? .first
        select.bind(1, turn.number)
        select.bind(2, state)
        select.bind(3, cursor.rank)
        select.bind(4, cursor.place)
        select.bind(5, Int64(limit))
        defer { select.reset() }
        var rows: [JobRow] = []
        while try select.step() { rows.append(try JobRow(select, queue: turn.name, options: &options)) }
        return rows
    }

    private func obliterate(_ turn: QueueTurn, force: Bool, limit: Int) throws(StoreError) -> SweepReport {
        guard turn.isPaused else {
            return SweepReport(
                removed: 0, progress: .refused(ValidationError("obliterate", "the queue is not paused; pause it first"))
            )
        }
        guard force || turn.count(StateCode.active) == 0 else {
            return SweepReport(
                removed: 0,
                progress: .refused(
                    ValidationError("obliterate", "jobs of the queue are active; wait for them, or force it")))
        }
        let select = try statement(SQL.anyJob)
        select.bind(1, turn.number)
        select.bind(2, Int64(limit))
        var jobs: [(stored: StoredID, seq: Int64, state: Int64, annexes: JobAnnexes)] = []
        while try select.step() {
            let stored = StoredID(seq: select.int(0), own: select.optionalText(5))
            jobs.append((stored, select.int(0), select.int(1), JobAnnexes(select, logLines: 2, steps: 3)))
        }
        for job in jobs {
            try freeDeduplication(of: job.stored.id, job.annexes, turn)
            try remove(job.seq, state: job.state, job.annexes, turn, isSwept: true)
        }
        if jobs.count == limit { return SweepReport(removed: jobs.count, progress: .more(PageCursor("0:0"))) }
        try forget(turn)
        return SweepReport(removed: jobs.count, progress: .finished)
    }

    /// Removes what a queue leaves behind when its jobs are gone.
    private func forget(_ turn: QueueTurn) throws(StoreError) {
        for sql in [SQL.deleteEvents, SQL.deleteExchanges, SQL.deleteSchedules, SQL.deleteMove] {
            let delete = try statement(sql)
            delete.bind(1, turn.number)
            try delete.run()
        }
        if turn.maxLength != nil { try setMaxLength(nil, turn) }
        try forgetLimits(turn)
        try forgetGroups(turn)
        turn.obliterate()
    }
}

/// A place in a list of jobs, as text in cursors: rank and place.
struct PlaceCursor {
    var rank: Int64
    var place: Int64

    static let first = PlaceCursor(rank: .min, place: .min)
    static let last = PlaceCursor(rank: .max, place: .max)

    init(rank: Int64, place: Int64) {
        self.rank = rank
        self.place = place
    }

    init(_ cursor: PageCursor) throws(StoreError) {
        let parts = cursor.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let rank = Int64(parts[0]), let place = Int64(parts[1]) else {
            throw StoreError(.invalid, "\"\(cursor.text)\" is not a cursor of this store; use one that a page returned")
        }
        self.init(rank: rank, place: place)
    }

    var page: PageCursor { PageCursor("\(rank):\(place)") }
}
