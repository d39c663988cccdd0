import Drover
import DroverCore

extension ServeConfiguration {
    /// Reads a schedule; nil when it can't be one, which is reported.
    static func schedule(
        _ id: String, _ section: ConfigurationSection, queues: [QueueConfiguration]
    ) -> DroverCore.Schedule? {
        let queue = section.value("queue") { text in
            if let queue = queues.first(where: { $0.name.text == text }) { return queue }
            let names = queues.map(\.name.text)
            let advice = Nearest.word(to: text, among: names).map { "did you mean \($0)?" } ?? "name it under queues"
            throw ValidationError("queue", "there is no queue \(ValidationError.quote(text)); \(advice)")
        }
        if queue == nil, !section.has("queue") {
            section.report("it has no queue; say which queue its jobs go to: queue: NAME")
        }
        let job = section.value("job") { try JobName($0) }
        if job == nil, !section.has("job") { section.report("it has no job; say what its jobs are called: job: NAME") }
        let timing = timing(of: id, section)
        let payload = section.json("data") ?? .emptyObject
        let details = Details(section)
        section.finish()
        guard let queue, let job, let timing else { return nil }
        do {
            var schedule = DroverCore.Schedule(
                key: ScheduleKey(queue: queue.name, id: try ScheduleID(id)), timing: timing, name: job,
                payload: payload, options: queue.defaults.options)
            details.apply(to: &schedule)
            if let problem = schedule.problem { throw problem }
            return schedule
        } catch {
            section.report((error as? ValidationError)?.description ?? "\(error)")
            return nil
        }
    }

    private static func timing(of id: String, _ section: ConfigurationSection) -> DroverCore.Schedule.Timing? {
        let zone = section.value("time-zone") { text in
            _ = try ScheduleZone(text)
            return text
        }
        let cron = section.value("cron") { text in
            _ = try CronExpression(text, seed: id)
            return text
        }
        let every = section.duration("every", atLeast: .milliseconds(1))
        let offset = section.duration("offset")
        switch (section.has("cron"), section.has("every")) {
        case (true, true): section.report("cron", "give cron or every, one of them")
        case (false, false): section.report("it has no times; give cron: \"30 2 * * *\" or every: 1h")
        case (true, false): if section.has("offset") { section.report("offset", "it goes with every, not with cron") }
        case (false, true):
            if section.has("time-zone") {
                section.report("time-zone", "it goes with cron; an interval has no time zone")
            }
        }
        if let every { return .every(every, offset: offset) }
        return cron.map { .cron($0, timeZone: zone ?? "UTC") }
    }

    /// What a schedule may say beside its times.
    private struct Details {
        var startsAt, endsAt: Timestamp?
        var limit: Int?
        var jitter: Duration?
        var expiresAfter: Duration?
        var catchUp: DroverCore.Schedule.CatchUp?
        var overlap: DroverCore.Schedule.Overlap?

        init(_ section: ConfigurationSection) {
            startsAt = section.value("from", InstantArgument.parse)
            endsAt = section.value("until", InstantArgument.parse)
            limit = section.integer("limit", in: 1...Int(Int32.max))
            jitter = section.duration("jitter")
            expiresAfter = section.duration("expires-after", atLeast: .milliseconds(1))
            catchUp = section.value("catch-up", CatchUpArgument.parse)
            overlap = section.word("overlap", ["allow": .allow, "forbid": .forbid])
        }

        func apply(to schedule: inout DroverCore.Schedule) {
            schedule.startsAt = startsAt
            schedule.endsAt = endsAt
            schedule.limit = limit
            schedule.jitter = jitter ?? .zero
            schedule.options.expiresAfter = expiresAfter
            schedule.catchUp = catchUp ?? .skip
            schedule.overlap = overlap ?? .allow
        }
    }
}
