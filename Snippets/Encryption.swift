import Drover
import DroverSQLite

struct Charge: JobPayload {
    static let name: JobName = "charge"
    static let queue: QueueName = "payments"
    static let encryption: EncryptedParts? = .paths(["card.number", "items[].secret"])

    struct Card: Codable, Sendable { var number: String }
    var amount: Int
    var card: Card
}

// In a program of yours the keys come from a file or a vault: lines ID:KEY, the first one encrypts.
let keys = try KeyRing(parsing: "2026-11:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=")
var configuration = ServiceConfiguration()
configuration.encryption = PayloadEncryption(keys)  // all payloads, but where a type or a queue says otherwise
configuration.encryption?.queues["thumbnails"] = .nothing

let store = SQLiteStore(path: "encrypted.sqlite")
try await store.prepare()
let jobs = JobService(store: store, configuration: configuration)
jobs.work("payments") { handlers in
    handlers.on(Charge.self) { charge, context in
        print("Charging \(charge.amount) to a card that ends in \(charge.card.number.suffix(4)).")
    }
}
try await jobs.add(Charge(amount: 100, card: .init(number: "4111111111111111")))
try await jobs.run()
