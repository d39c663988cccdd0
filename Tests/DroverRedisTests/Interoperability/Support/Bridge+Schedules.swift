import Drover
import DroverCore
import Foundation
import RedisTesting

/// Storing and looking at schedules, by either client.
extension Bridge {
    /// Calls a method of the Python client's queue.
    @discardableResult
    func call(_ method: String, _ arguments: [JSON]) async throws -> JSON {
        try await ask("call", ["method": .string(method), "args": .list(arguments)])
    }

    /// Stores a schedule of jobs called `tick`, by a rule with the public names of BullMQ's options.
    func schedule(
        _ party: Party, _ id: String, _ rule: [String: JSON], data: JSON = [:], options: [String: JSON] = [:]
    ) async throws {
        switch party {
        case .python:
            try await call("upsertJobScheduler", [.string(id), .object(rule), "tick", data, .object(options)])
        case .swift:
            let timing: Schedule.Timing =
                if let every = rule["every"]?.integer {
                    .every(.milliseconds(every), offset: rule["offset"]?.integer.map { .milliseconds($0) })
                } else {
                    .cron(rule["pattern"]?.string ?? "", timeZone: rule["tz"]?.string)
                }
            var schedule = Schedule(
                key: ScheduleKey(queue: queue, id: try ScheduleID(id)), timing: timing, name: "tick",
                payload: try JSONText(data.text),
                options: try JSONDecoder().decode(JobOptions.self, from: Data(JSON.object(options).text.utf8)))
            schedule.limit = rule["limit"]?.integer
            try await JobService(store: store).put(schedule)
        }
    }

    /// An offset of an interval whose next time is half of the interval away, so that none passes within a test.
    func farOffset(every: Int) async throws -> JSON { .integer((try await now() + every / 2) % every) }

    func removeSchedule(_ party: Party, _ id: String) async throws {
        switch party {
        case .python: try await call("removeJobScheduler", [.string(id)])
        case .swift:
            let key = ScheduleKey(queue: queue, id: ScheduleID(stored: id))
            let answer = try await store.apply([ScheduleCommand.remove(key)])
            if answer != [.done] { throw Surprise(description: "\(answer)") }
        }
    }

    /// The schedule as Drover reads it.
    func scheduleRecord(_ id: String) async throws -> ScheduleRecord? {
        let query = ScheduleQuery(queue: queue, part: .ids([ScheduleID(stored: id)]))
        return try await store.schedules(query, page: Page()).schedules.first
    }

    /// The hash of a schedule.
    func schedulerHash(_ id: String) async throws -> [String: String] { try await hash("repeat:" + id) }

    /// How many jobs a schedule has made by its own count, and how many jobs there are, both of one moment: a worker of
    /// theirs that is asked to end may go on for a while.
    func made(by id: String) async throws -> (counted: Int?, stored: Int?) {
        let script = """
            local stored = redis.call('LLEN', KEYS[2]) + redis.call('LLEN', KEYS[3])
            for i = 4, #KEYS do stored = stored + redis.call('ZCARD', KEYS[i]) end
            return {tonumber(redis.call('HGET', KEYS[1], 'ic')), stored}
            """
        let places = ["wait", "active", "delayed", "prioritized", "completed", "failed"]
        let answer = try await raw(
            ["EVAL", script, String(1 + places.count), key("repeat:" + id)] + places.map { key($0) })
        return (answer[0].integer, answer[1].integer)
    }
}
