import Drover
import DroverSQLite

struct SendWelcome: JobPayload {
    static let name: JobName = "welcome"
    static let queue: QueueName = "email"
    static let options = JobOptions(attempts: 3, backoff: .exponential(base: .seconds(2)))
    typealias Result = String
    var userID: String
}

let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)
for user in ["41", "42", "43"] { try await jobs.add(SendWelcome(userID: user)) }

func send(_ welcome: SendWelcome) async throws -> String { "sent to \(welcome.userID)" }

// snippet.claim
for held in try await jobs.claim(from: SendWelcome.queue, limit: 2, lease: .seconds(60)) {
    do {
        let welcome = try held.payload(as: SendWelcome.self)
        try await held.complete(try await send(welcome))
    } catch let error as DroverError where error.code == .leaseLost {
        print("too late: \(held.key) is somebody else's now")
    } catch {
        try await held.fail(error)  // tried again as the job's options say
    }
}
// snippet.end

// snippet.renew
if let held = try await jobs.claim(from: SendWelcome.queue, lease: .seconds(60)).first {
    try await held.progress(0.5)
    let isCancelRequested = try await held.renew()  // another 60 s from now
    if isCancelRequested {
        try await held.cancel()
    } else {
        try await held.retry(after: .seconds(600), reason: "the mailbox is busy")
    }
}
// snippet.end

// snippet.renewing
let kept = try await jobs.claim(from: SendWelcome.queue, limit: 100, renewing: true)
for held in kept where !held.isLost { try await held.release() }
// snippet.end
