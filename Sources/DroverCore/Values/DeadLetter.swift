/// What a dead letter tells of the job that failed for good: a job in a dead-letter queue carries it beside the payload
/// (``JobOptions/deadLetter``). It was written when the letter was stored: when that job failed, or, where the job had failed
/// before, when somebody had letters made of such jobs.
public struct DeadLetter: Hashable, Sendable {
    /// The job that failed.
    public var job: JobKey
    /// When that job was stored.
    public var createdAt: Timestamp
    /// How many attempts it had made, the last one included.
    public var attempts: Int
    /// Why it failed: one line for people.
    public var reason: String
    /// The traces of its last failed attempts, oldest first: at most ``mostTraces``, each cut to ``longestTrace`` bytes.
    public var traces: [String]
    /// How it was to be run, without its deduplication and its trace context. What is replayed is run so again.
    public var options: JobOptions

    /// A letter's history from its parts; of the traces the newest are kept, cut to what is allowed.
    public init(
        job: JobKey, createdAt: Timestamp, attempts: Int, reason: String, traces: [String] = [],
        options: JobOptions = JobOptions()
    ) {
        self.job = job
        self.createdAt = createdAt
        self.attempts = attempts
        self.reason = reason
        self.traces = traces.suffix(Self.mostTraces).map { Self.cut($0) }
        self.options = options
        self.options.deduplication = nil
        self.options.telemetry = nil
    }

    /// How many traces a letter keeps.
    public static let mostTraces = 3
    /// How many bytes of a trace it keeps.
    public static let longestTrace = 4096

    /// How often the job had been replayed before it failed this time.
    public var replays: Int { options.replay?.count ?? 0 }
    /// The job with which it began: of what was replayed the one that failed first.
    public var origin: JobKey { options.replay?.origin ?? job }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= longestTrace ? text : String(decoding: text.utf8.prefix(longestTrace), as: UTF8.self)
    }
}

/// What a job that was made of a dead letter tells of that (``JobOptions/replay``).
public struct JobReplay: Hashable, Sendable {
    /// The job with which it began.
    public var origin: JobKey
    /// How often it has been replayed, this time included; at least 1.
    public var count: Int

    /// A note of a replay.
    public init(origin: JobKey, count: Int) {
        self.origin = origin
        self.count = count
    }
}
