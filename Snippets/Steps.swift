import Drover
import DroverSQLite

struct PlaceOrder: JobPayload {
    static let name: JobName = "place-order"
    static let queue: QueueName = "orders"
    static let options = JobOptions(attempts: 8, backoff: .exponential(base: .seconds(2)))
    var card: String
    var items: [String]
}

struct Charge: Codable, Sendable { var id: String }

// What stands for services on the network.
func charge(_ card: String, once key: String) async throws -> Charge { Charge(id: "ch_1") }
func reserve(_ item: String) async throws {}
func confirm(_ charge: Charge) async throws { print("Charged once, by \(charge.id).") }

let store = SQLiteStore(path: "orders.sqlite")
try await store.prepare()
let jobs = JobService(store: store)
jobs.work("orders") { handlers in
    handlers.on(PlaceOrder.self) { order, context in
        // Whatever fails below, a later attempt is given this charge and makes none.
        let paid = try await context.step("charge") {
            try await charge(order.card, once: "\(context.idempotencyKey):charge")
        }
        for (number, item) in order.items.enumerated() {
            try await context.step("reserve \(number)") { try await reserve(item) }
        }
        try await context.step("confirm") { try await confirm(paid) }
    }
}
try await jobs.add(PlaceOrder(card: "tok_visa", items: ["tea", "cup"]))
try await jobs.run()
