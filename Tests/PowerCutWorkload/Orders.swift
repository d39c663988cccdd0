import Drover
import DroverSQLite
import DroverTesting
import Foundation
import GRDB
import Logging
import Synchronization

/// An application with a database of its own, in which each order comes with its job, and each receipt with the job's
/// end, in one transaction. Some transactions are rolled back when all of that is done.
///
/// Says `ordered N` and `billed N` after each commit. A line on its input, or the input's end, lets it take no more orders
/// and end when every job has.
struct Orders {
    static let queue: QueueName = "orders"

    struct Bill: JobPayload {
        static let name: JobName = "bill"
        static let queue = Orders.queue
        static let options = JobOptions(attempts: 1000)
        var order: Int64
    }

    private struct Refused: Error {}

    /// How many orders may be without a receipt before the next one waits.
    private static let backlog = 20

    private let database: any DatabaseWriter
    private let store: SQLiteStore
    private let billed = Probe<Void>("bills")

    /// - Parameter kind: `pool`, with a write-ahead log, or `queue`, without one.
    init(path: String, kind: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        database =
            kind == "pool"
            ? try DatabasePool(path: path, configuration: configuration)
            : try DatabaseQueue(path: path, configuration: configuration)
        store = SQLiteStore(writer: database)
    }

    func run() async throws {
        try await database.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY)")
            try db.execute(
                sql: "CREATE TABLE IF NOT EXISTS receipts (receipt INTEGER PRIMARY KEY, bill INTEGER NOT NULL)")
        }
        try await store.prepare()
        let service = JobService(store: store, logger: Logger(label: "orders") { _ in SwiftLogNoOpLogHandler() })
        var options = WorkerOptions(lease: .milliseconds(500), maxStalled: 1_000_000)
        options.completedRetention = .keepAll
        service.work(Self.queue, concurrency: 4, options: options) { handlers in
            handlers.on(Bill.self) { bill, context in try await pay(bill, context) }
        }
        let end = End()
        async let running: Void = service.run()
        var orders = 0
        while !end.hasCome {
            orders += 1
            try await order(orders, service)
            try await billed.wait(for: orders - Self.backlog)
        }
        try await finish()
        service.stop()
        try await running
        await store.close()
        try database.close()
        Workload.say("done")
    }

    /// Takes an order: a row of the application's and a job. Every seventh is refused at the last moment.
    private func order(_ count: Int, _ service: JobService) async throws {
        do {
            let number = try await database.write { db in
                try db.execute(sql: "INSERT INTO orders DEFAULT VALUES")
                let number = db.lastInsertedRowID
                try service.add(Bill(order: number), in: store.transaction(of: db))
                if count.isMultiple(of: 7) { throw Refused() }
                return number
            }
            Workload.say("ordered \(number)")
        } catch is Refused {
            // Neither is there, and no bill will come of it.
            billed.signal()
        }
    }

    /// Writes the receipt of an order and completes the job. The first bill of every fifth order is refused at the last
    /// moment.
    private func pay(_ bill: Bill, _ context: JobContext) async throws {
        try await database.write { db in
            try db.execute(sql: "INSERT INTO receipts (bill) VALUES (?)", arguments: [bill.order])
            try context.complete(bill.order, in: store.transaction(of: db))
            if context.attempt == 1, bill.order.isMultiple(of: 5) { throw Refused() }
        }
        billed.signal()
        Workload.say("billed \(bill.order)")
    }

    /// Waits until every job has ended.
    private func finish() async throws {
        var start = EventQuery.Start.end
        while true {
            let seen = try await store.events(EventQuery(queue: Self.queue, start: start), waitingAtMost: .zero)
            let counts = try await store.queues().first { $0.name == Self.queue }?.counts
            guard let counts, counts.ready + counts[.delayed] + counts[.active] > 0 else { return }
            start = .after(seen.next)
            _ = try await store.events(EventQuery(queue: Self.queue, start: start), waitingAtMost: .seconds(1))
        }
    }

    /// The end of the orders: a line on the input, or its end.
    private final class End: Sendable {
        private let came = Mutex(false)

        init() {
            // A thread of its own: those of the pool are few.
            Thread.detachNewThread {
                _ = FileHandle.standardInput.availableData
                self.came.withLock { $0 = true }
            }
        }

        var hasCome: Bool { came.withLock { $0 } }
    }
}
