/// A schedule to be stored, with its first slot.
public struct SchedulePlan: Hashable, Sendable {
    /// What runs, and when.
    public var schedule: Schedule
    /// The first slot of a cron expression. Ignored for an interval, whose slots the store counts by its own clock.
    public var first: Timestamp?
    /// When the job of the first slot becomes due, where that is not the slot itself.
    public var due: Timestamp?

    /// A plan from its parts.
    public init(_ schedule: Schedule, first: Timestamp? = nil, due: Timestamp? = nil) {
        self.schedule = schedule
        self.first = first
        self.due = due
    }
}

/// What became of one plan.
public enum PlanResult: Hashable, Sendable {
    /// Stored; its pending job is for this slot.
    case stored(slot: Timestamp)
    /// Stored, and it makes no jobs while it is paused.
    case paused
    /// Not stored: a job for this slot exists already and can't be replaced. Another slot may be given.
    case taken(Timestamp)
    /// Not stored, because of this.
    case refused(ValidationError)
}

extension PlanResult {
    /// Whether the schedule is stored.
    public var isStored: Bool {
        switch self {
        case .stored, .paused: true
        case .taken, .refused: false
        }
    }
}

/// The step of a schedule from one slot to the next.
public struct Firing: Hashable, Sendable {
    /// Which schedule.
    public var key: ScheduleKey
    /// The slot whose job was claimed: the step is made only from there, and so only once.
    public var slot: Timestamp
    /// The next slot; nil when there is none, which ends the schedule.
    public var next: Timestamp?
    /// When the next job becomes due, where that is not its slot.
    public var due: Timestamp?

    /// A firing from its parts.
    public init(key: ScheduleKey, slot: Timestamp, next: Timestamp?, due: Timestamp? = nil) {
        self.key = key
        self.slot = slot
        self.next = next
        self.due = due
    }
}

/// What became of one firing.
public enum FiringResult: Hashable, Sendable {
    /// The next job is stored, under this id.
    case fired(JobID)
    /// The schedule has ended.
    case ended
    /// Somebody else made the step, or the schedule was changed or paused meanwhile. Nothing was done.
    case stale
    /// A job for the next slot exists. Nothing was done; another slot may be given.
    case duplicate(JobID)
    /// No such schedule.
    case notFound
}

/// One thing to do to one schedule.
public enum ScheduleCommand: Hashable, Sendable {
    /// Delete it, and its pending job while that is delayed.
    case remove(ScheduleKey)
    /// Make no more jobs: its pending job is taken away, one that waits or runs goes on.
    case pause(ScheduleKey)
    /// Make jobs again: of a cron expression from this slot, of an interval from the first one that is to come.
    case resume(ScheduleKey, from: Timestamp?)
    /// Run its job once now, beside its slots.
    case run(ScheduleKey)

    /// The schedule that the command speaks of.
    public var key: ScheduleKey {
        switch self {
        case .remove(let key), .pause(let key), .resume(let key, _), .run(let key): key
        }
    }
}

extension ValidationError {
    /// A schedule by a cron expression came without its first slot, which only the engine can tell.
    package static let missingSlot = ValidationError("slot", "a cron expression needs its first slot; give it")
    /// There is nothing to run.
    package static let beyondEnd = ValidationError("end", "the schedule has no slot before its end; give a later end")
    /// The job can't be taken away by itself.
    package static let nextRun = ValidationError(
        "job", "it is the next run of its schedule; remove or pause the schedule, or cancel this run")
}

extension SchedulePlan {
    /// The first rule that the plan breaks, or nil. Stores answer it as the item's own status (rule 3).
    public var problem: ValidationError? {
        if case .cron = schedule.timing, first == nil { return .missingSlot }
        return schedule.problem
    }
}
