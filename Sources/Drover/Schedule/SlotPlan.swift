import DroverCore

/// Which slot of a schedule comes next.
///
/// Pure: it is told the time. Stores compare and keep slots; this alone knows cron expressions, zones and what is to
/// become of slots that passed.
struct SlotPlan: Sendable {
    /// How far back the search for slots that passed begins, in milliseconds. It doubles until it has found what it needs,
    /// so that a schedule that was still for a year is not gone through second by second.
    private static let shortestLook: Int64 = 60_000

    private enum Times {
        case cron(CronExpression, ScheduleZone)
        case every(Interval)
    }

    private let schedule: Schedule
    private let times: Times

    /// Reads the timing of a schedule.
    ///
    /// - Throws: `ValidationError` that says what is wrong with its expression or its zone.
    init(_ schedule: Schedule) throws(ValidationError) {
        self.schedule = schedule
        switch schedule.timing {
        case .every(let length, let offset):
            times = .every(Interval(every: length, offset: offset))
        case .cron(let text, let zone):
            let expression: CronExpression
            do { expression = try CronExpression(text, seed: schedule.key.id.text) } catch {
                throw ValidationError("cron expression", error.description)
            }
            // BullMQ's Python clients read a missing zone as UTC; those on Node take their host's.
            times = .cron(expression, try ScheduleZone(zone ?? "UTC"))
        }
    }

    /// Why BullMQ's clients would read its expression otherwise; nil for none, and for an interval.
    var cronParserProblem: String? {
        if case .cron(let expression, _) = times { expression.cronParserProblem } else { nil }
    }

    /// The plan to store the schedule by.
    ///
    /// - Throws: `ValidationError` when the schedule has no slot.
    func beginning(now: Timestamp) throws(ValidationError) -> SchedulePlan {
        guard case .cron = times else { return SchedulePlan(schedule) }
        let floor = schedule.startsAt.map { max(now, $0 + .milliseconds(-1)) } ?? now
        guard let slot = following(floor), isWithinEnd(slot) else {
            throw ValidationError("schedule", "\(schedule.key) has no time before its end; give another one")
        }
        return SchedulePlan(schedule, first: slot, due: due(slot))
    }

    /// The first slot after another one, whatever has passed; nil when there is none.
    func following(_ slot: Timestamp) -> Timestamp? {
        switch times {
        case .cron(let expression, let zone): expression.next(after: slot, in: zone)
        case .every(let interval): interval.following(slot)
        }
    }

    /// The slot after the pending one of a stored schedule, by what is to become of those that passed; nil when the
    /// schedule ends here.
    func next(after record: ScheduleRecord, now: Timestamp) -> Timestamp? {
        if let limit = schedule.limit, record.iterations >= limit { return nil }
        guard let next = candidate(after: record.slot, now: now), isWithinEnd(next) else { return nil }
        return next
    }

    /// When the job of a slot becomes due: up to the schedule's jitter later, always the same for the same slot; nil
    /// without one.
    func due(_ slot: Timestamp) -> Timestamp? {
        let jitter = schedule.jitter.wholeMilliseconds
        if jitter <= 0 { return nil }
        let hash = ScheduleHash.value("\(schedule.key.id):\(slot.milliseconds)", field: .second, item: 0)
        return slot + .milliseconds(Int64(hash % UInt64(jitter)))
    }

    private func isWithinEnd(_ slot: Timestamp) -> Bool { schedule.endsAt.map { slot <= $0 } ?? true }

    private func candidate(after slot: Timestamp, now: Timestamp) -> Timestamp? {
        switch schedule.catchUp {
        case .skip: upcoming(after: slot, now: now)
        case .latest: passed(after: slot, now: now, atMost: 1).first ?? upcoming(after: slot, now: now)
        case .all(let most): passed(after: slot, now: now, atMost: most).first ?? upcoming(after: slot, now: now)
        }
    }

    /// The first slot that is still to come.
    private func upcoming(after slot: Timestamp, now: Timestamp) -> Timestamp? {
        switch times {
        case .cron(let expression, let zone): expression.next(after: max(slot, now), in: zone)
        case .every(let interval): interval.next(after: slot, now: now, startsAt: nil).slot
        }
    }

    /// The last slots up to now, no more than `atMost` of them, in order.
    private func passed(after slot: Timestamp, now: Timestamp, atMost most: Int) -> ArraySlice<Timestamp> {
        if case .every(let interval) = times {
            let missed = (now - slot).wholeMilliseconds / interval.length
            if missed <= 0 { return [] }
            let first = max(missed - Int64(most), 0) + 1
            return [slot + .milliseconds(interval.length * first)]
        }
        var look = Self.shortestLook
        while true {
            let isWhole = (now - slot).wholeMilliseconds <= look
            let slots = slots(after: isWhole ? slot : now + .milliseconds(-look), through: now)
            if isWhole || slots.count >= most { return slots.suffix(most) }
            look *= 2
        }
    }

    private func slots(after begin: Timestamp, through end: Timestamp) -> [Timestamp] {
        var slots: [Timestamp] = []
        var last = begin
        while let next = following(last), next <= end {
            slots.append(next)
            last = next
        }
        return slots
    }
}
