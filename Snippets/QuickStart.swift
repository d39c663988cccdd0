import Drover
import DroverSQLite

struct SendWelcome: JobPayload {
    static let name: JobName = "welcome"
    static let queue: QueueName = "email"
    static let options = JobOptions(attempts: 3, backoff: .exponential(base: .seconds(2)))
    var userID: String
}

struct SendDigest: JobPayload {
    static let name: JobName = "digest"
    static let queue: QueueName = "email"
}

let store = SQLiteStore(path: "quickstart.sqlite")
try await store.prepare()

let jobs = JobService(store: store)
jobs.work("email", concurrency: 5) { handlers in
    handlers.on(SendWelcome.self) { welcome, context in
        print("Welcome, user \(welcome.userID)! Attempt \(context.attempt).")  // a real one sends a mail
    }
    handlers.on(SendDigest.self) { _, _ in print("The digest of this night.") }
}
jobs.schedule("nightly", cron: "0 2 * * *") { SendDigest() }  // each night at two, UTC

try await jobs.add(SendWelcome(userID: "42"), delay: .seconds(1))
// Ctrl-C ends this at once, with the process. A stop in order: see the guide "Running in Production".
try await jobs.run()
