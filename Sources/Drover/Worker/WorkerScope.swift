import DroverCore
import Logging

/// What all attempts of one worker share.
///
/// A class, so that a job's context holds one reference and not a copy of it all.
final class WorkerScope: Sendable {
    let queue: QueueName
    let name: String
    let concurrency: Int
    let options: WorkerOptions
    let configuration: ServiceConfiguration
    let store: any JobStore
    let clock: EngineClock
    let logger: Logger
    let metrics: WorkerMetrics
    let log: JobLog
    /// Nil where the process has no tracer.
    let tracing: JobTracing?
    let policy: RetryPolicy
    let schedules: ScheduleStepper
    /// Keeps the leases of the worker's attempts.
    let keeper: LeaseKeeper
    let completedRetention: Retention
    let failedRetention: Retention
    /// What the types of the handlers say of the encryption of their payloads.
    let parts: [JobName: EncryptedParts]
    /// Where jobs wait that are run several at once; empty where they are worked one by one.
    let lines: [JobName: BatchLine]

    init(
        queue: QueueName, concurrency: Int, options: WorkerOptions, configuration: ServiceConfiguration,
        store: any JobStore, clock: EngineClock, keeper: LeaseKeeper, logger: Logger,
        parts: [JobName: EncryptedParts] = [:], batches: [JobName: BatchDefinition] = [:]
    ) {
        self.queue = queue
        self.concurrency = max(1, concurrency)
        self.options = options.withinBounds
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.keeper = keeper
        self.logger = logger
        self.parts = parts
        lines = batches.mapValues { batch in
            var rule = batch.rule
            rule.atLeast = min(rule.atLeast, rule.upTo, max(1, concurrency))
            return BatchLine(rule, clock: clock, run: batch.run)
        }
        name = options.name ?? HostIdentity.current.workerName()
        metrics = WorkerMetrics(queue: queue)
        log = JobLog(logger: logger, worker: name, level: configuration.jobLogLevel)
        tracing = JobTracing(configuration.tracer)
        policy = RetryPolicy(
            random: configuration.random, attempts: options.attempts ?? 1, backoff: options.backoff,
            timeout: self.options.timeout, retryFor: options.retryFor, strategies: options.backoffStrategies)
        schedules = ScheduleStepper(
            queue: queue, store: store, wallClock: configuration.wallClock, logger: logger)
        completedRetention = options.completedRetention ?? store.traits.completedRetention
        failedRetention = options.failedRetention ?? store.traits.failedRetention
    }

    /// How a claimed job ends that nobody may, or need, run; nil for one that is to be run.
    func refusal(of claimed: ClaimedJob) -> AttemptExit? {
        if let reason = claimed.job.deferredFailure { return .deferredFailure(reason) }
        if claimed.job.isExpired { return .expired }
        return cachedResult(of: claimed).map { .cached($0) }
    }

    /// What to keep of jobs that end as this one does: the job's own rule, else the worker's, else the store's.
    func retention(of job: JobRecord, after outcome: Outcome) -> Retention {
        switch outcome {
        case .completed: job.options.completedRetention ?? completedRetention
        case .failed, .cancelled: job.options.failedRetention ?? failedRetention
        case .retry, .snoozed, .waitingForChildren, .released, .rateLimited: .keepAll
        }
    }
}
