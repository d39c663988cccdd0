/// Thrown by a handler: the job fails now, however many attempts are left.
public struct Unrecoverable: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why; stored as the job's failed reason.
    public let reason: String

    /// Fails the job for this reason.
    public init(_ reason: String) { self.reason = reason }

    /// The reason.
    public var description: String { reason }
}

/// Thrown by a handler: the job is run again when its children are done, and this attempt does not count.
///
/// A job without a child to wait for runs again at once; ``JobContext/waitForChildren()`` throws it only where there is one.
public struct WaitForChildren: Error, Hashable, Sendable, CustomStringConvertible {
    /// Lets the job wait.
    public init() {}

    /// A line for people.
    public var description: String { "waits for its children" }
}

/// Thrown by a handler: the job is run again later, and this attempt does not count.
public struct Snooze: Error, Hashable, Sendable, CustomStringConvertible {
    /// After how long the job becomes claimable again; zero or less puts it at the back of the line.
    public let delay: Duration

    /// Puts the job off for this long.
    public init(for delay: Duration) { self.delay = delay }

    /// A line for people.
    public var description: String { "snoozed for \(delay)" }
}

/// Thrown by a handler: the whole queue hands out no jobs for a while, and this one is put back to the front without
/// counting an attempt. For a service that says it is asked too often.
///
/// ```swift
/// guard response.status != .tooManyRequests else { throw RateLimited(for: .seconds(30)) }
/// ```
public struct RateLimited: Error, Hashable, Sendable, CustomStringConvertible {
    /// How long the queue hands out nothing, on all workers; zero or less only puts the job back. A queue that is held for
    /// longer already stays so.
    public let delay: Duration

    /// Holds the queue for this long.
    public init(for delay: Duration) { self.delay = delay }

    /// A line for people.
    public var description: String { "the queue is held for \(delay)" }
}
