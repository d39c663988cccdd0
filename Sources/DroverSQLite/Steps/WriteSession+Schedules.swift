import DroverCore

extension WriteSession {
    func put(_ plans: [SchedulePlan]) throws(StoreError) -> [PlanResult] {
        var results: [PlanResult] = []
        for plan in plans { results.append(try put(plan)) }
        return results
    }

    private func put(_ plan: SchedulePlan) throws(StoreError) -> PlanResult {
        var schedule = plan.schedule.inWholeMilliseconds
        if let problem = plan.problem { return .refused(problem) }
        let known = try turn(schedule.key.queue)
        let old = try known.flatMap { turn throws(StoreError) in try self.schedule(schedule.key.id, turn) }
        var pending: JobRow?
        if let known, let old { pending = try replaceable(old, known) }
        var slot = plan.first
        if case .every(let length, let offset) = schedule.timing {
            let isSame = old?.schedule.timing.interval == length
            let next = Interval(every: length, offset: offset).next(
                after: isSame ? old?.slot : nil, now: Timestamp(milliseconds: now), startsAt: schedule.startsAt)
            let keepsSlot = isSame && pending != nil
            slot = keepsSlot ? old?.slot : next.slot
            schedule.timing = .every(
                length, offset: keepsSlot ? offset ?? old?.schedule.timing.offset : .milliseconds(next.offset))
        }
        guard var slot else { return .refused(.missingSlot) }
        for step in 0...ScheduleRecord.mostSteps {
            let id = schedule.key.id.job(at: slot)
            guard let known, id != pending?.record.key.id, try findOwn(id.text, known) != nil else { break }
            guard let length = schedule.timing.interval, step < ScheduleRecord.mostSteps else { return .taken(slot) }
            slot = slot + length
        }
        if let endsAt = schedule.endsAt, slot > endsAt { return .refused(.beyondEnd) }
        let turn = try turnCreating(schedule.key.queue)
        let record = ScheduleRecord(
            schedule: schedule, slot: slot, iterations: old?.iterations ?? 1, isPaused: old?.isPaused ?? false)
        let save = try statement(SQL.saveSchedule)
        try ScheduleRow.bind(record, to: save, queue: turn.number, options: &options)
        try save.run()
        if record.isPaused { return .paused }
        if let pending { try removeSilently(pending, turn) }
        try addIteration(of: record, due: plan.due ?? slot, turn)
        return .stored(slot: slot)
    }

    func fire(_ firings: [Firing]) throws(StoreError) -> [FiringResult] {
        var results: [FiringResult] = []
        for firing in firings { results.append(try fire(firing)) }
        return results
    }

    private func fire(_ firing: Firing) throws(StoreError) -> FiringResult {
        guard let turn = try turn(firing.key.queue), var record = try schedule(firing.key.id, turn) else {
            return .notFound
        }
        guard record.slot == firing.slot, !record.isPaused, !record.hasEnded else { return .stale }
        guard let next = firing.next else {
            record.hasEnded = true
            try step(record, turn)
            return .ended
        }
        let id = firing.key.id.job(at: next)
        if try findOwn(id.text, turn) != nil {
            turn.emit(.duplicated, .own(id.text))
            return .duplicate(id)
        }
        record.slot = next
        record.iterations += 1
        try step(record, turn)
        try addIteration(of: record, due: firing.due ?? next, turn)
        return .fired(id)
    }

    func apply(_ commands: [ScheduleCommand]) throws(StoreError) -> [CommandResult] {
        var results: [CommandResult] = []
        for command in commands { results.append(try apply(command)) }
        return results
    }

    private func apply(_ command: ScheduleCommand) throws(StoreError) -> CommandResult {
        guard let turn = try turn(command.key.queue), var record = try schedule(command.key.id, turn) else {
            return .notFound
        }
        switch command {
        case .remove:
            try takeAwayDelayed(record, turn)
            let delete = try statement(SQL.deleteSchedule)
            delete.bind(1, turn.number)
            delete.bind(2, command.key.id.text)
            try delete.run()
        case .pause:
            if record.isPaused { return .done }
            try takeAwayDelayed(record, turn)
            record.isPaused = true
            try step(record, turn)
        case .resume(_, let first):
            if record.isPaused { return try resume(record, from: first, turn) }
        case .run:
            let schedule = record.schedule
            let job = NewJob(name: schedule.name, payload: schedule.payload, options: schedule.options)
            if let problem = try enqueueNew(job.withoutDeduplication, turn).problem { return .refused(problem) }
        }
        return .done
    }

