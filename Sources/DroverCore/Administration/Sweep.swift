/// Removing many jobs of a queue, in steps.
public enum Sweep: Hashable, Sendable {
    /// Remove the jobs that wait (waiting and prioritized), and the delayed ones if asked.
    case drain(QueueName, delayed: Bool)
    /// Remove jobs of one state that are older than a span. Finished jobs are as old as their end; delayed,
    /// waiting and prioritized ones count from the last attempt's start, else from when they were stored; active
    /// ones are removed only when their lease has expired.
    case clean(QueueName, state: JobState, olderThan: Duration)
    /// Remove a paused queue with all it holds. Refused while jobs are active, unless forced.
    case obliterate(QueueName, force: Bool)

    /// The queue that is swept.
    public var queue: QueueName {
        switch self {
        case .drain(let queue, _), .clean(let queue, _, _), .obliterate(let queue, _): queue
        }
    }
}

/// What one step of a sweep did.
public struct SweepReport: Hashable, Sendable {
    /// How the sweep stands.
    public enum Progress: Hashable, Sendable {
        /// Nothing is left to look at.
        case finished
        /// Call again with this cursor.
        case more(PageCursor)
        /// The sweep is not allowed now; nothing was removed.
        case refused(ValidationError)
    }

    /// How many jobs this step removed.
    public var removed: Int
    /// Whether there is more to do.
    public var progress: Progress

    /// A report from its parts.
    public init(removed: Int, progress: Progress) {
        self.removed = removed
        self.progress = progress
    }
}

/// Removing finished jobs that a rule no longer keeps.
public struct PruneRule: Hashable, Sendable {
    /// Which jobs.
    public enum Finished: String, Hashable, Sendable {
        /// Those that completed.
        case completed
        /// Those that failed.
        case failed
    }

    /// Which jobs.
    public var finished: Finished
    /// What to keep of them.
    public var retention: Retention

    /// A rule from its parts.
    public init(_ finished: Finished, keeping retention: Retention) {
        self.finished = finished
        self.retention = retention
    }
}

/// A job that was taken from a worker whose lease had expired, and waits again.
public struct StalledJob: Hashable, Sendable {
    /// The job.
    public var key: JobKey
    /// How often it has stalled, this time included.
    public var stalls: Int
    /// Whether that was once too often, or the job was to be cancelled: whoever claims it next must fail it.
    public var mustFail: Bool

    /// A stalled job from its parts.
    public init(key: JobKey, stalls: Int, mustFail: Bool) {
        self.key = key
        self.stalls = stalls
        self.mustFail = mustFail
    }
}
