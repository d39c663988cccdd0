import Drover
import DroverSQLite

struct SendWelcome: JobPayload {
    static let name: JobName = "welcome"
    static let queue: QueueName = "email"
    static let options = JobOptions(attempts: 3, backoff: .exponential(base: .seconds(2)))
    var userID: String
}

let store = SQLiteStore(path: "quickstart.sqlite")
try await store.prepare()

let jobs = JobService(store: store)
jobs.work(SendWelcome.queue, concurrency: 5) { handlers in
    handlers.on(SendWelcome.self) { welcome, context in
        print("Welcome, user \(welcome.userID)! Attempt \(context.attempt).")  // a real one sends a mail
    }
}

try await jobs.add(SendWelcome(userID: "42"), delay: .seconds(1))
try await jobs.run()  // works until it is stopped; in a ServiceGroup, until SIGTERM
