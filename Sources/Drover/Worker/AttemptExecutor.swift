import DroverCore
import Logging

/// Runs one attempt from the claimed job to the outcome to settle.
struct AttemptExecutor: Sendable {
    let scope: WorkerScope
    let handlers: Handlers

    init(scope: WorkerScope, handlers: Handlers) {
        self.scope = scope
        self.handlers = handlers.wrapped(in: scope.options.middleware)
    }

    /// Runs the attempt and decides its settlement; nil when its outcome is worth nothing.
    func execute(_ attempt: Attempt) async -> Settlement? {
        let start = scope.clock.now()
        let isIteration = attempt.claimed.job.key.id.iteration != nil
        let exit = await (isIteration ? runIteration(attempt) : run(attempt)).after(attempt.stopReason)
        let outcome = exit.outcome(of: attempt.claimed.job, by: scope.policy)
        scope.metrics.ended(outcome, after: scope.clock.now() - start)
        log(outcome, of: attempt)
        return outcome.map { settlement(of: attempt, $0) }
    }

    /// Runs a job of a schedule, and takes the schedule on: before, or behind where runs must not overlap.
    private func runIteration(_ attempt: Attempt) async -> AttemptExit {
        let job = attempt.claimed.job
        guard let record = await scope.schedules.schedule(of: job) else { return await run(attempt) }
        // The store's time: that of the claim, and what has passed since.
        let claimedAt = job.processedAt ?? record.slot
        if record.schedule.overlap == .allow {
            await scope.schedules.step(record, now: claimedAt)
            return await run(attempt)
        }
        let begin = scope.clock.now()
        let exit = await run(attempt)
        await scope.schedules.step(record, now: claimedAt + (scope.clock.now() - begin))
        return exit
    }

    /// The settlement of an attempt that ends with this outcome.
    func settlement(of attempt: Attempt, _ outcome: Outcome) -> Settlement {
        Settlement(
            lease: attempt.claimed.lease, outcome: outcome,
            retention: scope.retention(of: attempt.claimed.job, after: outcome))
    }

    /// Finds the handler and runs it, under a timeout if the job has one.
    private func run(_ attempt: Attempt) async -> AttemptExit {
        if let reason = attempt.claimed.job.deferredFailure { return .deferredFailure(reason) }
        guard let handler = handlers.find(attempt.claimed.job.name) else { return .noHandler }
        let timer = scope.policy.timeout(of: attempt.claimed.job).map { stop(attempt, after: $0) }
        defer { timer?.cancel() }
        do {
            let result = try await handler(JobContext(attemptState: attempt, worker: scope))
            let bytes = result.text.utf8.count
            let limit = scope.configuration.maxResultBytes
            return bytes > limit ? .resultTooLarge(bytes: bytes, limit: limit) : .completed(result)
        } catch {
            return AttemptExit(throwing: error)
        }
    }

    /// Stops the attempt when its time is up. A task of its own and not a child: the handler runs in the attempt's
    /// task, where a group would cost every job with a timeout a second one.
    private func stop(_ attempt: Attempt, after timeout: Duration) -> Task<Void, Never> {
        Task { [clock = scope.clock] in
            if await clock.sleep(for: timeout) { attempt.stop(.timedOut) }
        }
    }

    private func log(_ outcome: Outcome?, of attempt: Attempt) {
        switch outcome {
        case .completed, .snoozed, .released, .cancelled:
            scope.logger.debug("attempt ended", metadata: metadata(of: attempt, outcome))
        case .retry(_, let failure):
            scope.logger.notice(
                "attempt failed, to be tried again: \(failure.reason)", metadata: metadata(of: attempt, outcome))
        case .failed(let failure):
            scope.logger.warning("job failed: \(failure.reason)", metadata: metadata(of: attempt, outcome))
        case nil:
            scope.logger.warning("lease lost, outcome dropped", metadata: metadata(of: attempt, outcome))
        }
    }

    private func metadata(of attempt: Attempt, _ outcome: Outcome?) -> Logger.Metadata {
        let job = attempt.claimed.job
        var metadata: Logger.Metadata = [
            "job_id": .string(job.key.id.text), "queue": .string(job.key.queue.text),
            "attempt": .stringConvertible(job.attemptsMade + 1),
            "outcome": .string(WorkerMetrics.label(of: outcome)),
        ]
        if let correlation = job.options.correlationID { metadata["correlation_id"] = .string(correlation) }
        return metadata
    }
}
