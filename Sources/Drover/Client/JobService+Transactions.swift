public import DroverCore

extension JobService {
    /// Enqueues a typed job in a transaction of the caller's own: it is stored if that commits, with all else that was
    /// written there, and workers are woken by the commit.
    ///
    /// ```swift
    /// try await database.write { db in
    ///     try order.insert(db)
    ///     try jobs.add(SendReceipt(order: order.id), in: store.transaction(of: db))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - payload: what the handler is given.
    ///   - id: an id of the program's own; a job that exists under it stays as it is, and its key is returned. Nil takes
    ///     that of ``JobPayload/unique``, or has the store make one.
    ///   - delay: how long the job waits before it may be claimed, counted from now and not from the commit.
    ///   - runAt: from when it may be claimed; give this or `delay`.
    ///   - options: how it is run; nil takes the type's.
    ///   - transaction: of the database that is to hold the job, which workers of this service's store should work.
    /// - Returns: the job's key, which holds only if the transaction commits.
    /// - Throws: ``DroverError`` with the code `refused`, `payloadTooLarge` or `queueFull` (a transaction is not held up to
    ///   wait for room), an `EncodingError`, or `StoreError`. Nothing of the call is then left in the transaction.
    @discardableResult
    public func add<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, runAt: Timestamp? = nil, options: JobOptions? = nil,
        in transaction: some JobTransaction
    ) throws -> JobKey {
        let job = try newJob(payload, id: id, delay: delay, runAt: runAt, options: options)
        return try key(of: job, in: P.queue, try enqueue([job], in: P.queue, transaction))
    }

    /// Enqueues many jobs of one queue, in order, in a transaction of the caller's own.
    ///
    /// - Parameters:
    ///   - jobs: the jobs, their payloads plain.
    ///   - queue: where they go.
    ///   - parts: what of their payloads is encrypted; nil leaves it to what is said of the queue.
    ///   - transaction: an open transaction of the store.
    /// - Returns: one result for each job, in its place. A job that is refused, also for the length of its payload, does
    ///   not keep the others back; those for which the queue has no room answer `queueFull` at once.
    /// - Throws: ``DroverError`` with the code `refused` when the payloads are to be encrypted and there is no key;
    ///   `StoreError`. Nothing of the call is then left in the transaction.
    @discardableResult
    public func add(
        _ jobs: [NewJob], to queue: QueueName, encryption parts: EncryptedParts? = nil,
        in transaction: some JobTransaction
    ) throws -> [EnqueueResult] {
        let (accepted, problems) = try accepted(jobs, for: queue, parts)
        return merge(accepted.isEmpty ? [] : try enqueue(accepted, in: queue, transaction), problems)
    }

    private func enqueue(
        _ jobs: [NewJob], in queue: QueueName, _ transaction: some JobTransaction
    ) throws -> [EnqueueResult] {
        guard let tracing else { return try transaction.enqueue(queue, jobs) }
        return try tracing.enqueue(queue, jobs, in: transaction)
    }
}
