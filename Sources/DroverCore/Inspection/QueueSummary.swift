/// How many jobs a queue has in each state.
public struct JobCounts: Hashable, Sendable {
    private var counts: [JobState: Int]

    /// Counts from a table; absent states count zero.
    public init(_ counts: [JobState: Int] = [:]) { self.counts = counts.filter { $0.value != 0 } }

    /// The number of jobs in one state.
    public subscript(state: JobState) -> Int {
        get { counts[state] ?? 0 }
        set { counts[state] = newValue == 0 ? nil : newValue }
    }

    /// All jobs.
    public var total: Int { counts.values.reduce(0, +) }
    /// Jobs that are ready: waiting, prioritized and grouped.
    public var ready: Int { self[.waiting] + self[.prioritized] + self[.grouped] }
    /// Jobs that are still to run and do not: waiting, prioritized, grouped and delayed. It is what `QueueSetting.maxLength` bounds.
    public var length: Int { ready + self[.delayed] }
}

/// A queue as a whole.
public struct QueueSummary: Hashable, Sendable {
    /// Its name.
    public var name: QueueName
    /// Whether it hands out no jobs.
    public var isPaused: Bool
    /// Its jobs by state.
    public var counts: JobCounts
    /// From which length on it takes no more new jobs; nil for no bound.
    public var maxLength: Int?
    /// How many of its jobs may be active at once, over all workers; nil for no bound.
    public var concurrency: Int?
    /// How many of its jobs may begin in a span of time; nil for no limit.
    public var rateLimit: RateLimit?
    /// For how long it hands out nothing, because it is held or as many have begun as may; nil when it isn't limited now.
    public var limitedFor: Duration?
    /// What is damaged of it, so that it can't be worked, and some of its jobs not be counted; nil when nothing was found.
    public var problem: String?

    /// A summary from its parts.
    public init(
        name: QueueName, isPaused: Bool, counts: JobCounts, maxLength: Int? = nil, problem: String? = nil
    ) {
        self.name = name
        self.isPaused = isPaused
        self.counts = counts
        self.maxLength = maxLength
        self.problem = problem
    }

    /// Whether it takes no more new jobs now.
    public var isFull: Bool { maxLength.map { counts.length >= $0 } ?? false }

    /// The number of jobs in one state; nil where it may be more than what could be counted.
    public func known(_ state: JobState) -> Int? { problem == nil || counts[state] > 0 ? counts[state] : nil }
}
