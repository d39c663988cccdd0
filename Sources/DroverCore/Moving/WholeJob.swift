/// A job with all that a store keeps of it, so that another store can take it over as it is.
public struct WholeJob: Hashable, Sendable {
    /// The job.
    public var record: JobRecord
    /// Its options as stored, with members that are not known here; nil where all have their defaults. This text is what
    /// is moved, and not ``JobRecord/options``.
    public var options: String?
    /// The lines of its log, oldest first.
    public var log: [String]
    /// The deduplication that was stored with it; nil for none.
    public var deduplication: MovedDeduplication?
    /// Why only the store that holds it can keep it, in a few words; nil when it can be moved.
    public var obstacle: String?

    /// A whole job from its parts.
    public init(
        record: JobRecord, options: String?, log: [String] = [], deduplication: MovedDeduplication? = nil,
        obstacle: String? = nil
    ) {
        self.record = record
        self.options = options
        self.log = log
        self.deduplication = deduplication
        self.obstacle = obstacle
    }

    /// The obstacle of a job that has a parent or children: a flow is not moved.
    package static let flowObstacle = "it is part of a flow; let the flow end first, or remove it"

    /// What tells the job from every other one that has or had its id.
    public var stamp: JobStamp { JobStamp(id: record.key.id, createdAt: record.createdAt) }

    /// How many bytes of text it has, about.
    package var size: Int {
        var size = 256 + record.payload.text.utf8.count + (options?.utf8.count ?? 0)
        size += (record.result?.text.utf8.count ?? 0) + (record.progress?.text.utf8.count ?? 0)
        size += (record.failedReason?.utf8.count ?? 0) + record.stacktrace.reduce(0) { $0 + $1.utf8.count }
        size += record.steps.reduce(0) { $0 + $1.name.text.utf8.count + $1.result.text.utf8.count }
        return size + log.reduce(0) { $0 + $1.utf8.count }
    }

    /// Whether a stored job is this one: it was added under the same id, at the same moment, with the same content.
    package func isSame(as other: JobRecord) -> Bool {
        record.key.id == other.key.id && record.createdAt == other.createdAt && record.name == other.name
            && record.payload.text.hasSameBytes(as: other.payload.text)
    }
}

/// The deduplication of a job that moves.
public struct MovedDeduplication: Hashable, Sendable {
    /// Its id.
    public var id: String
    /// Whether the job holds the id. At the target it does so too, unless another job there holds it.
    public var isHeld: Bool
    /// How long it still holds it; nil until it has finished.
    public var remaining: Duration?

    /// A deduplication from its parts.
    public init(id: String, isHeld: Bool, remaining: Duration? = nil) {
        self.id = id
        self.isHeld = isHeld
        self.remaining = remaining
    }

    /// Why a job can't be moved while another one is kept until it has finished.
    package static let obstacle = "another job is kept until it has finished"
}

/// A job of one id, and of no other that has or had that id: ids of a program's own may come again.
public struct JobStamp: Hashable, Sendable {
    /// Its id.
    public var id: JobID
    /// When it was stored for the first time.
    public var createdAt: Timestamp

    /// A stamp from its parts.
    public init(id: JobID, createdAt: Timestamp) {
        self.id = id
        self.createdAt = createdAt
    }
}

/// A schedule with all that a store keeps of it, and the job that it waits for.
public struct WholeSchedule: Hashable, Sendable {
    /// The schedule, its slot and its counts.
    public var record: ScheduleRecord
    /// The options of its jobs as stored; nil where all have their defaults.
    public var options: String?
    /// The job of its slot, while nobody has claimed it.
    public var pending: WholeJob?
    /// The job of its slot is active: whoever runs it takes the schedule on.
    public var isRunning: Bool

    /// A whole schedule from its parts.
    public init(record: ScheduleRecord, options: String?, pending: WholeJob? = nil, isRunning: Bool = false) {
        self.record = record
        self.options = options
        self.pending = pending
        self.isRunning = isRunning
    }

    /// What tells the schedule as it is now from what it is after its next step.
    public var stamp: ScheduleStamp { ScheduleStamp(id: record.schedule.key.id, slot: record.slot) }

    /// Whether a stored schedule says the same: when, what and how. Where an interval's slots lie, and which is next, may
    /// differ.
    package func isSame(as other: Schedule) -> Bool {
        var (mine, others) = (record.schedule, other)
        if case .every(let length, _) = mine.timing { mine.timing = .every(length) }
        if case .every(let length, _) = others.timing { others.timing = .every(length) }
        return mine == others
    }
}

/// A schedule at one of its slots.
public struct ScheduleStamp: Hashable, Sendable {
    /// Its id.
    public var id: ScheduleID
    /// The slot.
    public var slot: Timestamp

    /// A stamp from its parts.
    public init(id: ScheduleID, slot: Timestamp) {
        self.id = id
        self.slot = slot
    }
}

extension JobRecord {
    /// The state in which the job is stored where it arrives: one that has a group waits in it.
    package var arrivalState: JobState {
        let isGrouped = options.group.map { !$0.isEmpty } ?? false
        return isGrouped && (state == .waiting || state == .prioritized) ? .grouped : state
    }
}
