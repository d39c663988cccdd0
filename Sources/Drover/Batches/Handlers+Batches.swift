public import DroverCore

/// What makes the line of a worker for jobs of one name.
struct BatchDefinition: Sendable {
    var rule: BatchGathering.Rule
    var run: @Sendable (RunningBatch) async -> Void
}

extension Handlers {
    /// Runs jobs of a type several at once, as far as there are several.
    ///
    /// ```swift
    /// handlers.onBatch(SendMail.self, upTo: 100, atLeast: 10, within: .seconds(2)) { batch in
    ///     let answers = try await provider.send(batch.map(\.payload.message))
    ///     for (job, answer) in zip(batch, answers) where !answer.isAccepted { batch.fail(job, answer.error) }
    /// }
    /// ```
    ///
    /// Claimed jobs wait, with their leases kept, until there are `atLeast` and all that were claimed together have come, or the
    /// first has waited so long. Each job that has no answer when the handler returns is completed; when it throws, each
    /// fails as by its own options. Timeouts, cancel requests and lost leases are those of the single job; middleware wraps
    /// each job, and its wait with it. The worker's concurrency counts jobs: let it be at least `upTo`. When the worker shuts
    /// down, jobs that still wait are given back at once.
    ///
    /// - Parameters:
    ///   - type: of the payload.
    ///   - upTo: how many jobs a batch has at most; at least 1.
    ///   - atLeast: how many to wait for.
    ///   - span: how long the first job waits for others at most.
    ///   - group: lets only jobs of the same group into a batch, for example `\.group`; nil lets all.
    ///   - run: does the jobs of a batch.
    public mutating func onBatch<P: JobPayload>(
        _ type: P.Type, upTo: Int, atLeast: Int = 1, within span: Duration = .zero,
        groupedBy group: (@Sendable (BatchJob<P>) -> String?)? = nil,
        _ run: @escaping @Sendable (JobBatch<P>) async throws -> Void
    ) where P.Result == NoResult {
        addBatch(P.self, BatchGathering.Rule(upTo: upTo, atLeast: atLeast, within: span), group) { batch in
            try await run(batch)
            for job in batch { batch.complete(job) }
        }
    }

    /// Runs jobs of a type that return results several at once.
    ///
    /// As the form without results; but a job that has no answer when the handler returns ends with its result in what that
    /// returned, and without one it fails as by its options.
    ///
    /// - Parameters:
    ///   - type: of the payload.
    ///   - upTo: how many jobs a batch has at most; at least 1.
    ///   - atLeast: how many to wait for.
    ///   - span: how long the first job waits for others at most.
    ///   - group: lets only jobs of the same group into a batch; nil lets all.
    ///   - run: does the jobs of a batch, and returns results by the jobs' keys.
    @_disfavoredOverload  // as in `on`
    public mutating func onBatch<P: JobPayload>(
        _ type: P.Type, upTo: Int, atLeast: Int = 1, within span: Duration = .zero,
        groupedBy group: (@Sendable (BatchJob<P>) -> String?)? = nil,
        _ run: @escaping @Sendable (JobBatch<P>) async throws -> [JobKey: P.Result]
    ) {
        addBatch(P.self, BatchGathering.Rule(upTo: upTo, atLeast: atLeast, within: span), group) { batch in
            let results = try await run(batch)
            for job in batch where !job.isSettled {
                if let result = results[job.key] {
                    do { try batch.complete(job, result) } catch { batch.fail(job, error) }
                } else {
                    batch.fail(job, MissingBatchResult())
                }
            }
        }
    }

    private mutating func addBatch<P: JobPayload>(
        _: P.Type, _ rule: BatchGathering.Rule, _ group: (@Sendable (BatchJob<P>) -> String?)?,
        _ run: @escaping @Sendable (JobBatch<P>) async throws -> Void
    ) {
        let coding = PayloadCoding()
        let runAll: @Sendable (RunningBatch) async -> Void = { running in
            let members = running.members
            let batch = JobBatch(
                running: running,
                jobs: members.compactMap { member in
                    (member.payload as? P).map { BatchJob(member: member, payload: $0) }
                })
            do {
                try await run(batch)
                for member in members { member.answer.settle(.failure(MissingBatchResult())) }
            } catch {
                for member in members { member.answer.settle(.failure(error)) }
            }
        }
        add(P.self, BatchDefinition(rule: rule, run: runAll)) { context in
            let payload = try coding.decode(P.self, from: context.payload)
            let member = BatchLine.Member(context: context, payload: payload)
            // Without a line jobs are worked one by one, as tests do.
            guard let line = context.worker.lines[P.name] else {
                await runAll(RunningBatch([member]))
                return try await member.answer.value()
            }
            let name = group.flatMap { $0(BatchJob(member: member, payload: payload)) }
            return try await line.join(member, group: name ?? "")
        }
    }
}
