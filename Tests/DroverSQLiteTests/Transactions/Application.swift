import Drover
import DroverCore
import DroverSQLite
import DroverTesting
import GRDB
import Logging
import ProcessTesting
import Testing

/// An application's database with one table, `orders`, and a store in it.
struct Application {
    /// The places of stores that are an application's.
    static let places: [SQLiteFixture.Place] = [.pool, .queue, .memoryQueue]
    /// Those on a file.
    static let filePlaces: [SQLiteFixture.Place] = [.pool, .queue]

    let database: any DatabaseWriter
    let store: SQLiteStore
    /// The file; there is none in memory.
    let path: String

    /// The numbers of the orders that are stored.
    func orders() async throws -> [Int] {
        try await database.read { try Int.fetchAll($0, sql: "SELECT number FROM orders ORDER BY number") }
    }

    /// How many jobs a queue has in each state; nil when there is no such queue.
    func counts(of queue: QueueName = "q") async throws -> JobCounts? {
        try await store.queues().first { $0.name == queue }?.counts
    }

    /// Enqueues one job and claims it.
    func claimed(_ exchange: String = "holder") async throws -> ClaimedJob {
        try await store.add(1, to: "q")
        return try #require(try await store.claim(1, of: "q", exchange).claimed.first)
    }
}

extension Database {
    /// Stores an order.
    func order(_ number: Int) throws {
        try execute(sql: "INSERT INTO orders (number) VALUES (?)", arguments: [number])
    }
}

/// An error of the application's, which rolls its transaction back.
struct Refused: Error {}

/// Gives `body` an application, and looks afterwards whether the store has let go of its database and left it in order.
func withApplication<Result>(
    _ place: SQLiteFixture.Place, clock: any WallClock = SystemWallClock(),
    timer: any Clock<Duration> = ContinuousClock(),
    _ body: (Application) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        let path = folder.file("shop.sqlite")
        let database = try #require(try place.writer(path))
        try await database.write { try $0.execute(sql: "CREATE TABLE orders (number INTEGER PRIMARY KEY)") }
        let store = SQLiteStore(writer: database, clock: clock, timer: timer)
        try await store.prepare()
        do {
            let result = try await body(Application(database: database, store: store, path: path))
            await store.close()
            try database.close()
            if place != .memoryQueue { #expect(try FileAudit.problems(in: path) == []) }
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}

/// A logger that says nothing.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
