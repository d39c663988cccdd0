/// A place in a list, to go on from. Its text is the store's own business.
public struct PageCursor: Hashable, Sendable {
    /// The place, for the store that made it.
    public let text: String

    /// A cursor from a text that a store gave.
    public init(_ text: String) { self.text = text }
}

/// Which part of a list to read.
public struct Page: Hashable, Sendable {
    /// In which direction to read.
    public enum Order: String, Hashable, Sendable {
        /// From the first: the next to run, the next due, the first that finished.
        case ascending
        /// From the last.
        case descending
    }

    /// How many items at most; 1 to 1,000.
    public var limit: Int { didSet { limit = min(max(limit, 1), 1000) } }
    /// Read on behind this place, in the direction of ``order``; nil starts at that direction's beginning.
    public var after: PageCursor?
    /// The direction.
    public var order: Order

    /// A page from its parts. `limit` is brought into 1…1,000.
    public init(limit: Int = 100, after: PageCursor? = nil, order: Order = .ascending) {
        self.limit = min(max(limit, 1), 1000)
        self.after = after
        self.order = order
    }
}

/// Which jobs to list.
public struct JobQuery: Hashable, Sendable {
    /// Which of a queue's jobs.
    public enum Part: Hashable, Sendable {
        /// Those in a state. Waiting and prioritized jobs come in the order of claims, delayed ones by due time,
        /// finished ones by their end, in whole milliseconds, grouped ones by entry; the order of active ones is not promised.
        case state(JobState)
        /// The one that holds a deduplication id; ``JobPage/hold`` says more of it.
        case holding(deduplication: String)
        /// Those in a state that a filter finds, in the order of ``state(_:)``. A page may be short and yet have a cursor: its
        /// search had looked at as many jobs as it may. ``JobPage/tally`` says how many.
        case matching(JobSearch)
        /// Those that wait in a group, in the order of its turns.
        case group(String)
        /// None of them: the queue's groups, by the bytes of their names, in ``JobPage/groups``. A group is listed while jobs
        /// wait in it or are active, and while it has a setting of its own.
        case groups
    }

    /// Of which queue.
    public var queue: QueueName
    /// Which jobs.
    public var part: Part

    /// A query from its parts.
    public init(queue: QueueName, part: Part) {
        self.queue = queue
        self.part = part
    }

    /// The jobs of a state.
    public init(queue: QueueName, state: JobState) { self.init(queue: queue, part: .state(state)) }

    /// A part of a search.
    public init(queue: QueueName, _ search: JobSearch) { self.init(queue: queue, part: .matching(search)) }
}

/// A part of a list of jobs.
public struct JobPage: Hashable, Sendable {
    /// The jobs.
    public var jobs: [JobRecord]
    /// Where the next page begins; nil at the end.
    public var next: PageCursor?
    /// Who holds the deduplication id that was asked for; nil when nobody does, or none was asked for.
    public var hold: DeduplicationHold?
    /// What a search has cost and found; nil for other queries.
    public var tally: SearchTally?

    /// The groups, where these were asked for.
    public var groups: [GroupSummary]
    /// What holds for groups that have no setting of their own, where the groups were asked for.
    public var everyGroup = GroupLimits()

    /// A page from its parts.
    public init(
        jobs: [JobRecord], next: PageCursor? = nil, hold: DeduplicationHold? = nil, tally: SearchTally? = nil,
        groups: [GroupSummary] = []
    ) {
        self.jobs = jobs
        self.next = next
        self.hold = hold
        self.tally = tally
        self.groups = groups
    }
}

/// A part of a job's log.
public struct LogPage: Hashable, Sendable {
    /// The lines.
    public var lines: [String]
    /// How many lines the job has in all.
    public var total: Int
    /// Where the next page begins; nil at the end.
    public var next: PageCursor?

    /// A page from its parts.
    public init(lines: [String], total: Int, next: PageCursor?) {
        self.lines = lines
        self.total = total
        self.next = next
    }
}
