import Drover
import DroverSQLite

// snippet.options
struct ChargeCard: JobPayload {
    static let name: JobName = "charge"
    static let queue: QueueName = "payments"
    static let options = JobOptions(
        attempts: 8,
        backoff: .exponential(base: .seconds(2), jitter: 0.5, maximum: .seconds(600)),
        retryFor: .seconds(86_400))
    var invoice: Int
}
// snippet.end

// snippet.expiry
struct SendCode: JobPayload {
    static let name: JobName = "send-code"
    static let queue: QueueName = "texts"
    static let options = {
        var options = JobOptions(attempts: 3, backoff: .fixed(.seconds(5)))
        options.expiresAfter = .seconds(300)  // nobody waits for a code longer than that
        return options
    }()
    var phone: String
}
// snippet.end

enum BankError: Error {
    case declined
    case closed(opensIn: Duration)
    case busy
}

struct Bank {
    func charge(_ invoice: Int, key: String) async throws {
        if invoice == 2 { throw BankError.declined }
    }
}

let bank = Bank()
let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.steering
jobs.work(ChargeCard.queue) { handlers in
    handlers.on(ChargeCard.self) { charge, context in
        do {
            try await bank.charge(charge.invoice, key: context.idempotencyKey)
        } catch BankError.declined {
            throw Unrecoverable("the card was declined")  // fails now, whatever attempts are left
        } catch BankError.closed(let span) {
            throw Snooze(for: span)  // later, and this attempt does not count
        }
        // Any other error, such as `busy`, is a failed attempt: it is made again after the backoff.
    }
}
// snippet.end

// snippet.strategy
struct Crawl: JobPayload {
    static let name: JobName = "crawl"
    static let queue: QueueName = "crawler"
    static let options = JobOptions(attempts: 10, backoff: .custom("polite", base: .seconds(5)))
    var url: String
}

struct TooManyRequests: Error {}

var options = WorkerOptions()
options.backoffStrategies["polite"] = { failed in
    if failed.number > 5 { return nil }  // no further attempt
    return failed.error is TooManyRequests ? .seconds(300) : .seconds(5 * failed.number)
}
jobs.work(Crawl.queue, options: options) { handlers in
    handlers.on(Crawl.self) { crawl, context in throw TooManyRequests() }
}
// snippet.end

let running = Task { try await jobs.run() }
let key = try await jobs.add(ChargeCard(invoice: 2))
do {
    _ = try await jobs.result(of: key, within: .seconds(10))
} catch let error as DroverError where error.code == .jobFailed {
    print(error)
}

// snippet.again
let answers = try await jobs.store.apply([.retry(key, resetAttempts: true)])
print(answers)  // [done]; wrongState for a job that has not finished
// snippet.end

jobs.stop()
try await running.value
