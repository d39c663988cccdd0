import DroverCore

/// Schedules as JSON for programs. The names of members are kept from version to version.
enum ScheduleJSON {
    /// A schedule on one line.
    static func object(_ record: ScheduleRecord) throws -> String {
        let schedule = record.schedule
        var cron: String?
        var zone: String?
        var every: Int64?
        var offset: Int64?
        switch schedule.timing {
        case .cron(let expression, let name): (cron, zone) = (expression, name)
        case .every(let length, let shift): (every, offset) = (length.wholeMilliseconds, shift?.wholeMilliseconds)
        }
        let catchUp =
            switch schedule.catchUp {
            case .skip: JSONWriter.string("skip")
            case .latest: JSONWriter.string("latest")
            case .all(let most): String(most)
            }
        func number(_ value: (some BinaryInteger)?) -> String { value.map { String($0) } ?? "null" }
        return JSONWriter.object([
            ("id", JSONWriter.string(schedule.key.id.text)),
            ("queue", JSONWriter.string(schedule.key.queue.text)),
            ("name", JSONWriter.string(schedule.name.text)),
            ("payload", schedule.payload.text),
            ("cron", JSONWriter.string(cron)),
            ("timeZone", JSONWriter.string(zone)),
            ("everyMs", number(every)),
            ("offsetMs", number(offset)),
            ("next", record.isPaused || record.hasEnded ? "null" : JSONWriter.instant(record.slot)),
            ("paused", String(record.isPaused)),
            ("ended", String(record.hasEnded)),
            ("jobs", String(record.iterations)),
            ("startsAt", JSONWriter.instant(schedule.startsAt)),
            ("endsAt", JSONWriter.instant(schedule.endsAt)),
            ("limit", number(schedule.limit)),
            ("jitterMs", String(schedule.jitter.wholeMilliseconds)),
            ("catchUp", catchUp),
            ("overlap", String(schedule.overlap == .allow)),
            ("options", try JobJSON.options(schedule.options)),
        ])
    }
}
