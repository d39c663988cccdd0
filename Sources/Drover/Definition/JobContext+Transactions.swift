public import DroverCore

extension JobContext {
    /// Completes the job in a transaction of the handler's own, so that what the handler writes there and the job's end are
    /// stored together or not at all.
    ///
    /// ```swift
    /// try await database.write { db in
    ///     try receipt.insert(db)
    ///     try context.complete(receipt.id, in: store.transaction(of: db))
    /// }
    /// ```
    ///
    /// The transaction must end before the handler does. When it has committed the job is completed, with this result, and
    /// what comes after changes nothing: the handler's own result is dropped, an error is logged as a warning, and a
    /// timeout, a cancellation or a shutdown come too late. The worker's slot is free when the handler has returned. After
    /// a rollback, also of the part of the transaction that held the call, everything is as if it had not been made, and
    /// it may be made again.
    ///
    /// Let an error of this call end the transaction: when the lease is lost another worker may run the job, and what this
    /// handler has written must not be kept.
    ///
    /// - Parameters:
    ///   - result: the job's result, as the handler would return it.
    ///   - transaction: of the database that holds the job.
    /// - Throws: ``DroverError`` with the code `leaseLost` when the job is no longer held by this attempt, or `refused` when
    ///   the attempt has completed it before or the result is too long; an `EncodingError`; or `StoreError`.
    public func complete(_ result: some Encodable, in transaction: some JobTransaction) throws {
        try complete(try PayloadCoding().encode(result), in: transaction)
    }

    /// Completes the job in a transaction of the handler's own, with a result in JSON.
    ///
    /// - Throws: as ``complete(_:in:)-(Encodable,_)``.
    public func complete(_ result: JSONText, in transaction: some JobTransaction) throws {
        let result = try worker.stored(result: result, of: job.name, opened)
        let bytes = result.text.utf8.count
        let limit = worker.configuration.maxResultBytes
        if bytes > limit {
            throw DroverError(.refused, "the result has \(bytes) bytes; at most \(limit) are accepted")
        }
        if attemptState.completion == .committed { throw alreadyCompleted }
        let outcome = Outcome.completed(result)
        var settlement = Settlement(
            lease: attemptState.claimed.lease, outcome: outcome, retention: worker.retention(of: job, after: outcome))
        settlement.keptResult = worker.keptResult(of: attemptState.claimed, after: outcome)
        let status = try transaction.settle(settlement) { [attempt = attemptState, keeper = worker.keeper] isSettled in
            attempt.completionEnded(isSettled: isSettled)
            if isSettled { keeper.release(attempt.number) }
        }
        switch status {
        case .settled: attemptState.completes()
        case .leaseLost:
            // A transaction that has been rolled back without a word leaves it pending, and the job held.
            if attemptState.completion == .pending { throw alreadyCompleted }
            throw leaseLost
        case .refused(let problem):
            throw DroverError(.refused, "the job \(key) was not completed: \(problem)", cause: problem)
        }
    }

    /// Completes the job in a transaction of the handler's own, without a result.
    ///
    /// - Throws: as ``complete(_:in:)-(Encodable,_)``.
    public func complete(in transaction: some JobTransaction) throws { try complete(JSONText.null, in: transaction) }

    private var alreadyCompleted: DroverError {
        DroverError(.refused, "the job \(key) has been completed by this attempt already; complete it once")
    }
}
