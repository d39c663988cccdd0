import Drover
import DroverSQLite
import DroverTesting
import GRDB
import Logging
import Testing

/// `context.complete(_:in:)` in handlers of workers that run.
@Suite("Completing in a transaction of the handler's", .timeLimit(.minutes(10)))
struct CompletionTests {
    /// A job about an order.
    private struct Ship: JobPayload {
        static let name: JobName = "ship"
        static let queue: QueueName = "q"
        static let options = JobOptions(attempts: 3)

        struct Parcel: Codable, Equatable, Sendable { var number: Int }
        typealias Result = Parcel

        var order: Int
    }

    private struct Broken: Error {}

    private typealias Handler = @Sendable (Ship, JobContext, Application) async throws -> Ship.Parcel

    /// Runs a worker on the application's store while `body` does.
    private func working<Result>(
        _ shop: Application, store: (any JobStore)? = nil, logger: Logger = quiet,
        options: WorkerOptions = WorkerOptions(), _ handler: @escaping Handler,
        _ body: (JobService) async throws -> Result
    ) async throws -> Result {
        let service = JobService(store: store ?? shop.store, logger: logger)
        service.work("q", concurrency: 2, options: options) { handlers in
            handlers.on(Ship.self) { ship, context in try await handler(ship, context, shop) }
        }
        async let running: Void = service.run()
        let result = try await body(service)
        service.stop()
        try await running
        return result
    }

    /// The names of a job's events.
    private func events(of key: JobKey, _ shop: Application) async throws -> [String] {
        let page = try await shop.store.events(
            EventQuery(queue: key.queue, start: .beginning, limit: 1000), waitingAtMost: .zero)
        return page.events.filter { $0.job == key.id }.map(\.kind.name)
    }

    private func record(_ key: JobKey, _ shop: Application) async throws -> JobRecord {
        try #require(try await shop.store.jobs([key])[0])
    }

