import DroverCore
import DroverSQLite
import DroverTesting
import GRDB
import ProcessTesting
import Testing

/// Opens a store on a file, gives it to `body` and closes it.
func withStore<Result>(
    _ path: String, clock: any WallClock = ManualWallClock(), _ body: (SQLiteStore) async throws -> Result
) async throws -> Result {
    let store = SQLiteStore(path: path, clock: clock)
    try await store.prepare()
    do {
        let result = try await body(store)
        await store.close()
        return result
    } catch {
        await store.close()
        throw error
    }
}

/// Changes or reads a file past the store.
func raw<Result>(_ path: String, _ body: (Database) throws -> Result) throws -> Result {
    let database = try DatabaseQueue(path: path)
    let result = try database.writeWithoutTransaction(body)
    try database.close()
    return result
}

/// Takes the write lock of a file on a connection of its own, as that of another program.
func holdLock(of path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    return other
}

/// Gives the lock of ``holdLock(of:)`` back.
func releaseLock(_ other: DatabaseQueue) throws {
    try other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    try other.close()
}

/// Checks the error that opening a file must bring.
func expectError(
    _ code: StoreError.Code, saying parts: String..., opening store: SQLiteStore,
    at location: SourceLocation = #_sourceLocation
) async {
    do {
        try await store.prepare()
        Issue.record("the file was opened", sourceLocation: location)
        await store.close()
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: location)
        for part in parts { #expect(error.message.contains(part), "\(error)", sourceLocation: location) }
    }
}

/// The error of a call that must fail.
func storeError(_ call: () async throws -> Void) async throws -> StoreError? {
    do {
        try await call()
        Issue.record("the call succeeded")
        return nil
    } catch let error as StoreError {
        return error
    }
}

extension SQLiteStore {
    /// Enqueues so many jobs and returns their ids.
    @discardableResult
    func add(_ count: Int, to queue: QueueName, named name: JobName = "test") async throws -> [JobID] {
        try await enqueue(queue, Array(repeating: NewJob(name: name), count: count)).compactMap(\.id)
    }

    /// Claims jobs of a queue in an exchange of this name.
    func claim(
        _ limit: Int, of queue: QueueName, _ exchange: String, lease: Duration = .seconds(30),
        settling settlements: [Settlement] = []
    ) async throws -> ExchangeReply {
        try await self.exchange(
            queue, id: ExchangeID(exchange), settle: settlements,
            claim: Claim(limit: limit, lease: lease, worker: exchange))
    }
}
