public import DroverCore
public import GRDB

/// A transaction of the application's that a store has joined; made by ``SQLiteStore/transaction(of:)``.
public struct SQLiteTransaction: JobTransaction {
    let store: SQLiteStore
    let db: Database

    /// Stores new jobs in the transaction; all of them or, when it throws, none.
    public func enqueue(_ queue: QueueName, _ jobs: [NewJob]) throws(StoreError) -> [EnqueueResult] {
        try store.joined().join(db, { session throws(StoreError) in try session.enqueue(queue, jobs) })
    }

    /// Settles an attempt in the transaction, with the events and the retention of an exchange.
    public func settle(
        _ settlement: Settlement, onEnd: @escaping @Sendable (_ isSettled: Bool) -> Void
    ) throws(StoreError) -> SettlementStatus {
        try store.joined().join(db) { session throws(StoreError) in
            try session.settle(settlement)
        } tellingOf: { status in
            status == .settled ? (lease: settlement.lease, tell: onEnd) : nil
        }
    }
}

extension SQLiteStore {
    /// Joins the transaction that is under way on the application's database, for a store that was made with it.
    ///
    /// ```swift
    /// try await database.write { db in
    ///     try order.insert(db)
    ///     try jobs.add(SendReceipt(order: order.id), in: store.transaction(of: db))
    /// }
    /// ```
    ///
    /// - Parameter db: what the application was given to write with. The value must not leave that place, as `db` must not.
    public func transaction(of db: Database) -> SQLiteTransaction { SQLiteTransaction(store: self, db: db) }

    /// Stores new jobs in the transaction that is under way on the application's database.
    ///
    /// As `transaction(of: db).enqueue(queue, jobs)`, for programs that use the store without the engine.
    ///
    /// - Throws: `StoreError`, with the code `invalid` outside of a transaction, on a connection that only reads, and on
    ///   any other database than the one that the store was made with.
    public func enqueue(
        _ queue: QueueName, _ jobs: [NewJob], in db: Database
    ) throws(StoreError) -> [EnqueueResult] {
        try transaction(of: db).enqueue(queue, jobs)
    }
}