    @Test(
        "The job is completed with the rows of the transaction and its result, not the handler's own",
        arguments: Application.places)
    func completes(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let key = try await working(shop) { ship, context, shop in
                try await shop.database.write { db throws in
                    try db.order(ship.order)
                    try context.complete(Ship.Parcel(number: 7), in: shop.store.transaction(of: db))
                }
                return Ship.Parcel(number: 8)
            } _: { service async throws in
                let key = try await shop.database.write { db throws in
                    try service.add(Ship(order: 1), in: shop.store.transaction(of: db))
                }
                let result = try await service.result(of: key, as: Ship.Parcel.self, within: .seconds(300))
                #expect(result == Ship.Parcel(number: 7))
                return key
            }
            #expect(try await shop.orders() == [1])
            #expect(try await events(of: key, shop) == ["added", "waiting", "active", "completed"])
            let record = try await record(key, shop)
            #expect(record.attemptsMade == 1)
            #expect(record.attemptsStarted == 1)
            #expect(record.result?.text == #"{"number":7}"#)
        }
    }

    @Test("After a rollback the attempt goes on as if nothing had been completed", arguments: Application.places)
    func rollback(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let key = try await working(shop) { ship, context, shop in
                do {
                    try await shop.database.write { db throws in
                        try db.order(context.attempt)
                        try context.complete(Ship.Parcel(number: 0), in: shop.store.transaction(of: db))
                        throw Refused()
                    }
                } catch is Refused where context.attempt == 2 {
                    // Once more, in the same attempt.
                }
                try await shop.database.write { db throws in
                    try db.order(10)
                    try context.complete(Ship.Parcel(number: context.attempt), in: shop.store.transaction(of: db))
                }
                return Ship.Parcel(number: 0)
            } _: { service async throws in
                let key = try await service.add(Ship(order: 1))
                let result = try await service.result(of: key, as: Ship.Parcel.self, within: .seconds(300))
                #expect(result == Ship.Parcel(number: 2))
                return key
            }
            #expect(try await shop.orders() == [10])
            #expect(try await record(key, shop).attemptsMade == 2)
            #expect(try await events(of: key, shop).count { $0 == "completed" } == 1)
        }
    }

    @Test("A part of the transaction that is rolled back leaves the job to the handler's own end")
    func savepoint() async throws {
        try await withApplication(.pool) { shop async throws in
            try await working(shop) { ship, context, shop in
                try await shop.database.write { db throws in
                    try db.order(1)
                    try db.inSavepoint { () throws in
                        try context.complete(Ship.Parcel(number: 0), in: shop.store.transaction(of: db))
                        return .rollback
                    }
                }
                return Ship.Parcel(number: 5)
            } _: { service async throws in
                let key = try await service.add(Ship(order: 1))
                let result = try await service.result(of: key, as: Ship.Parcel.self, within: .seconds(300))
                #expect(result == Ship.Parcel(number: 5))
            }
            #expect(try await shop.orders() == [1])
        }
    }

    @Test("A job is completed once: again in the transaction or after it is refused")
    func twice() async throws {
        try await withApplication(.pool) { shop async throws in
            let codes = Probe<DroverError.Code>("errors")
            try await working(shop) { ship, context, shop in
                @Sendable func again(_ db: Database) throws {
                    do {
                        try context.complete(Ship.Parcel(number: 2), in: shop.store.transaction(of: db))
                    } catch let error as DroverError {
                        codes.signal(error.code)
                    }
                }
                try await shop.database.write { db throws in
                    try context.complete(Ship.Parcel(number: 1), in: shop.store.transaction(of: db))
                    try again(db)
                }
                try await shop.database.write { db in try again(db) }
                return Ship.Parcel(number: 3)
            } _: { service async throws in
                let key = try await service.add(Ship(order: 1))
                #expect(try await codes.wait(for: 2) == [.refused, .refused])
                let result = try await service.result(of: key, as: Ship.Parcel.self, within: .seconds(300))
                #expect(result == Ship.Parcel(number: 1))
            }
        }
    }

    @Test("A lost lease refuses the completion, and the rows are rolled back with it", arguments: Application.places)
    func leaseLost(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let codes = Probe<DroverError.Code>("errors")
            try await working(shop, options: WorkerOptions(maxStalled: 5)) { ship, context, shop in
                guard context.job.stalls == 0 else { return Ship.Parcel(number: 2) }
                // As when another worker had taken the job over.
                try await shop.database.write {
                    try $0.execute(sql: "UPDATE drover_jobs SET token = 'another', rank = 0 WHERE state = 3")
                }
                do {
                    try await shop.database.write { db throws in
                        try db.order(ship.order)
                        try context.complete(Ship.Parcel(number: 1), in: shop.store.transaction(of: db))
                    }
                } catch let error as DroverError {
                    codes.signal(error.code)
                    throw error
                }
                return Ship.Parcel(number: 1)
            } _: { service async throws in
                let key = try await service.add(Ship(order: 1))
                #expect(try await codes.wait(for: 1) == [.leaseLost])
                #expect(try await shop.orders() == [])
                // The other one's lease runs out, and the job is run again.
                #expect(try await shop.store.reclaimStalled("q", maxStalled: 5, limit: 10).count <= 1)
                let result = try await service.result(of: key, as: Ship.Parcel.self, within: .seconds(300))
                #expect(result == Ship.Parcel(number: 2))
            }
        }
    }

    @Test("A result that is too long is refused, and so is a payload")
    func tooLong() async throws {
        try await withApplication(.memoryQueue) { shop async throws in
            let service = JobService(
                store: shop.store,
                configuration: ServiceConfiguration(maxPayloadBytes: 30, maxResultBytes: 10), logger: quiet)
            let codes = Probe<DroverError.Code>("errors")
            service.work("q") { handlers in
                handlers.otherwise { context in
                    do {
                        try await shop.database.write { db throws in
                            try context.complete([1, 2, 3, 4, 5, 6, 7], in: shop.store.transaction(of: db))
                        }
                    } catch let error as DroverError {
                        codes.signal(error.code)
                    }
                    try await shop.database.write { try context.complete(in: shop.store.transaction(of: $0)) }
                    return .null
                }
            }
            async let running: Void = service.run()
            let results = try await shop.database.write { db throws in
                #expect(throws: DroverError.self) {
                    try service.add(
                        Ship(order: .max), delay: .seconds(1), runAt: Timestamp(milliseconds: 0),
                        in: shop.store.transaction(of: db))
                }
                let long = NewJob(name: "ship", payload: JSONText.null, options: JobOptions())
                var tooLong = long
                tooLong.payload = try JSONText(#""\#(String(repeating: "x", count: 40))""#)
                return try service.add([tooLong, long], to: "q", in: shop.store.transaction(of: db))
            }
            #expect(results.map { $0.id == nil } == [true, false])
            #expect(try await codes.wait(for: 1) == [.refused])
            let key = JobKey(queue: "q", id: try #require(results[1].id))
            #expect(try await service.result(of: key, within: .seconds(300)) == .null)
            service.stop()
            try await running
        }
    }
}
