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
    let policy: RetryPolicy
    let schedules: ScheduleStepper
    let completedRetention: Retention
    let failedRetention: Retention

    init(
        queue: QueueName, concurrency: Int, options: WorkerOptions, configuration: ServiceConfiguration,
        store: any JobStore, clock: EngineClock, logger: Logger
    ) {
        self.queue = queue
        self.concurrency = max(1, concurrency)
        self.options = options.withinBounds
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.logger = logger
        name = options.name ?? HostIdentity.current.workerName()
        metrics = WorkerMetrics(queue: queue)
        policy = RetryPolicy(
            random: configuration.random, attempts: options.attempts ?? 1, backoff: options.backoff,
            timeout: self.options.timeout)
        schedules = ScheduleStepper(
            queue: queue, store: store, wallClock: configuration.wallClock, logger: logger)
        completedRetention = options.completedRetention ?? store.traits.completedRetention
        failedRetention = options.failedRetention ?? store.traits.failedRetention
    }

    /// What to keep of jobs that end as this one does: the job's own rule, else the worker's, else the store's.
    func retention(of job: JobRecord, after outcome: Outcome) -> Retention {
        switch outcome {
        case .completed: job.options.completedRetention ?? completedRetention
        case .failed, .cancelled: job.options.failedRetention ?? failedRetention
        case .retry, .snoozed, .released: .keepAll
        }
    }
}
