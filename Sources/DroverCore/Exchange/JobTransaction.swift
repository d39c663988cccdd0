/// A transaction of the caller's own, on the database that a store keeps its jobs in.
///
/// What is done through it is part of that transaction: it holds when the caller commits and is as if it had never been
/// when the caller rolls back. A store that can join transactions makes such a value from the store and the transaction
/// (`SQLiteStore.transaction(of:)`); the engine takes it and so needs to know neither.
///
/// Use it where and as long as the transaction is, and nowhere else. A call that throws has left nothing behind in the
/// transaction, which goes on.
public protocol JobTransaction {
    /// Stores new jobs of one queue, in order, as `JobExchanging.enqueue(_:_:)` does. Workers are woken by the commit.
    ///
    /// - Returns: one result for each job, in its place. An id holds only if the transaction commits.
    /// - Throws: ``StoreError``, with the code `invalid` outside of a transaction of the store's database.
    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) throws(StoreError) -> [EnqueueResult]

    /// Settles an attempt, under its lease, as an exchange does.
    ///
    /// - Parameters:
    ///   - settlement: how the attempt ended; its lease names the queue.
    ///   - onEnd: called once after a `settled`, when the transaction has ended, with whether the attempt is settled: false
    ///     when the transaction, or the part of it that held this call, was rolled back. It is called where the
    ///     transaction was, before any later call of the store, and must return at once. Where the database rolled the
    ///     transaction back by itself it may come late, with a later transaction.
    /// - Returns: what became of it. Nothing was stored unless that is `settled`.
    /// - Throws: ``StoreError``, with the code `invalid` outside of a transaction of the store's database.
    func settle(
        _ settlement: Settlement, onEnd: @escaping @Sendable (_ isSettled: Bool) -> Void
    ) throws(StoreError) -> SettlementStatus
}
