import DroverCore
import RedisClient

/// The hash of a scheduler: BullMQ's fields (PROTOCOL 15.1), and `jitter`, `catchUp` and `overlap`, which its clients ignore
/// and drop when they store the scheduler anew.
enum ScheduleHash {
    /// The fields and their values in turn.
    static func fields(
        of schedule: Schedule, options coder: inout OptionsCoder, defaultOptions: String
    ) throws(StoreError) -> [String] {
        var fields = ["name", schedule.name.text]
        func add(_ name: String, _ value: Int64?) { if let value { fields += [name, String(value)] } }
        switch schedule.timing {
        case .cron(let pattern, let zone):
            fields += ["pattern", pattern]
            if let zone { fields += ["tz", zone] }
        case .every(let length, let offset):
            add("every", length.wholeMilliseconds)
            add("offset", offset?.wholeMilliseconds)
        }
        add("startDate", schedule.startsAt?.milliseconds)
        add("endDate", schedule.endsAt?.milliseconds)
        add("limit", schedule.limit.map(Int64.init))
        if schedule.payload != .emptyObject { fields += ["data", schedule.payload.text] }
        fields += ["opts", try coder.text(schedule.options) ?? defaultOptions]
        if schedule.jitter > .zero { add("jitter", schedule.jitter.wholeMilliseconds) }
        switch schedule.catchUp {
        case .skip: break
        case .latest: add("catchUp", -1)
        case .all(let most): add("catchUp", Int64(most))
        }
        if schedule.overlap == .forbid { add("overlap", 1) }
        return fields
    }

    /// The schedule of a hash, as fields and values in turn.
    static func record(
        _ key: ScheduleKey, slot: Timestamp, isPaused: Bool, _ items: [RESPValue], options coder: inout OptionsCoder
    ) -> ScheduleRecord {
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            if let name = items[index].text, let value = items[index + 1].text { fields[name] = value }
        }
        func number(_ name: String) -> Int64? {
            fields[name].flatMap { Int64($0) ?? Double($0).flatMap { Int64(exactly: $0.rounded(.towardZero)) } }
        }
        let timing: Schedule.Timing =
            if let length = number("every"), length > 0 {
                .every(.milliseconds(length), offset: number("offset").map(Duration.milliseconds))
            } else {
                .cron(fields["pattern"] ?? "", timeZone: fields["tz"])
            }
        var schedule = Schedule(
            key: key, timing: timing, name: JobName(stored: fields["name"] ?? ""),
            payload: JSONText(trusted: fields["data"] ?? "{}"),
            // Options that can't be read are those of nobody: the jobs themselves carry the text on.
            options: coder.options(fields["opts"]) ?? JobOptions())
        schedule.startsAt = number("startDate").map(Timestamp.init(milliseconds:))
        schedule.endsAt = number("endDate").map(Timestamp.init(milliseconds:))
        schedule.limit = number("limit").map(Int.init)
        schedule.jitter = .milliseconds(max(number("jitter") ?? 0, 0))
        switch number("catchUp") {
        case nil, 0: break
        case -1: schedule.catchUp = .latest
        case let most?: schedule.catchUp = .all(atMost: max(Int(most), 1))
        }
        if fields["overlap"] == "1" { schedule.overlap = .forbid }
        return ScheduleRecord(
            schedule: schedule, slot: slot, iterations: Int(number("ic") ?? 0), isPaused: isPaused,
            hasEnded: number("ended") == slot.milliseconds)
    }
}
