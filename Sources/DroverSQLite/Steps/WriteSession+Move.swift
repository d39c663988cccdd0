import DroverCore

/// A queue's jobs arrive from another store, or leave for one.
extension WriteSession {
    /// Does one step of a move. What is not done is found out before anything is written.
    func move(_ step: MoveStep) throws(StoreError) -> MoveReply {
        let known = try turn(step.queue)
        let present = try known.flatMap { turn throws(StoreError) in
            try MoveCheckpoint.stored(statement(SQL.loadMove), queue: turn.number)
        }
        guard present?.mark == step.expected else { return .conflict(present) }
        var schedules: Set<ScheduleID> = []
        if let known {
            let refusals = try refusals(of: step, known, &schedules)
            if !refusals.isEmpty { return .refused(refusals) }
        }
        let turn = try turnCreating(step.queue)
        raiseSequence(above: step.raisedAbove)
        var report = MoveReport()
        for schedule in step.leavingSchedules { try leave(schedule, turn) }
        for job in step.leaving { try leave(job, turn, &report) }
        for schedule in step.arrivingSchedules where !schedules.contains(schedule.record.schedule.key.id) {
            try arrive(schedule, turn)
            report.schedules += 1
        }
        for job in step.jobs(withoutThoseOf: schedules) { try arrive(job, turn, &report) }
        try save(step.checkpoint, turn)
        return .done(report)
    }

    /// What may not arrive because another one is there, and which schedules are there already.
    private func refusals(
        of step: MoveStep, _ turn: QueueTurn, _ known: inout Set<ScheduleID>
    ) throws(StoreError) -> [MoveRefusal] {
        var refusals: [MoveRefusal] = []
        for schedule in step.arrivingSchedules {
            let id = schedule.record.schedule.key.id
            guard let present = try self.schedule(id, turn) else { continue }
            known.insert(id)
            if !schedule.isSame(as: present.schedule) { refusals.append(.schedule(id)) }
        }
        for whole in step.jobs(withoutThoseOf: known) {
            guard let present = try job(whole.record.key.id, turn), !whole.isSame(as: present.record) else { continue }
            refusals.append(.job(whole.record.key.id))
        }
        return refusals
    }

    private func save(_ checkpoint: MoveCheckpoint?, _ turn: QueueTurn) throws(StoreError) {
        let save = try statement(checkpoint == nil ? SQL.deleteMove : SQL.saveMove)
        save.bind(1, turn.number)
        if let checkpoint { save.bind(2, try checkpoint.text) }
        try save.run()
    }

    // MARK: Leaving

    private func leave(_ schedule: ScheduleStamp, _ turn: QueueTurn) throws(StoreError) {
        guard try self.schedule(schedule.id, turn)?.slot == schedule.slot else { return }
        let delete = try statement(SQL.deleteSchedule)
        delete.bind(1, turn.number)
        delete.bind(2, schedule.id.text)
        try delete.run()
    }

    private func leave(_ stamp: JobStamp, _ turn: QueueTurn, _ report: inout MoveReport) throws(StoreError) {
        guard let row = try job(stamp.id, turn), row.record.createdAt == stamp.createdAt else { return }
        let state = row.record.state
        if state == .active {
            report.held.append(stamp.id)
            return
        }
        turn.emit(.removed(from: state), StoredID(row))
        try freeDeduplication(of: row.record.key.id, row.annexes, turn)
        try remove(row.seq, state: StateCode.code(state), row.annexes, turn)
        report.removed += 1
    }

    // MARK: Arriving

    private func arrive(_ whole: WholeSchedule, _ turn: QueueTurn) throws(StoreError) {
        let save = try statement(SQL.saveSchedule)
        try ScheduleRow.bind(whole.record, to: save, queue: turn.number, options: &options)
        save.bind(18, whole.options)
        try save.run()
    }

    private func arrive(_ whole: WholeJob, _ turn: QueueTurn, _ report: inout MoveReport) throws(StoreError) {
        let record = whole.record
        if try job(record.key.id, turn) != nil {
            report.known += 1
            return
        }
        let place = arrivalPlace(of: record)
        if place.state == StateCode.delayed, !turn.wakesWork {
            turn.wakesWork = try isEarliest(place.rank, turn)
        } else if place.state <= StateCode.prioritized || place.state == StateCode.grouped {
            turn.wakesWork = true
        }
        let number = try number(for: record.key.id)
        let seq = number ?? nextNumber()
        let insert = try statement(SQL.restoreJob)
        insert.bind(1, seq)
        insert.bind(2, turn.number)
        insert.bind(3, place.state)
        insert.bind(4, place.rank)
        insert.bind(5, place.place)
        insert.bind(6, number == nil ? record.key.id.text : nil)
        insert.bind(7, record.name.text)
        insert.bind(8, Int64(record.priority))
        insert.bind(9, record.createdAt.milliseconds)
        insert.bind(10, whole.options)
        insert.bind(11, record.payload.text)
        insert.bind(12, Int64(record.attemptsMade))
        insert.bind(13, Int64(record.attemptsStarted))
        insert.bind(14, Int64(record.stalls))
        insert.bind(15, record.processedAt?.milliseconds)
        insert.bind(16, record.worker)
        insert.bind(17, record.result?.text)
        insert.bind(18, record.progress?.text)
        insert.bind(19, record.failedReason)
        insert.bind(20, record.deferredFailure)
        insert.bind(21, try StackTraces.encode(record.stacktrace))
        insert.bind(22, Int64(whole.log.count))
        insert.bind(23, !record.steps.isEmpty)
        try insert.run()
        for (line, text) in whole.log.enumerated() {
            let append = try statement(SQL.appendLog)
            append.bind(1, seq)
            append.bind(2, Int64(line) + 1)
            append.bind(3, text)
            try append.run()
        }
        if record.options.group != nil {
            try joinGroup(of: record.options, seq)
            try regroup(seq, from: nil, to: place, turn)
        }
        for step in record.steps { try save(step, of: seq) }
        if let moved = whole.deduplication { try arrive(moved, with: record.key.id, seq, turn) }
        turn.added(place.state)
        report.stored += 1
    }

    /// Behind those that are there, in the state in which the job comes.
    private func arrivalPlace(of record: JobRecord) -> Place {
        let arrival = record.arrivalState
        let state = StateCode.code(arrival)
        if arrival == .grouped { return atTheBack(Int64(record.priority), isGrouped: true) }
        let rank: Int64 =
            switch arrival {
            case .waiting, .active, .grouped: 0
            case .prioritized: Int64(record.priority)
            case .delayed: record.dueAt?.milliseconds ?? now
            case .waitingChildren: now
            case .completed, .failed: record.finishedAt?.milliseconds ?? now
            }
        return Place(state: state, rank: rank, place: nextNumber())
    }

    /// The number that a job with a generated id keeps, or nil when its id must be kept as a text: another queue of this
    /// file may have a job of that number, where the store that it comes from counts for each queue.
    func number(for id: JobID) throws(StoreError) -> Int64? {
        guard case .generated(let number) = JobReference(id), number <= lastNumber else { return nil }
        let select = try statement(SQL.selectJob)
        select.bind(1, number)
        defer { select.reset() }
        return try select.step() ? nil : number
    }
}

extension MoveCheckpoint {
    /// The checkpoint of a queue, by a fresh `load-move.sql`.
    static func stored(_ load: Statement, queue: Int64) throws(StoreError) -> MoveCheckpoint? {
        load.bind(1, queue)
        guard try load.step() else { return nil }
        defer { load.reset() }
        return try MoveCheckpoint(text: load.text(0))
    }
}
