import Drover
import DroverSQLite

// snippet.types
struct Fetch: JobPayload {
    static let name: JobName = "fetch"
    static let queue: QueueName = "fetching"
    typealias Result = [Int]
    var month: Int
}

struct Sum: JobPayload {
    static let name: JobName = "sum"
    static let queue: QueueName = "sums"
    typealias Result = Int
    var column: String
}

struct Publish: JobPayload {
    static let name: JobName = "publish"
    static let queue: QueueName = "reports"
    var month: Int
}
// snippet.end

let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)
func rows(of month: Int) async throws -> [Int] { [month] }

// snippet.add
let graph = Graph {
    Node("fetch", Fetch(month: 5))
    Node("sales", Sum(column: "sales"), after: "fetch")
    Node("costs", Sum(column: "costs"), after: Need("fetch", onFailure: .failParent))
    Node("report", Publish(month: 5), after: "sales", Need("costs", onFailure: .ignore))
}
let keys = try await jobs.add(graph)  // ["fetch": fetching:…, "sales": sums:…, …]
// snippet.end

// snippet.work
jobs.work(Fetch.queue) { handlers in
    handlers.on(Fetch.self) { fetch, _ in try await rows(of: fetch.month) }
}
jobs.work(Sum.queue, concurrency: 2) { handlers in
    handlers.on(Sum.self) { sum, context in
        let rows = try await context.childResults(as: [Int].self)
        return rows.values.joined().reduce(0, +)
    }
}
// snippet.end
jobs.work(Publish.queue) { handlers in
    handlers.on(Publish.self) { publish, context in
        try await context.log("\(publish.month): \(try await context.childResults(as: Int.self).count) sums")
    }
}

// snippet.stored
if let fetched = keys["fetch"] {
    try await jobs.add(
        Graph { Node("returns", Sum(column: "returns"), after: Need(stored: fetched)) })
}
// snippet.end

// snippet.look
if let fetched = keys["fetch"], let job = try await store.jobs([fetched])[0] {
    for parent in job.parents { print(parent.key, parent.onFailure) }
}
// snippet.end

try await jobs.run()
