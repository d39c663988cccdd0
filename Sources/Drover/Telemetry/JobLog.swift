import DroverCore
import Logging

/// What a worker logs of the attempts that it runs: one line when an attempt begins and one when it ends, each with the
/// event's name and the job's.
///
/// Nothing is made for a line that is not logged.
struct JobLog: Sendable {
    let logger: Logger
    let worker: String
    /// The level of what goes as it should.
    let level: Logger.Level

    /// An attempt begins.
    func started(_ attempt: Attempt) {
        logger.log(level: level, "job started", metadata: metadata(of: attempt, .jobStarted))
    }

    /// An attempt ended; nil for one whose outcome is worth nothing.
    func ended(_ outcome: Outcome?, of attempt: Attempt, after span: Duration) {
        switch outcome {
        case .completed:
            logger.log(level: level, "job completed", metadata: metadata(of: attempt, .jobCompleted, span))
        case .snoozed(let delay):
            logger.log(
                level: level, "job snoozed",
                metadata: metadata(of: attempt, .jobSnoozed, span, ["delay_ms": Self.milliseconds(delay)]))
        case .waitingForChildren:
            logger.log(
                level: level, "job waits for its children", metadata: metadata(of: attempt, .jobWaiting, span))
        case .rateLimited(let delay):
            logger.notice(
                "queue held by a job, which is given back",
                metadata: metadata(of: attempt, .jobRateLimited, span, ["delay_ms": Self.milliseconds(delay)]))
        case .released:
            logger.log(level: level, "job given back", metadata: metadata(of: attempt, .jobReleased, span))
        case .cancelled:
            logger.log(level: level, "job cancelled", metadata: metadata(of: attempt, .jobCancelled, span))
        case .retry(let delay, let failure):
            logger.notice(
                "attempt failed, to be tried again: \(failure.reason)",
                metadata: metadata(of: attempt, .jobRetrying, span, ["delay_ms": Self.milliseconds(delay)]))
        case .failed(let failure):
            logger.warning("job failed: \(failure.reason)", metadata: metadata(of: attempt, .jobFailed, span))
        case nil:
            logger.warning("lease lost, outcome dropped", metadata: metadata(of: attempt, .jobLeaseLost, span))
        }
    }

    /// A job is tried again by a backoff that the worker does not have.
    func lacks(_ backoff: String, for attempt: Attempt) {
        logger.warning(
            "this worker has no backoff named \(backoff): the job's delay is waited; give it in backoffStrategies, or mend the job",
            metadata: attempt.logMetadata)
    }

    /// A job took the result of an earlier one.
    func cached(_ attempt: Attempt) {
        logger.log(level: level, "job took the result of an earlier one", metadata: metadata(of: attempt, .jobCached))
    }

    /// A job that failed for good leaves a letter.
    func deadLettered(_ attempt: Attempt, to letter: JobKey) {
        logger.notice(
            "job goes to the dead-letter queue",
            metadata: metadata(
                of: attempt, .jobDeadLettered, nil,
                [
                    "dead_letter_queue": .string(letter.queue.text), "dead_letter_id": .string(letter.id.text),
                ]))
    }

    /// A handler threw that had completed its job in a transaction.
    func threw(_ error: String, afterCompleting attempt: Attempt) {
        logger.warning(
            "the handler threw after it had completed the job, which stays completed: \(error)",
            metadata: attempt.logMetadata)
    }

    /// A job was given back without its handler: it had not begun, or did not end.
    func released(_ attempt: Attempt) {
        logger.log(level: level, "job given back", metadata: metadata(of: attempt, .jobReleased))
    }

    /// A queue was paused or resumed.
    func queue(_ queue: QueueName, _ event: WorkerEvent) {
        logger.notice(
            event == .queuePaused ? "queue is paused" : "queue goes on",
            metadata: ["event": event.value, "queue": .string(queue.text), "worker": .string(worker)])
    }

    /// Outcomes that the store did not take.
    ///
    /// - Parameter attempts: those of the exchange that are still known.
    func report(
        _ statuses: [SettlementStatus], of exchange: DispatcherState.Exchange, _ attempts: [Int: Attempt]
    ) {
        for ((status, settlement), number) in zip(zip(statuses, exchange.settlements), exchange.attempts) {
            let attempt = attempts[number]
            switch status {
            case .settled: break
            case .leaseLost:
                logger.warning(
                    "outcome not accepted: the lease was lost",
                    metadata: metadata(of: settlement, attempt, .jobLeaseLost))
            case .refused(let problem):
                logger.error("outcome refused: \(problem)", metadata: metadata(of: settlement, attempt, nil))
            }
        }
    }

    private func metadata(
        of attempt: Attempt, _ event: WorkerEvent, _ span: Duration? = nil, _ more: Logger.Metadata = [:]
    ) -> Logger.Metadata {
        var metadata = attempt.logMetadata
        metadata["event"] = event.value
        metadata["worker"] = .string(worker)
        if let span { metadata["duration_ms"] = Self.milliseconds(span) }
        return metadata.merging(more) { $1 }
    }

    /// What is known of a settlement whose attempt has ended, and may be forgotten.
    private func metadata(of settlement: Settlement, _ attempt: Attempt?, _ event: WorkerEvent?) -> Logger.Metadata {
        let job = settlement.lease.job
        var metadata = attempt?.logMetadata ?? ["job_id": .string(job.id.text), "queue": .string(job.queue.text)]
        metadata["event"] = event?.value
        metadata["worker"] = .string(worker)
        metadata["outcome"] = .string(WorkerMetrics.label(of: settlement.outcome))
        return metadata
    }

    private static func milliseconds(_ span: Duration) -> Logger.MetadataValue {
        .stringConvertible(span.wholeMilliseconds)
    }
}

extension Attempt {
    /// What every line about the attempt says: the job, its queue, which attempt it is, and what it belongs to.
    var logMetadata: Logger.Metadata {
        let job = claimed.job
        var metadata: Logger.Metadata = [
            "job_id": .string(job.key.id.text), "job_name": .string(job.name.text),
            "queue": .string(job.key.queue.text), "attempt": .stringConvertible(job.attemptsMade + 1),
        ]
        if let correlation = job.options.correlationID { metadata["correlation_id"] = .string(correlation) }
        if let trace = traceID { metadata["trace_id"] = .string(trace) }
        return metadata
    }
}
