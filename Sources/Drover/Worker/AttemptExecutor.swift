import DroverCore
import Tracing

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
        let span = scope.tracing?.begin(attempt, worker: scope.name)
        scope.log.started(attempt)
        let isIteration = attempt.claimed.job.key.id.iteration != nil
        let ended =
            if let span {
                // The handler's task has the span's context.
                await ServiceContext.withValue(span.context) {
                    await isIteration ? runIteration(attempt) : run(attempt)
                }
            } else {
                await isIteration ? runIteration(attempt) : run(attempt)
            }
        let fate = attempt.fate
        let length = scope.clock.now() - start
        if fate.isCompleted {
            tellCompleted(attempt, ended, after: length, in: span)
            return nil
        }
        let exit = ended.after(fate.stop)
        let outcome = exit.outcome(of: attempt.claimed.job, by: scope.policy, after: length)
        scope.metrics.ended(outcome, after: length)
        scope.log.ended(outcome, of: attempt, after: length)
        if case .retry = outcome, let name = scope.policy.missingStrategy(of: attempt.claimed.job) {
            scope.log.lacks(name, for: attempt)
        }
        if case .cached = exit { scope.tellCached(attempt) }
        if let span { JobTracing.end(span, exit, outcome) }
        return outcome.map { outcome in
            let settlement = scope.settlement(of: attempt.claimed, outcome, keepsJob: exit.keepsJob)
            if let letter = settlement.deadLetter {
                scope.metrics.deadLettered()
                scope.log.deadLettered(attempt, to: letter.key)
            }
            return settlement
        }
    }

    /// Counts and logs an attempt whose handler has completed the job in a transaction. What the handler did after that
    /// changes nothing.
    private func tellCompleted(_ attempt: Attempt, _ exit: AttemptExit, after length: Duration, in span: (any Span)?) {
        let outcome = Outcome.completed(.null)
        scope.metrics.ended(outcome, after: length)
        scope.log.ended(outcome, of: attempt, after: length)
        if let span { JobTracing.end(span, .completed(.null), outcome) }
        if let error = exit.error { scope.log.threw(error, afterCompleting: attempt) }
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
        scope.settlement(of: attempt.claimed, outcome)
    }

    /// Finds the handler and runs it, under a timeout if the job has one.
    private func run(_ attempt: Attempt) async -> AttemptExit {
        if let refusal = scope.refusal(of: attempt.claimed) { return refusal }
        guard let handler = handlers.find(attempt.claimed.job.name) else { return .noHandler }
        var opened: OpenedPayload?
        do { opened = try scope.open(attempt.claimed.job) } catch { return .unreadable(error) }
        if !attempt.claimed.job.options.inputs.isEmpty {
            do { opened = try await scope.withInputs(attempt.claimed.job, opened) } catch {
                return WorkerScope.exit(of: error)
            }
        }
        let timer = scope.policy.timeout(of: attempt.claimed.job).map { stop(attempt, after: $0) }
        defer { timer?.cancel() }
        do {
            let returned = try await handler(JobContext(attemptState: attempt, worker: scope, opened: opened))
            let result = try scope.stored(result: returned, of: attempt.claimed.job.name, opened)
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
}