    private func resume(
        _ paused: ScheduleRecord, from first: Timestamp?, _ turn: QueueTurn
    ) throws(StoreError) -> CommandResult {
        var record = paused
        record.isPaused = false
        if record.hasEnded {
            try step(record, turn)
            return .done
        }
        switch record.schedule.timing {
        case .cron:
            guard let first else { return .refused(.missingSlot) }
            record.slot = first
        case .every(let length, let offset):
            record.slot =
                Interval(every: length, offset: offset).next(
                    after: record.slot, now: Timestamp(milliseconds: now), startsAt: record.schedule.startsAt
                ).slot
        }
        try step(record, turn)
        // A job of that slot that waited or ran on takes the schedule further.
        if try findOwn(record.schedule.key.id.job(at: record.slot).text, turn) == nil {
            try addIteration(of: record, due: record.slot, turn)
        }
        return .done
    }

    // MARK: Parts

    /// Whether a job is the one by which its schedule goes on: it is neither removed by hand nor swept away.
    func isPending(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> Bool {
        guard let iteration = row.record.key.id.iteration, let record = try schedule(iteration.schedule, turn) else {
            return false
        }
        return record.slot == iteration.slot && !record.isPaused
    }

    /// Whether a schedule that there is made the job for one of its slots.
    func isOfSchedule(_ id: JobID, _ turn: QueueTurn) throws(StoreError) -> Bool {
        guard let iteration = id.iteration else { return false }
        return try schedule(iteration.schedule, turn) != nil
    }

    func scheduleCount(_ turn: QueueTurn) throws(StoreError) -> Int {
        let count = try statement(SQL.countSchedules)
        count.bind(1, turn.number)
        guard try count.step() else { return 0 }
        defer { count.reset() }
        return Int(count.int(0))
    }

    func schedule(_ id: ScheduleID, _ turn: QueueTurn) throws(StoreError) -> ScheduleRecord? {
        let select = try statement(SQL.selectSchedule)
        select.bind(1, turn.number)
        select.bind(2, id.text)
        guard try select.step() else { return nil }
        defer { select.reset() }
        return try ScheduleRow.read(select, queue: turn.name, options: &options)
    }

    private func step(_ record: ScheduleRecord, _ turn: QueueTurn) throws(StoreError) {
        let step = try statement(SQL.stepSchedule)
        step.bind(1, turn.number)
        step.bind(2, record.schedule.key.id.text)
        step.bind(3, record.slot.milliseconds)
        step.bind(4, Int64(record.iterations))
        step.bind(5, record.isPaused)
        step.bind(6, record.hasEnded)
        try step.run()
    }

    private func addIteration(of record: ScheduleRecord, due: Timestamp, _ turn: QueueTurn) throws(StoreError) {
        let schedule = record.schedule
        let job = NewJob(
            id: schedule.key.id.job(at: record.slot), name: schedule.name, payload: schedule.payload, start: .at(due),
            options: schedule.options)
        _ = try enqueue(job, turn)
    }

    /// The pending job of a schedule, where it may be replaced: it has not been claimed.
    private func replaceable(_ record: ScheduleRecord, _ turn: QueueTurn) throws(StoreError) -> JobRow? {
        guard let row = try job(record.schedule.key.id.job(at: record.slot), turn) else { return nil }
        return [.delayed, .waiting, .prioritized, .grouped].contains(row.record.state) ? row : nil
    }

    private func removeSilently(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) {
        try remove(row.seq, state: StateCode.code(row.record.state), row.annexes, turn)
    }

    private func takeAwayDelayed(_ record: ScheduleRecord, _ turn: QueueTurn) throws(StoreError) {
        guard let row = try job(record.schedule.key.id.job(at: record.slot), turn), row.record.state == .delayed else {
            return
        }
        turn.emit(.removed(from: .delayed), StoredID(row))
        try removeSilently(row, turn)
    }
}
