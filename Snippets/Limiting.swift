import Drover
import DroverSQLite

struct Export: JobPayload {
    static let name: JobName = "export"
    static let queue: QueueName = "exports"
    var user: Int
}

struct Busy: Error { var seconds: Int }

func send(_ export: Export) async throws {}

let store = SQLiteStore(path: "jobs.sqlite")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.queue
_ = try await store.configure([
    .concurrency("exports", 3), .rateLimit("exports", RateLimit(max: 50, per: .seconds(1))),
])
// snippet.end

// snippet.handler
jobs.work("exports", concurrency: 10) { handlers in
    handlers.on(Export.self) { export, context in
        do {
            try await send(export)
        } catch let busy as Busy {
            throw RateLimited(for: .seconds(busy.seconds))
        }
    }
}
// snippet.end

// snippet.add
let daily = Allowance("exports:42", max: 2, per: .seconds(86_400))
do {
    try await jobs.add(Export(user: 42), within: [daily])
} catch let spent as AllowanceSpent {
    print("again in \(spent.freeIn ?? .zero)")
}
// snippet.end

// snippet.reserve
jobs.work("mails", concurrency: 10) { handlers in
    handlers.on(Export.self) { export, context in
        try await context.reserve(Allowance("mails:\(export.user)", max: 50, per: .seconds(3600)))
        try await send(export)
    }
}
// snippet.end

// snippet.refund
let reservation = try await jobs.reserve(daily, Allowance("tier:free", max: 10, per: nil))
try await jobs.refund(reservation)
print(try await jobs.use(ofAllowance: daily.key).used)
// snippet.end

await store.close()
