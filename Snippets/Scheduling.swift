import Drover
import DroverSQLite

struct SendDigest: JobPayload {
    static let name: JobName = "digest"
    static let queue: QueueName = "mail"
}

struct Poll: JobPayload {
    static let name: JobName = "poll"
    static let queue: QueueName = "feeds"
    var feed: String
}

struct Report: JobPayload {
    static let name: JobName = "report"
    static let queue: QueueName = "reports"
}

let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)
jobs.work(SendDigest.queue) { $0.on(SendDigest.self) { _, context in print("digest \(context.key.id)") } }
jobs.work(Poll.queue) { $0.on(Poll.self) { poll, _ in print("polling \(poll.feed)") } }
jobs.work(Report.queue) { $0.on(Report.self) { _, _ in print("report") } }

// snippet.declare
jobs.schedule("digest", cron: "30 6 * * MON-FRI", timeZone: "America/Toronto") { SendDigest() }
jobs.schedule("feeds", every: .seconds(15)) { Poll(feed: "https://example.com/feed") }
// snippet.end

// snippet.options
var options = ScheduleOptions()
options.catchUp = .latest  // after a stop, run the last slot that was missed
options.overlap = .forbid  // never two at once
options.jitter = .seconds(30)
jobs.schedule("monthly", cron: "0 2 1 * *", options: options) { Report() }
// snippet.end

let running = Task { try await jobs.run() }

// snippet.put
let id = ScheduleKey(queue: Poll.queue, id: try ScheduleID("customer-7"))
let next = try await jobs.put(
    Schedule(
        key: id, timing: .every(.seconds(3600)), name: Poll.name,
        payload: try JSONText(#"{"feed":"https://example.org/feed"}"#)))
print("next at \(next?.milliseconds ?? 0) ms since 1970")

_ = try await jobs.store.apply([ScheduleCommand.run(id)])  // a job now, beside its times
_ = try await jobs.store.apply([ScheduleCommand.pause(id)])
try await jobs.resume(id)
_ = try await jobs.store.apply([ScheduleCommand.remove(id)])
// snippet.end

// snippet.times
let expression = try CronExpression("30 6 * * MON-FRI")
let zone = try ScheduleZone("America/Toronto")
let newYear2026 = Timestamp(milliseconds: 1_767_225_600_000)
if let first = expression.next(after: newYear2026, in: zone) { print("then at \(first)") }
// snippet.end

jobs.stop()
try await running.value
