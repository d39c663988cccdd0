public import DroverCore

extension SQLiteStore {
    /// Reads whole jobs or schedules, in one snapshot.
    public func movePage(_ query: MoveQuery, page: Page) async throws(StoreError) -> MovePage {
        let now = now
        return try await read("read jobs of \(query.queue) to move them") { session throws(StoreError) in
            let lastNumber = try session.lastNumber()
            guard let turn = try session.turn(query.queue) else {
                return MovePage(point: MovePoint(lastID: lastNumber))
            }
            let checkpoint = try MoveCheckpoint.stored(session.statement(SQL.loadMove), queue: turn.number)
            var found = MovePage(point: MovePoint(lastID: lastNumber, checkpoint: checkpoint))
            switch query.part {
            case .point: break
            case .jobs(let state): try session.fill(&found, with: state, page, turn, now: now)
            case .schedules: try session.fillWithSchedules(&found, page, turn)
            }
            return found
        }
    }

    /// Does one step of a move, in one transaction.
    public func move(_ step: MoveStep) async throws(StoreError) -> MoveReply {
        try await write { session throws(StoreError) in try session.move(step) }
    }
}

extension ReadSession {
    fileprivate func lastNumber() throws(StoreError) -> Int64 {
        let row = try statement(SQL.loadSequence)
        return try row.step() ? row.count(0) : 0
    }

    fileprivate func fill(
        _ found: inout MovePage, with state: JobState, _ page: Page, _ turn: QueueTurn, now: Timestamp
    ) throws(StoreError) {
        let cursor = try page.after.map(PlaceCursor.init) ?? .first
        let select = try statement(SQL.listJobsAscending)
        select.bind(1, turn.number)
        select.bind(2, StateCode.code(state))
        select.bind(3, cursor.rank)
        select.bind(4, cursor.place)
        select.bind(5, Int64(page.limit))
        var size = 0
        var last: PlaceCursor?
        while size < MovePage.largest, try select.step() {
            var row = try JobRow(select, queue: turn.name, options: &options)
            try fillSteps(of: &row)
            var job = try whole(row, stored: select.optionalText(15))
            if let id = row.annexes.deduplication { try fill(&job, deduplication: id, turn, now: now) }
            size += job.size
            found.jobs.append(job)
            last = PlaceCursor(rank: row.rank, place: row.place)
        }
        if found.jobs.count == page.limit || size >= MovePage.largest { found.next = last?.page }
    }

    private func whole(_ row: JobRow, stored text: String?) throws(StoreError) -> WholeJob {
        var job = WholeJob(record: row.record, options: text)
        // Such a record has a failure that nobody stored, with which it is handed out.
        if row.annexes.hasParent || row.annexes.hasChildren || row.record.state == .waitingChildren {
            job.obstacle = WholeJob.flowObstacle
        }
        if options.options(text) == nil { job.obstacle = "its stored options can't be read" }
        if row.annexes.logLines > 0 {
            let lines = try statement(SQL.readLogsAscending)
            lines.bind(1, row.seq)
            lines.bind(2, 0)
            lines.bind(3, Int64.max)
            while try lines.step() { job.log.append(lines.text(1)) }
        }
        return job
    }

    private func fill(
        _ job: inout WholeJob, deduplication id: String, _ turn: QueueTurn, now: Timestamp
    ) throws(StoreError) {
        let row = try DeduplicationRow.load(id, of: turn, statement(SQL.loadDedup))
        let isHeld = row.holder(now: now.milliseconds) == job.record.key.id
        job.deduplication = MovedDeduplication(
            id: id, isHeld: isHeld, remaining: isHeld ? row.remaining(now: now.milliseconds) : nil)
        if isHeld, row.next != nil { job.obstacle = MovedDeduplication.obstacle }
    }

    fileprivate func fillWithSchedules(
        _ found: inout MovePage, _ page: Page, _ turn: QueueTurn
    ) throws(StoreError) {
        let place = try page.after.map(ScheduleCursor.init)
        let select = try statement(SQL.listSchedulesAscending)
        select.bind(1, turn.number)
        select.bind(2, place?.slot ?? .min)
        select.bind(3, place?.id ?? "")
        select.bind(4, Int64(page.limit))
        while try select.step() {
            let record = try ScheduleRow.read(select, queue: turn.name, options: &options)
            found.schedules.append(WholeSchedule(record: record, options: select.optionalText(16)))
        }
        for index in found.schedules.indices {
            let record = found.schedules[index].record
            let key = JobKey(queue: turn.name, id: record.schedule.key.id.job(at: record.slot))
            guard let (row, text) = try stored(key, turn) else { continue }
            switch row.record.state {
            case .waiting, .prioritized, .grouped, .delayed:
                if !record.isPaused { found.schedules[index].pending = try whole(row, stored: text) }
            case .active: found.schedules[index].isRunning = true
            case .waitingChildren, .completed, .failed: break
            }
        }
        if found.schedules.count == page.limit {
            found.next = found.schedules.last.map { ScheduleCursor($0.record).page }
        }
    }

    /// A job with the text of its options.
    private func stored(_ key: JobKey, _ turn: QueueTurn) throws(StoreError) -> (JobRow, String?)? {
        guard let found = try job(key, turn) else { return nil }
        let select = try statement(SQL.selectJob)
        select.bind(1, found.seq)
        guard try select.step() else { return nil }
        return (found, select.optionalText(15))
    }
}
