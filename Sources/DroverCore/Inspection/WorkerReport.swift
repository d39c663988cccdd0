/// What a worker says of itself while it lives.
public struct WorkerReport: Hashable, Sendable {
    /// A name that no other worker has.
    public var id: String
    /// The queue it works.
    public var queue: QueueName
    /// The name of its host.
    public var host: String
    /// Its process on that host.
    public var process: Int
    /// How many jobs it runs at once at most.
    public var concurrency: Int
    /// How many jobs it runs now.
    public var running: Int
    /// How long the report counts: a worker that is silent for longer is gone. Zero takes it off the list at once.
    public var validFor: Duration

    /// A report from its parts.
    public init(
        id: String, queue: QueueName, host: String, process: Int, concurrency: Int, running: Int, validFor: Duration
    ) {
        self.id = id
        self.queue = queue
        self.host = host
        self.process = process
        self.concurrency = concurrency
        self.running = running
        self.validFor = validFor
    }
}

/// A living worker as the store knows it.
public struct WorkerSummary: Hashable, Sendable {
    /// What it said last.
    public var report: WorkerReport
    /// When it first reported.
    public var startedAt: Timestamp
    /// When it last did.
    public var seenAt: Timestamp

    /// A summary from its parts.
    public init(report: WorkerReport, startedAt: Timestamp, seenAt: Timestamp) {
        self.report = report
        self.startedAt = startedAt
        self.seenAt = seenAt
    }
}
