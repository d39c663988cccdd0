import Drover
import DroverSQLite

// snippet.types
struct FetchSales: JobPayload {
    static let name: JobName = "fetch-sales"
    static let queue: QueueName = "fetching"
    static let options = JobOptions(attempts: 5, backoff: .exponential(base: .seconds(1)))
    typealias Result = Int
    var branch: String
}

struct MakeReport: JobPayload {
    static let name: JobName = "make-report"
    static let queue: QueueName = "reports"
    var month: Int
}
// snippet.end

let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)
func sales(of branch: String) async throws -> Int { branch.utf8.count }
let branches = ["Lyon", "Turin", "Graz"]

// snippet.add
let report = Flow(MakeReport(month: 5)) {
    for branch in branches {
        Child(FetchSales(branch: branch), onFailure: .ignore)
    }
}
let key = try await jobs.add(report)
// snippet.end

// snippet.work
jobs.work(FetchSales.queue, concurrency: 4) { handlers in
    handlers.on(FetchSales.self) { fetch, _ in try await sales(of: fetch.branch) }
}
jobs.work(MakeReport.queue) { handlers in
    handlers.on(MakeReport.self) { report, context in
        let sales = try await context.childResults(as: Int.self)
        let missing = try await context.ignoredFailures()
        try await context.log("month \(report.month): \(sales.values.reduce(0, +)), \(missing.count) branches missing")
    }
}
// snippet.end

// snippet.running
struct Crawl: JobPayload {
    static let name: JobName = "crawl"
    static let queue: QueueName = "crawling"
    var pages: [String]
}

jobs.work(Crawl.queue) { handlers in
    handlers.on(Crawl.self) { crawl, context in
        try await context.step("children") {
            for page in crawl.pages {
                try await context.addChild(FetchSales(branch: page), onFailure: .continueParent)
            }
        }
        try await context.waitForChildren()  // ends the attempt until they are done
        let results = try await context.childResults(as: Int.self)
        try await context.log("\(results.count) pages")
    }
}
// snippet.end

// snippet.look
if let tree = try await jobs.flow(key, depth: 3, limit: 100) {
    print(tree.job?.state.rawValue ?? "gone", tree.counts.pending, "to wait for")
    for child in tree.children { print(child.key, child.child?.status.rawValue ?? "") }
}
// snippet.end

// snippet.act
_ = try await store.apply([
    JobCommand.detach(JobKey(queue: FetchSales.queue, id: JobID("42"))),  // it is nobody's child any more
    .removeUnprocessedChildren(key),
    .removeFlow(key),
])
// snippet.end

try await jobs.run()
