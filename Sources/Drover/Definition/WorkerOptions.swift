public import DroverCore

/// How a worker of one queue works. Every option has a default.
public struct WorkerOptions: Sendable {
    /// How long the right to run an attempt lasts unless it is renewed; a crashed worker's jobs are taken over after it.
    /// At least 100 ms, as the intervals below are; shorter ones are taken as that.
    public var lease: Duration = .seconds(30)
    /// How long running jobs may go on when the worker shuts down, before they are cancelled and given back.
    public var grace: Duration = .seconds(30)
    /// How often a job's lease may expire before the job fails. The job of a schedule's slot does not fail by it while
    /// there is that schedule, as with BullMQ.
    public var maxStalled = 1
    /// Stop after so many jobs have been started and settled; nil for no bound.
    public var limit: Int?
    /// What to keep of completed jobs whose own options do not say; nil takes the store's default.
    public var completedRetention: Retention?
    /// What to keep of failed jobs whose own options do not say; nil takes the store's default.
    public var failedRetention: Retention?
    /// How often a job may be tried in all that asks for one attempt, which is what a job that says nothing asks for; nil
    /// for once.
    public var attempts: Int?
    /// The wait between the attempts of jobs that say none; nil tries them again at once.
    public var backoff: Backoff?
    /// How long after it was stored a job may be tried again that does not say it; nil for no bound.
    public var retryFor: Duration?
    /// Waits between attempts by name, for jobs whose backoff is `Backoff.custom(_:base:)`.
    public var backoffStrategies: [String: BackoffStrategy] = [:]
    /// Where a copy of a job goes that fails for good and does not say it (`JobOptions.deadLetterQueue`); nil for nowhere.
    /// Another queue than the worker's.
    public var deadLetterQueue: QueueName?
    /// The longest time one attempt may take of jobs that have no bound of their own; nil for no bound.
    public var timeout: Duration?
    /// Bounds the jobs that run at once together with other workers that have the same one; nil for no such bound.
    public var cap: ConcurrencyCap?
    /// How many jobs of the queue begin in a span at most, over all workers that say the same, those of BullMQ with its `limiter`
    /// included; nil for no such bound. A rate of the queue itself goes first.
    public var rateLimit: WorkerRate?
    /// What wraps every attempt; the first is the outermost.
    public var middleware: [any JobMiddleware] = []
    /// The worker's name, which no other worker may have; nil makes one of host, process and a random part.
    public var name: String?
    /// How many calls that settle and claim may be under way at once, from 1 to 16. Beyond the first there are only as
    /// many as have a fair part of the worker's jobs to move.
    public var exchangesInFlight = 4
    /// How often stalled jobs are put back and old finished ones removed; nil for once in one and a quarter leases.
    public var maintenanceInterval: Duration?
    /// How often the worker says that it lives. It is off the list of workers after three of these in silence. All
    /// workers of a service report in one call, as often as the shortest of their intervals says.
    public var heartbeatInterval: Duration = .seconds(10)
    /// How long a worker with an empty queue waits before it looks again without having been woken. Each look that
    /// finds nothing doubles the next wait, up to ``longestIdleWait``; a job or a wake-up brings it back to this.
    public var idleWait: Duration = .seconds(5)
    /// How long such a wait may become; no shorter than ``idleWait``.
    ///
    /// What comes in wakes a worker, and it never sleeps beyond the time at which it knows that a job is due. This is
    /// what a wake-up that was lost can cost: a job that came with it waits so much longer, unless another one comes.
    public var longestIdleWait: Duration = .seconds(120)

    /// Options with every default but these.
    public init(
        lease: Duration = .seconds(30), grace: Duration = .seconds(30), maxStalled: Int = 1, limit: Int? = nil,
        completedRetention: Retention? = nil, failedRetention: Retention? = nil,
        middleware: [any JobMiddleware] = [], name: String? = nil
    ) {
        self.lease = lease
        self.grace = grace
        self.maxStalled = maxStalled
        self.limit = limit
        self.completedRetention = completedRetention
        self.failedRetention = failedRetention
        self.middleware = middleware
        self.name = name
    }

    /// How long a worker that stops offers its outcomes to a store that does not answer: its grace, at least five seconds
    /// and at most its lease.
    var lastCalls: Duration { min(lease, max(grace, QueueWorker.lastWait)) }

    /// These options with every span and number that a worker can work with: none that would make it run in a circle.
    var withinBounds: WorkerOptions {
        let shortest: Duration = .milliseconds(100)
        var options = self
        options.lease = max(lease, shortest)
        options.grace = max(grace, .zero)
        options.timeout = timeout.map { max($0, .milliseconds(1)) }
        options.rateLimit = rateLimit?.withinBounds
        options.exchangesInFlight = min(max(exchangesInFlight, 1), 16)
        options.maintenanceInterval = maintenanceInterval.map { max($0, shortest) }
        options.heartbeatInterval = max(heartbeatInterval, shortest)
        options.idleWait = max(idleWait, shortest)
        options.longestIdleWait = max(longestIdleWait, options.idleWait)
        return options
    }
}
