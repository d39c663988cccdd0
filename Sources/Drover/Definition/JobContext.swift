public import DroverCore
public import Logging

/// What a handler knows of the attempt that it runs, and what it may say while it runs.
///
/// Cancellation comes as the cancellation of the handler's task: when the job is cancelled, the attempt takes longer than
/// its timeout, the lease is lost, or the worker shuts down. A handler that takes long checks `Task.isCancelled`.
public struct JobContext: Sendable {
    let attemptState: Attempt
    let worker: WorkerScope

    /// The job as it was when it was claimed.
    public var job: JobRecord { attemptState.claimed.job }
    /// The job's queue and id.
    public var key: JobKey { attemptState.claimed.job.key }
    /// The payload as it is stored.
    public var payload: JSONText { attemptState.claimed.job.payload }
    /// Which attempt this is, from 1. Attempts that did not count (snoozed, released, stalled) are not in it.
    public var attempt: Int { attemptState.claimed.job.attemptsMade + 1 }
    /// The same text in every attempt of this job and in no other job: give it to services that run a request only once.
    public var idempotencyKey: String {
        "\(key.queue):\(key.id):\(attemptState.claimed.job.createdAt.milliseconds)"
    }
    /// The longest time the attempt may take: the job's own bound, else the worker's; nil for none.
    public var timeout: Duration? { worker.policy.timeout(of: job) }
    /// Another text in every attempt. A resource that remembers the newest attempt can refuse an older one by it.
    public var fencingToken: String { attemptState.claimed.lease.token.text }

    /// A logger that names the job, its queue, the attempt and the correlation id.
    public var logger: Logger {
        var logger = worker.logger
        logger[metadataKey: "job_id"] = .string(key.id.text)
        logger[metadataKey: "queue"] = .string(key.queue.text)
        logger[metadataKey: "attempt"] = .stringConvertible(attempt)
        if let correlation = attemptState.claimed.job.options.correlationID {
            logger[metadataKey: "correlation_id"] = .string(correlation)
        }
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

    /// Replaces the payload for later attempts.
    ///
    /// - Throws: ``DroverError`` with the code `payloadTooLarge` or `leaseLost`, or `StoreError`.
    public func updatePayload(_ payload: JSONText) async throws {
        try worker.configuration.checkPayload(payload)
        try await report(.payload(payload))
    }

    private func report(_ content: JobReport.Content) async throws {
        let statuses = try await worker.store.record([JobReport(lease: attemptState.claimed.lease, content: content)])
        if statuses.first == .leaseLost {
            throw DroverError(.leaseLost, "the job \(key) is no longer held by this attempt; end the handler")
        }
    }
}
