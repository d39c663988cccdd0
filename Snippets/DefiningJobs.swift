import Drover
import DroverSQLite
import Logging

// snippet.type
struct Resize: JobPayload {
    static let name: JobName = "resize"
    static let queue: QueueName = "images"
    static let options = JobOptions(
        attempts: 3, backoff: .exponential(base: .seconds(2)), timeout: .seconds(60))

    struct Result: Codable, Sendable { var bytes: Int }
    var path: String
    var width: Int
}
// snippet.end

// snippet.unique
struct Invoice: JobPayload {
    static let name: JobName = "invoice"
    static let queue: QueueName = "billing"
    static let unique: UniqueKey<Invoice>? = UniqueKey(\.customer, \.month)
    var customer: String
    var month: Int
}
// snippet.end

// snippet.middleware
struct Announce: JobMiddleware {
    func run(_ context: JobContext, next: JobHandler) async throws -> JSONText {
        context.logger.info("begins")
        let result = try await next(context)
        context.logger.info("ends")
        return result
    }
}
// snippet.end

let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.handler
var options = WorkerOptions()
options.middleware = [Announce()]
jobs.work(Resize.queue, concurrency: 4, options: options) { handlers in
    handlers.on(Resize.self) { image, context in
        try await context.log("attempt \(context.attempt) at \(image.path)")
        for step in 1...4 {
            try Task.checkCancellation()  // a timeout, a cancelled job, a shutdown
            try await context.progress(["percent": step * 25])
        }
        return Resize.Result(bytes: image.width * 75)
    }
}
// snippet.end

// snippet.raw
jobs.work("webhooks") { handlers in
    handlers.on("ping") { context in try JSONText(#"{"pong":true}"#) }
    handlers.otherwise { context in
        throw Unrecoverable("nobody here knows the job \(context.job.name)")
    }
}
// snippet.end

let running = Task { try await jobs.run() }

// snippet.add
let key = try await jobs.add(Resize(path: "cat.jpg", width: 640))
try await jobs.add(Resize(path: "dog.jpg", width: 640), delay: .seconds(60))

var later = Resize.options
later.priority = 10  // behind all jobs without a priority
later.tags = ["import"]
try await jobs.add(Resize(path: "old.jpg", width: 64), id: JobID("resize-old-64"), options: later)
// snippet.end

// snippet.many
let pings = (1...1000).map { _ in NewJob(name: "ping") }
for result in try await jobs.add(pings, to: "webhooks") {
    if case .refused(let problem) = result { print("not stored: \(problem)") }
}
// snippet.end

// snippet.result
let result = try await jobs.result(of: key, as: Resize.Result.self, within: .seconds(30))
print("\(result.bytes) bytes")
// snippet.end

jobs.stop()
try await running.value
