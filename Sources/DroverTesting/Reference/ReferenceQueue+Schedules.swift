package import DroverCore

/// `put`, `fire` and the commands of schedules.
extension ReferenceQueue {
    package mutating func put(_ plan: SchedulePlan, now: Timestamp) -> PlanResult {
        var schedule = plan.schedule.inWholeMilliseconds
        if let problem = plan.problem { return .refused(problem) }
        let old = schedules[schedule.key.id]
        let pending = old.flatMap { replaceable($0) }
        let keepsInterval = old.map { $0.schedule.timing.interval == schedule.timing.interval } ?? false
        var slot: Timestamp
        switch schedule.timing {
        case .cron:
            guard let first = plan.first else { return .refused(.missingSlot) }
            slot = first
            if isTaken(schedule.key.id, slot, but: pending) { return .taken(slot) }
        case .every(let length, let offset):
            let next = Interval(every: length, offset: offset)
                .next(after: keepsInterval ? old?.slot : nil, now: now, startsAt: schedule.startsAt)
            slot = next.slot
            if let old, keepsInterval, pending != nil {
                slot = old.slot
                schedule.timing = .every(length, offset: offset ?? old.schedule.timing.offset)
            } else {
                schedule.timing = .every(length, offset: .milliseconds(next.offset))
            }
            var steps = 0
            while isTaken(schedule.key.id, slot, but: pending) {
                if steps == ScheduleRecord.mostSteps { return .taken(slot) }
                slot = slot + length
                steps += 1
            }
        }
        if let endsAt = schedule.endsAt, slot > endsAt { return .refused(.beyondEnd) }
        let record = ScheduleRecord(
            schedule: schedule, slot: slot, iterations: old?.iterations ?? 1, isPaused: old?.isPaused ?? false)
        schedules[schedule.key.id] = record
        if record.isPaused { return .paused }
        if let pending { remove(pending) }
        addIteration(of: record, due: plan.due ?? slot, now: now)
        return .stored(slot: slot)
    }

    package mutating func fire(_ firing: Firing, now: Timestamp) -> FiringResult {
        guard var record = schedules[firing.key.id] else { return .notFound }
        guard record.slot == firing.slot, !record.isPaused, !record.hasEnded else { return .stale }
        guard let next = firing.next else {
            schedules[firing.key.id]?.hasEnded = true
            return .ended
        }
        let id = firing.key.id.job(at: next)
        if jobs[id] != nil {
            note(.duplicated, of: id)
            return .duplicate(id)
        }
        record.slot = next
        record.iterations += 1
        schedules[firing.key.id] = record
        addIteration(of: record, due: firing.due ?? next, now: now)
        return .fired(id)
    }

    package mutating func apply(_ command: ScheduleCommand, now: Timestamp) -> CommandResult {
        guard var record = schedules[command.key.id] else { return .notFound }
        switch command {
        case .remove:
            takeAwayDelayed(record)
            schedules[command.key.id] = nil
        case .pause:
            if !record.isPaused { takeAwayDelayed(record) }
            schedules[command.key.id]?.isPaused = true
        case .resume(_, let first):
            if !record.isPaused { return .done }
            if record.hasEnded {
                schedules[command.key.id]?.isPaused = false
                return .done
            }
            switch record.schedule.timing {
            case .cron:
                guard let first else { return .refused(.missingSlot) }
                record.slot = first
            case .every(let length, let offset):
                record.slot =
                    Interval(every: length, offset: offset)
                    .next(after: record.slot, now: now, startsAt: record.schedule.startsAt).slot
            }
            record.isPaused = false
            schedules[command.key.id] = record
            // A job of that slot that waited or ran on takes the schedule further.
            if jobs[command.key.id.job(at: record.slot)] == nil {
                addIteration(of: record, due: record.slot, now: now)
            }
        case .run:
            let job = NewJob(
                name: record.schedule.name, payload: record.schedule.payload, options: record.schedule.options)
            if let problem = enqueue(job.withoutDeduplication, now: now).problem { return .refused(problem) }
        }
        return .done
    }

    /// Whether a job is the one by which its schedule goes on: it is neither removed by hand nor swept away.
    func isPending(_ id: JobID) -> Bool {
        guard let iteration = id.iteration, jobs[id] != nil else { return false }
        return schedules[iteration.schedule].map { $0.slot == iteration.slot && !$0.isPaused } ?? false
    }

    /// Whether the slot has come and nothing will take the schedule further.
    func isOverdue(_ record: ScheduleRecord, now: Timestamp) -> Bool {
        if record.isPaused || record.hasEnded || record.slot > now { return false }
        return jobs[record.schedule.key.id.job(at: record.slot)]?.record.state.isFinished ?? true
    }

    private mutating func addIteration(of record: ScheduleRecord, due: Timestamp, now: Timestamp) {
        let schedule = record.schedule
        let id = schedule.key.id.job(at: record.slot)
        let job = NewJob(
            id: id, name: schedule.name, payload: schedule.payload, start: .at(due), options: schedule.options)
        store(job, as: id, now: now)
    }

    /// The pending job of a schedule, where it may be replaced: it has not been claimed.
    private func replaceable(_ record: ScheduleRecord) -> JobID? {
        let id = record.schedule.key.id.job(at: record.slot)
        guard let state = jobs[id]?.record.state, [.delayed, .waiting, .prioritized, .grouped].contains(state) else {
            return nil
        }
        return id
    }

    private func isTaken(_ schedule: ScheduleID, _ slot: Timestamp, but pending: JobID?) -> Bool {
        let id = schedule.job(at: slot)
        return id != pending && jobs[id] != nil
    }

    private mutating func takeAwayDelayed(_ record: ScheduleRecord) {
        let id = record.schedule.key.id.job(at: record.slot)
        guard jobs[id]?.record.state == .delayed else { return }
        remove(id)
        note(.removed(from: .delayed), of: id)
    }
}
