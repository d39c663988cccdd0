/// The hot path: putting jobs in, handing them out, taking outcomes back.
public protocol JobExchanging: Sendable {
    /// Where short tasks that call the store again and again are best run; nil for anywhere. A worker of few jobs at a
    /// time calls from there, and logs there what it has to say of its calls; handlers never run there.
    var callExecutor: (any TaskExecutor)? { get }

    /// Stores new jobs of one queue, in order.
    ///
    /// Each job is stored or refused by itself (rule 3). When the call returns
    /// the stored ones are as durable as the store's traits say. Repeating it
    /// is safe for jobs with ids of their own, which answer `duplicate`.
    /// Of a queue with a maximum length the first jobs that fit are taken and
    /// the others answer `queueFull`; a duplicate needs no room.
    ///
    /// - Returns: one result for each job, in its place.
    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult]

    /// Settles outcomes, then claims jobs, as one unit (rule 1).
    ///
    /// Due delayed jobs become claimable first, at the back of the line. A
    /// paused queue settles and hands out nothing. Repeating the call with the
    /// same `id` within the lease returns the same statuses and leases and
    /// changes nothing (rule 2).
    ///
    /// - Parameters:
    ///   - queue: the queue of all settlements and of the claim.
    ///   - id: a name that no other exchange has.
    ///   - settle: ended attempts.
    ///   - claim: what to hand out; nil for nothing.
    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply

    /// Extends leases by their own duration from now. Safe to repeat.
    ///
    /// A lease whose time has passed is extended as long as nobody reclaimed the job.
    ///
    /// - Returns: one status for each lease, in its place.
    func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus]

    /// Stores what running attempts report. Repeating it may double log lines.
    ///
    /// What steps have recorded stays with the job, through retries, snoozes, stalls and releases, until it is removed or
    /// its attempts are reset; whoever claims the job gets it (`JobRecord.steps`).
    ///
    /// - Returns: one status for each report, in its place.
    func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus]

    /// Waits until there may be something to do, or the time is up, or the task is cancelled.
    ///
    /// One pending call per process. What it returns are hints: it may return
    /// for nothing, and a lost hint costs one wait (rule 8). Cancelling returns
    /// an empty wake-up and loses no hint.
    func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp
}
