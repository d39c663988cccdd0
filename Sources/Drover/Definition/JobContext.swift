public import DroverCore
public import Logging

/// What a handler knows of the attempt that it runs, and what it may say while it runs.
///
/// Cancellation comes as the cancellation of the handler's task: when the job is cancelled, the attempt takes longer than
/// its timeout, the lease is lost, or the worker shuts down. A handler that takes long checks `Task.isCancelled`.
public struct JobContext: Sendable {
    let attemptState: Attempt
    let worker: WorkerScope
    /// The payload, where it is stored encrypted.
    let opened: OpenedPayload?

    /// The job as it was when it was claimed, its payload opened.
    public var job: JobRecord {
        guard let opened else { return attemptState.claimed.job }
        var job = attemptState.claimed.job
        job.payload = opened.payload
        return job
    }
    /// The job's queue and id.
    public var key: JobKey { attemptState.claimed.job.key }
    /// The payload as it was enqueued: one that is stored encrypted is opened.
    public var payload: JSONText { opened?.payload ?? attemptState.claimed.job.payload }
    /// Which attempt this is, from 1. Attempts that did not count (snoozed, released, stalled) are not in it.
    public var attempt: Int { attemptState.claimed.job.attemptsMade + 1 }
    /// The same text in every attempt of this job and in no other job: give it to services that run a request only once.
    public var idempotencyKey: String {
        "\(key.queue):\(key.id):\(attemptState.claimed.job.createdAt.milliseconds)"
    }
    /// The longest time the attempt may take: the job's own bound, else the worker's; nil for none.
    public var timeout: Duration? { worker.policy.timeout(of: attemptState.claimed.job) }
    /// Another text in every attempt. A resource that remembers the newest attempt can refuse an older one by it.
    public var fencingToken: String { attemptState.claimed.lease.token.text }

    /// A logger that names the job, its queue, the attempt, the correlation id, and the trace if there is one.
    public var logger: Logger {
        var logger = worker.logger
        for (key, value) in attemptState.logMetadata { logger[metadataKey: key] = value }
        return logger
    }

    /// Says how far the attempt is; readers of the job and of its events see it.
    ///
    /// - Throws: ``DroverError`` with the code `leaseLost` when the job is no longer held by this attempt, an
    ///   `EncodingError`, or `StoreError`.
    public func progress(_ value: some Encodable) async throws {
        try await progress(try PayloadCoding().encode(value))
    }

    /// Says how far the attempt is, in JSON. It is bounded like a payload.
    ///
    /// - Throws: as ``progress(_:)-(Encodable)``.
    public func progress(_ value: JSONText) async throws {
        try worker.configuration.checkPayload(value)
        try await report(.progress(value))
    }

    /// Adds a line to the job's log, of which the newest `JobOptions.keepLogs` lines stay.
    ///
    /// - Throws: ``DroverError`` with the code `leaseLost`, or `StoreError`. The line may then stand there all the same.
    public func log(_ line: String) async throws {
        try await report(.log(line, keep: attemptState.claimed.job.options.keepLogs))
    }

    /// Replaces the payload for later attempts. It is encrypted as new ones are, and where the present one is.
    ///
    /// - Throws: ``DroverError`` with the code `payloadTooLarge` or `leaseLost`; `ValidationError` for a payload that looks
    ///   like an encrypted one; or `StoreError`.
    public func updatePayload(_ payload: JSONText) async throws {
        let stored = try worker.stored(payload, of: attemptState.claimed.job.name, opened)
        try worker.configuration.checkPayload(stored)
        try await report(.payload(stored))
    }

    func report(_ content: JobReport.Content) async throws {
        let statuses = try await worker.store.record([JobReport(lease: attemptState.claimed.lease, content: content)])
        if statuses.first == .leaseLost {
            throw leaseLost
        }
    }

    /// The error of calls that only the attempt that holds the job may make.
    var leaseLost: DroverError {
        DroverError(.leaseLost, "the job \(key) is no longer held by this attempt; end the handler")
    }
}
