import Drover
import DroverSQLite
import GRDB

struct Ship: JobPayload {
    static let name: JobName = "ship"
    static let queue: QueueName = "parcels"
    static let options = JobOptions(attempts: 5, backoff: .exponential(base: .seconds(2)))
    var order: Int64
}

let database = try DatabasePool(path: "shop.sqlite")
try database.writeWithoutTransaction { db in
    try db.execute(sql: "PRAGMA synchronous = FULL")  // a DatabasePool sets NORMAL; see below
    try db.execute(sql: "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT)")
    try db.execute(sql: "CREATE TABLE IF NOT EXISTS parcels (id INTEGER PRIMARY KEY, item INTEGER)")
}

let store = SQLiteStore(writer: database)
try await store.prepare()

let jobs = JobService(store: store)
jobs.work(Ship.queue, concurrency: 5) { handlers in
    handlers.on(Ship.self) { ship, context in
        // The parcel is stored with the end of its job, or neither is.
        try await database.write { db in
            try db.execute(sql: "INSERT INTO parcels (item) VALUES (?)", arguments: [ship.order])
            try context.complete(in: store.transaction(of: db))
        }
    }
}

// The order is stored with its job, or neither is; the worker is woken by the commit.
try database.write { db in
    try db.execute(sql: "INSERT INTO orders (item) VALUES ('tea')")
    try jobs.add(Ship(order: db.lastInsertedRowID), in: store.transaction(of: db))
}
try await jobs.run()
