import DroverCore

/// A stored schedule, to and from the columns that `select-schedule.sql` and its siblings name.
enum ScheduleRow {
    static func read(
        _ row: Statement, queue: QueueName, options coder: inout OptionsCoder
    ) throws(StoreError) -> ScheduleRecord {
        let id = ScheduleID(stored: row.text(0))
        guard let options = coder.options(row.optionalText(16)) else {
            throw StoreError(.corrupt, "the options of the schedule \(queue)/\(id) can't be read; store it anew")
        }
        let timing: Schedule.Timing =
            if let pattern = row.optionalText(5) {
                .cron(pattern, timeZone: row.optionalText(6))
            } else {
                .every(.milliseconds(max(row.int(7), 1)), offset: row.optionalInt(8).map(Duration.milliseconds))
            }
        var schedule = Schedule(
            key: ScheduleKey(queue: queue, id: id), timing: timing, name: JobName(stored: row.text(15)),
            payload: JSONText(trusted: row.text(17)), options: options)
        schedule.startsAt = row.optionalInt(9).map(Timestamp.init(milliseconds:))
        schedule.endsAt = row.optionalInt(10).map(Timestamp.init(milliseconds:))
        schedule.limit = row.optionalInt(11).map(Int.init)
        schedule.jitter = .milliseconds(row.int(12))
        schedule.catchUp =
            switch row.int(13) {
            case 0: .skip
            case -1: .latest
            case let most: .all(atMost: max(Int(most), 1))
            }
        schedule.overlap = row.bool(14) ? .forbid : .allow
        return ScheduleRecord(
            schedule: schedule, slot: Timestamp(milliseconds: row.int(1)), iterations: Int(row.count(2)),
            isPaused: row.bool(3), hasEnded: row.bool(4))
    }

    /// Binds all inputs of `save-schedule.sql`.
    static func bind(
        _ record: ScheduleRecord, to save: Statement, queue: Int64, options coder: inout OptionsCoder
    ) throws(StoreError) {
        let schedule = record.schedule
        save.bind(1, queue)
        save.bind(2, schedule.key.id.text)
        save.bind(3, record.slot.milliseconds)
        save.bind(4, Int64(record.iterations))
        save.bind(5, record.isPaused)
        save.bind(6, record.hasEnded)
        switch schedule.timing {
        case .cron(let pattern, let zone):
            save.bind(7, pattern)
            save.bind(8, zone)
            save.bind(9, nil as Int64?)
            save.bind(10, nil as Int64?)
        case .every(let length, let offset):
            save.bind(7, nil as String?)
            save.bind(8, nil as String?)
            save.bind(9, length.wholeMilliseconds)
            save.bind(10, offset?.wholeMilliseconds)
        }
        save.bind(11, schedule.startsAt?.milliseconds)
        save.bind(12, schedule.endsAt?.milliseconds)
        save.bind(13, schedule.limit.map(Int64.init))
        save.bind(14, schedule.jitter.wholeMilliseconds)
        switch schedule.catchUp {
        case .skip: save.bind(15, 0)
        case .latest: save.bind(15, -1)
        case .all(let most): save.bind(15, Int64(most))
        }
        save.bind(16, schedule.overlap == .forbid)
        save.bind(17, schedule.name.text)
        save.bind(18, try coder.text(schedule.options))
        save.bind(19, schedule.payload.text)
    }
}
