import Drover
import DroverSQLite

struct SendMail: JobPayload {
    static let name: JobName = "mail"
    static let queue: QueueName = "mails"
    static let options = JobOptions(attempts: 5, backoff: .exponential(base: .seconds(2)))
    var to: String
    var text: String
}

struct Geocode: JobPayload {
    static let name: JobName = "geocode"
    static let queue: QueueName = "places"
    typealias Result = String
    var address: String
}

struct Refused: Error {}

struct Provider {
    struct Answer { var isAccepted: Bool }

    func send(_ mails: [SendMail]) async throws -> [Answer] { mails.map { Answer(isAccepted: $0.to.contains("@")) } }
    func places(of addresses: [String]) async throws -> [String] { addresses.map { $0.uppercased() } }
}

let provider = Provider()
let store = SQLiteStore(path: ":memory:")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.handler
jobs.work(SendMail.queue, concurrency: 200) { handlers in
    handlers.onBatch(SendMail.self, upTo: 100, atLeast: 10, within: .seconds(2)) { batch in
        let answers = try await provider.send(batch.map(\.payload))
        for (job, answer) in zip(batch, answers) where !answer.isAccepted {
            batch.fail(job, Refused())
        }
    }
}
// snippet.end

// snippet.results
jobs.work(Geocode.queue, concurrency: 50) { handlers in
    handlers.onBatch(Geocode.self, upTo: 50, groupedBy: \.group) { batch in
        let places = try await provider.places(of: batch.map(\.payload.address))
        return Dictionary(zip(batch.map(\.key), places)) { first, _ in first }
    }
}
// snippet.end

let running = Task { try await jobs.run() }
let key = try await jobs.add(Geocode(address: "Lyon"))
print(try await jobs.result(of: key, as: String.self, within: .seconds(10)))
jobs.stop()
try await running.value
