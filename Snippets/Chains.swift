import Drover
import DroverSQLite

// snippet.types
struct FetchPage: JobPayload {
    static let name: JobName = "fetch-page"
    static let queue: QueueName = "pages"
    static let options = JobOptions(attempts: 5, backoff: .exponential(base: .seconds(1)))
    struct Result: Codable, Sendable {
        var title: String
        var body: String
    }
    var url: String
}

struct Translate: JobPayload {
    static let name: JobName = "translate"
    static let queue: QueueName = "texts"
    typealias Result = String
    var text: String
}

struct SendPage: JobPayload {
    static let name: JobName = "send-page"
    static let queue: QueueName = "mails"
    var to: String
    var text = ""
}
// snippet.end

let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.chain
let chain = Chain(FetchPage(url: "https://example.org"))
    .then(Translate.self, mapping: ["text": "result.body"])
    .then(SendPage(to: "me@example.org"), mapping: ["text": "result"])
let key = try await jobs.add(chain)
// snippet.end

jobs.work(FetchPage.queue) { handlers in
    handlers.on(FetchPage.self) { page, _ in FetchPage.Result(title: page.url, body: "hello") }
}
jobs.work(Translate.queue) { handlers in
    handlers.on(Translate.self) { translate, _ in translate.text.uppercased() }
}
jobs.work(SendPage.queue) { handlers in
    handlers.on(SendPage.self) { page, _ in print("to \(page.to): \(page.text)") }
}
let running = Task { try await jobs.run() }
_ = try await jobs.result(of: key, within: .seconds(10))
jobs.stop()
try await running.value
