/// What a process wants to be woken for.
public struct WakeInterest: Hashable, Sendable {
    /// Queues for which it has free slots.
    public var work: Set<QueueName>
    /// Queues of which it runs jobs that somebody may cancel.
    public var cancellations: Set<QueueName>

    /// An interest from its parts.
    public init(work: Set<QueueName> = [], cancellations: Set<QueueName> = []) {
        self.work = work
        self.cancellations = cancellations
    }
}

/// Why a process was woken: hints, never promises (rule 8). Empty when the time is up.
public struct WakeUp: Hashable, Sendable {
    /// Queues that may have claimable jobs.
    public var work: Set<QueueName>
    /// Queues in which an active job was asked to stop.
    public var cancellations: Set<QueueName>

    /// A wake-up from its parts.
    public init(work: Set<QueueName> = [], cancellations: Set<QueueName> = []) {
        self.work = work
        self.cancellations = cancellations
    }

    /// Whether it says nothing.
    public var isEmpty: Bool { work.isEmpty && cancellations.isEmpty }
}
