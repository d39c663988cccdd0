/// A schedule as a store holds it at one moment.
public struct ScheduleRecord: Hashable, Sendable {
    /// What runs, and when.
    public var schedule: Schedule
    /// The slot of its pending job; of its last one when it has ended.
    public var slot: Timestamp
    /// How many jobs it has made.
    public var iterations: Int
    /// It makes no jobs until it is resumed.
    public var isPaused: Bool
    /// It has no further slot.
    public var hasEnded: Bool

    /// How many slots of an interval that have jobs already are passed over when a schedule is stored (PROTOCOL 15.4).
    package static let mostSteps = 32

    /// A record from its parts.
    public init(schedule: Schedule, slot: Timestamp, iterations: Int, isPaused: Bool = false, hasEnded: Bool = false) {
        self.schedule = schedule
        self.slot = slot
        self.iterations = iterations
        self.isPaused = isPaused
        self.hasEnded = hasEnded
    }
}

/// Which run of a schedule a job is.
public struct Iteration: Hashable, Sendable {
    /// The schedule, in the job's queue.
    public var schedule: ScheduleID
    /// The instant that the job is meant for.
    public var slot: Timestamp

    /// An iteration from its parts.
    public init(schedule: ScheduleID, slot: Timestamp) {
        self.schedule = schedule
        self.slot = slot
    }
}

extension JobID {
    /// Which run of which schedule a job with this id is, as the id says: `repeat:SCHEDULE:MILLISECONDS` (PROTOCOL 15.1).
    /// Nil for any other id. Whether there is such a schedule, a store knows.
    public var iteration: Iteration? {
        let bytes = text.utf8
        guard bytes.starts(with: "repeat:".utf8), let end = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let begin = bytes.index(bytes.startIndex, offsetBy: 7)
        let digits = text[bytes.index(after: end)...]
        guard begin < end, let slot = Int64(digits), String(slot) == digits else { return nil }
        return Iteration(schedule: ScheduleID(stored: String(text[begin..<end])), slot: Timestamp(milliseconds: slot))
    }
}

/// Which schedules of a queue to list.
public struct ScheduleQuery: Hashable, Sendable {
    /// A part of a queue's schedules.
    public enum Part: Hashable, Sendable {
        /// All.
        case all
        /// Those of these ids.
        case ids([ScheduleID])
        /// Those whose slot has come while its job is not there, or has finished without the next one being stored: a
        /// process that died in between left them so, or somebody removed the job. Neither paused nor ended ones. They
        /// always come in ascending order.
        case overdue
    }

    /// Of which queue.
    public var queue: QueueName
    /// Which of them.
    public var part: Part

    /// A query from its parts.
    public init(queue: QueueName, part: Part = .all) {
        self.queue = queue
        self.part = part
    }
}

/// A part of a list of schedules.
public struct SchedulePage: Hashable, Sendable {
    /// The schedules, by slot, then id.
    public var schedules: [ScheduleRecord]
    /// Where the next page begins; nil at the end.
    public var next: PageCursor?

    /// A page from its parts.
    public init(schedules: [ScheduleRecord], next: PageCursor?) {
        self.schedules = schedules
        self.next = next
    }
}
