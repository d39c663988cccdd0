import Drover
import DroverSQLite

struct Reindex: JobPayload {
    static let name: JobName = "reindex"
    static let queue: QueueName = "search"
    var shop: Int
}

let store = SQLiteStore(path: "jobs.sqlite")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.simple
var options = JobOptions()
options.deduplication = .simple("shop:7")
let first = try await jobs.add(Reindex(shop: 7), options: options)
let second = try await jobs.add(Reindex(shop: 7), options: options)
print(second == first)  // true: the second one is not stored
// snippet.end

// snippet.debounce
options.deduplication = .debounce("shop:8", for: .seconds(10))
try await jobs.add(Reindex(shop: 8), delay: .seconds(10), options: options)
// snippet.end

// snippet.answers
let job = NewJob(name: "reindex", payload: try JSONText(#"{"shop":7}"#), options: options)
for result in try await jobs.add([job], to: "search") {
    if case .deduplicated(let holder) = result { print("the job \(holder) stands for it") }
}
// snippet.end

// snippet.look
let page = try await store.jobs(
    matching: JobQuery(queue: "search", part: .holding(deduplication: "shop:7")), page: Page())
if let hold = page.hold { print("the job \(hold.holder) holds it") }
_ = try await store.configure([.forgetDeduplication("search", id: "shop:7")])
// snippet.end

await store.close()
