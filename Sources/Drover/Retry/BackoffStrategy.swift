public import DroverCore

/// Says how long a job waits before it is tried again, or nil when it is not to be.
///
/// A strategy has a name, by which jobs choose it: `Backoff.custom(_:base:)`. Workers get theirs in
/// ``WorkerOptions/backoffStrategies``. What it returns is taken within 0 and 100 years.
///
/// ```swift
/// var options = WorkerOptions()
/// options.backoffStrategies["polite"] = { failed in
///     failed.error is TooManyRequests ? .seconds(300) : .seconds(5 * failed.number)
/// }
/// ```
public typealias BackoffStrategy = @Sendable (FailedAttempt) -> Duration?

/// An attempt that failed, as a ``BackoffStrategy`` sees it.
public struct FailedAttempt: Sendable {
    /// The job as it was when it was claimed.
    public var job: JobRecord
    /// Why it failed: the reason that is stored.
    public var reason: String
    /// What the handler threw; nil when it did not throw, but took too long for example.
    public var error: (any Error)?

    /// Which attempt it was, from 1.
    public var number: Int { job.attemptsMade + 1 }

    /// A failed attempt from its parts.
    public init(job: JobRecord, reason: String, error: (any Error)? = nil) {
        self.job = job
        self.reason = reason
        self.error = error
    }
}
