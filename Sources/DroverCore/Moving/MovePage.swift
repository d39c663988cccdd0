/// What to read of a queue that is moved.
public struct MoveQuery: Hashable, Sendable {
    /// Which things.
    public enum Part: Hashable, Sendable {
        /// Only how far a move has come.
        case point
        /// Whole jobs of one state, in the order of claims, of due times, or of their end.
        case jobs(JobState)
        /// Schedules, with the jobs that they wait for.
        case schedules
    }

    /// Of which queue.
    public var queue: QueueName
    /// Which things.
    public var part: Part

    /// A query from its parts.
    public init(queue: QueueName, part: Part) {
        self.queue = queue
        self.part = part
    }
}

/// A part of what a queue holds, to be moved.
public struct MovePage: Hashable, Sendable {
    /// Whole jobs: fewer than the page's limit also where they are large.
    public var jobs: [WholeJob]
    /// Schedules.
    public var schedules: [WholeSchedule]
    /// Where the next page begins; nil at the end.
    public var next: PageCursor?
    /// How far moves of the queue have come.
    public var point: MovePoint

    /// A page from its parts.
    public init(
        jobs: [WholeJob] = [], schedules: [WholeSchedule] = [], next: PageCursor? = nil, point: MovePoint = MovePoint()
    ) {
        self.jobs = jobs
        self.schedules = schedules
        self.next = next
        self.point = point
    }

    /// About how many bytes a page has at most, unless it is a single job.
    package static let largest = 4 << 20
}

/// What a store knows of moves of a queue, and what a mover must know of it.
public struct MovePoint: Hashable, Sendable {
    /// The number of the last id that was generated.
    public var lastID: Int64
    /// How far a move from or to this queue has come; nil when there was none.
    public var checkpoint: MoveCheckpoint?
    /// What of the queue no move can carry, in words.
    public var remains: [String]

    /// A point from its parts.
    public init(lastID: Int64 = 0, checkpoint: MoveCheckpoint? = nil, remains: [String] = []) {
        self.lastID = lastID
        self.checkpoint = checkpoint
        self.remains = remains
    }
}
