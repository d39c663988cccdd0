import DroverCore

/// Schedules.
extension ModelGenerator {
    mutating func scheduleOperation() -> ModelOperation {
        switch below(16) {
        case ..<5: .put((0..<1 + few(3)).map { _ in plan() })
        case ..<10: .fire((0..<1 + few(3)).map { _ in firing() })
        case ..<13: .applyToSchedules((0..<1 + few(3)).map { _ in scheduleCommand() })
        case ..<15: .schedules(ScheduleQuery(queue: name(), part: part()), limit: 1 + below(4), order())
        default: turnSchedules()
        }
    }

    /// Takes in what the first store answered.
    mutating func observeSchedules(_ operation: ModelOperation, _ answer: ModelAnswer) {
        switch (operation, answer) {
        case (.advance(let span), _): elapsed += span
        case (.put(let plans), .planned(let results)):
            for case (let plan, .stored(let slot)) in zip(plans, results) {
                let key = plan.schedule.key
                slots[key] = slot
                remember(ModelJobName(shown: JobKey(queue: key.queue, id: .iteration(of: key.id, at: slot))))
            }
        case (.fire(let firings), .fired(let results)):
            for case (let firing, .fired(let id)) in zip(firings, results) {
                if one(2) { slots[firing.key] = firing.next }
                remember(ModelJobName(shown: JobKey(queue: firing.key.queue, id: id)))
            }
        case (.applyToSchedules(let commands), .commanded(let results)):
            for case (let command, .done) in zip(commands, results) {
                guard case .run(let serial) = command.action, let queue = ModelQueues.index(command.key.queue) else {
                    continue
                }
                remember(.generated(queue: queue, serial: serial))
            }
        default: return
        }
    }

    /// The id of a job as of a schedule's slot.
    mutating func iterationID() -> JobID { .iteration(of: pick(ModelSchedules.ids), at: instant()) }

    // MARK: Operations

    /// A plan as one before, with the times of one before, or another one.
    private mutating func plan() -> SchedulePlan {
        let key = scheduleKey()
        let known = plans[key]
        if one(4), let known { return known }
        var plan = newPlan(key)
        if one(3), let known {
            plan.schedule.timing = known.schedule.timing
            plan.first = known.first
        }
        plans[key] = plan
        return plan
    }

    private mutating func newPlan(_ key: ScheduleKey) -> SchedulePlan {
        var options = pick(ModelValues.options)
        options.priority = pick([0, 0, 0, 1, 2])
        options.lifo = one(6)
        var schedule = Schedule(
            key: key, timing: timing(), name: pick(["tick", "mail"]), payload: pick(ModelValues.texts),
            options: options)
        if one(6) { schedule.startsAt = instant() }
        if one(6) { schedule.endsAt = instant() + .seconds(pick([0, 60, 60])) }
        if one(5) { schedule.limit = one(6) ? 0 : 1 + below(3) }
        if one(5) { schedule.jitter = one(6) ? .seconds(-1) : pick([.seconds(5), .microseconds(1500)]) }
        if one(3) { schedule.catchUp = one(2) ? .latest : .all(atMost: one(10) ? 0 : 3) }
        if one(4) { schedule.overlap = .forbid }
        return SchedulePlan(schedule, first: one(15) ? nil : instant(), due: one(5) ? instant() : nil)
    }

    private mutating func timing() -> Schedule.Timing {
        if one(2) {
            return .cron(pick(["* * * * *", "0 6 * * MON"]), timeZone: pick([nil, "UTC", "America/Toronto"]))
        }
        // Spans are taken in whole milliseconds, upwards: the second is the first.
        let length: Duration = pick([.seconds(10), .microseconds(9_999_500), .seconds(10), .seconds(7), .seconds(60)])
        return .every(length, offset: pick([nil, nil, .zero, .seconds(3), .microseconds(500), .seconds(8)]))
    }

    private mutating func firing() -> ModelFiring {
        let key = scheduleKey()
        var slot = ModelSlot.current
        if one(4) { slot = .at(one(2) ? instant() : slots[key] ?? instant()) }
        return ModelFiring(
            key: key, slot: slot, next: one(10) ? nil : instant(), due: one(5) ? instant() : nil)
    }

    private mutating func scheduleCommand() -> ModelScheduleCommand {
        let key = scheduleKey()
        switch below(10) {
        case ..<2: return ModelScheduleCommand(key: key, action: .remove)
        case ..<5: return ModelScheduleCommand(key: key, action: .pause)
        case ..<8: return ModelScheduleCommand(key: key, action: .resume(from: one(6) ? nil : instant()))
        default:
            jobSerial += 1
            return ModelScheduleCommand(key: key, action: .run(serial: jobSerial))
        }
    }

    private mutating func part() -> ScheduleQuery.Part {
        switch below(4) {
        case ..<2: .all
        case 2: .ids((0..<1 + below(4)).map { _ in pick(ModelSchedules.ids) })
        default: .overdue
        }
    }

    private mutating func turnSchedules() -> ModelOperation {
        let kept = below(6)
        let part: ScheduleQuery.Part = [.all, .overdue, .all, .all, .all, .ids(ModelSchedules.ids)][kept]
        return .turnSchedules(
            ScheduleQuery(queue: ModelQueues.name(kept % ModelQueues.count), part: part), limit: 1 + below(2),
            kept < 3 ? .ascending : .descending, kept: kept)
    }

    // MARK: Values

    private mutating func scheduleKey() -> ScheduleKey { ScheduleKey(queue: name(), id: pick(ModelSchedules.ids)) }

    /// An instant around the present one, mostly of whole tens of seconds, so that slots meet.
    private mutating func instant() -> Timestamp {
        let now = Timestamp(milliseconds: elapsed.wholeMilliseconds)
        if one(6) { return now + .milliseconds(pick([0, 0, 1, -1])) }
        let tens = Timestamp(milliseconds: now.milliseconds / 10_000 * 10_000)
        return tens + .seconds(pick([-60, -20, -10, 0, 0, 10, 10, 20, 30, 60]))
    }
}
