import Drover
import DroverSQLite

// snippet.options
struct SendMail: JobPayload {
    static let name: JobName = "send-mail"
    static let queue: QueueName = "mail"
    static let options = {
        var options = JobOptions(attempts: 5, backoff: .exponential(base: .seconds(2)))
        options.deadLetterQueue = "mail-dead"
        return options
    }()
    var to: String
}
// snippet.end

let store = SQLiteStore(path: "mail.sqlite")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.list
for letter in try await jobs.deadLetters(in: "mail-dead").jobs {
    guard let dead = letter.options.deadLetter else { continue }
    print("\(dead.job) failed after \(dead.attempts) attempts, replayed \(dead.replays) times: \(dead.reason)")
}
// snippet.end

// snippet.replay
let refused = try JobFilter("reason ~ \"connection refused\"")
let report = try await jobs.replayAll(in: "mail-dead", matching: refused) { report in
    print("\(report.examined) of \(report.total)")
}
print("\(report.done) mails are sent again")
let old = try await jobs.discardAll(in: "mail-dead", matching: try JobFilter("createdAt < -30d"))
print("\(old.done) are given up")
// snippet.end
