public import DroverCore

/// What `JobService.drain(limit:)` did.
public struct DrainReport: Sendable {
    /// One attempt.
    public struct Run: Sendable {
        /// The job as it was when it was claimed.
        public var job: JobRecord
        /// How the attempt ended; nil when its lease was lost.
        public var outcome: Outcome?
    }

    /// The attempts, in the order in which they were run.
    public var runs: [Run] = []
    /// How long until the next job is due that was left; nil when none was.
    public var nextDueIn: Duration?

    /// The jobs that completed.
    public var completed: [JobRecord] {
        jobs { if case .completed = $0 { true } else { false } }
    }

    /// The jobs that failed for good.
    public var failed: [JobRecord] {
        jobs { if case .failed = $0 { true } else { false } }
    }

    /// The jobs whose attempts failed and that are to be tried again, once for each attempt.
    public var retried: [JobRecord] {
        jobs { if case .retry = $0 { true } else { false } }
    }

    private func jobs(_ fits: (Outcome) -> Bool) -> [JobRecord] {
        runs.compactMap { run in run.outcome.map(fits) == true ? run.job : nil }
    }
}
