import Drover
import DroverSQLite

struct Export: JobPayload {
    static let name: JobName = "export"
    static let queue: QueueName = "exports"
    var customer: Int
}

let store = SQLiteStore(path: "jobs.sqlite")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.add
var options = JobOptions()
options.group = "customer-7"
try await jobs.add(Export(customer: 7), options: options)
// snippet.end

// snippet.limits
_ = try await store.configure([
    .group("exports", nil, .concurrency(2)),
    .group("exports", "customer-7", .weight(5)),
    .group("exports", "customer-9", .rate(GroupRate(max: 10, per: .seconds(60)))),
    .group("exports", "customer-13", .pause),
])
// snippet.end

// snippet.look
let page = try await store.jobs(matching: JobQuery(queue: "exports", part: .groups), page: Page())
for group in page.groups { print(group.name, group.waiting, group.active) }
let waiting = try await store.jobs(matching: JobQuery(queue: "exports", part: .group("customer-7")), page: Page())
print(waiting.jobs.count)
// snippet.end
