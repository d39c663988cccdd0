/// One step of a queue's move at one of the two stores: what arrives there or leaves it, together with how far the move has
/// then come.
public struct MoveStep: Hashable, Sendable {
    /// The queue.
    public var queue: QueueName
    /// The mark of the checkpoint that must be stored; nil for none.
    public var expected: String?
    /// The checkpoint that is stored instead; nil for none.
    public var checkpoint: MoveCheckpoint?
    /// Ids that the store generates from now on are larger numbers than this.
    public var idsAbove: Int64
    /// Schedules to store, each with the job that it waits for.
    public var arrivingSchedules: [WholeSchedule]
    /// Jobs to store, in the order in which they stand behind those that are there.
    public var arriving: [WholeJob]
    /// Schedules to remove; one whose slot is another by now stays.
    public var leavingSchedules: [ScheduleStamp]
    /// Jobs to remove; one that is gone, or is another by now, is passed over.
    public var leaving: [JobStamp]

    /// A step by which nothing arrives and nothing leaves, until it is filled.
    public init(
        queue: QueueName, expected: String?, checkpoint: MoveCheckpoint?, idsAbove: Int64 = 0,
        arrivingSchedules: [WholeSchedule] = [], arriving: [WholeJob] = [], leavingSchedules: [ScheduleStamp] = [],
        leaving: [JobStamp] = []
    ) {
        self.queue = queue
        self.expected = expected
        self.checkpoint = checkpoint
        self.idsAbove = idsAbove
        self.arrivingSchedules = arrivingSchedules
        self.arriving = arriving
        self.leavingSchedules = leavingSchedules
        self.leaving = leaving
    }

    /// The jobs that arrive by themselves, and those of schedules that are not known.
    package func jobs(withoutThoseOf known: Set<ScheduleID>) -> [WholeJob] {
        arrivingSchedules.filter { !known.contains($0.record.schedule.key.id) }.compactMap(\.pending) + arriving
    }

    /// The largest number that ids may be raised to: far beyond it they are no longer exact in a double.
    package static let largestNumber: Int64 = 1 << 52

    /// Above which number generated ids begin: as asked, and above those of jobs that arrive.
    package var raisedAbove: Int64 {
        let numbers = jobs(withoutThoseOf: []).compactMap { Int64($0.record.key.id.text) }
        return (numbers + [idsAbove]).filter { $0 <= Self.largestNumber }.max() ?? 0
    }
}

/// What became of a step.
public enum MoveReply: Hashable, Sendable {
    /// It was done, as one unit.
    case done(MoveReport)
    /// Another checkpoint is stored, this one or none: somebody else moves the queue. Nothing was done.
    case conflict(MoveCheckpoint?)
    /// These may not arrive: another job or schedule has the id. Nothing was done.
    case refused([MoveRefusal])
}

/// What a step did.
public struct MoveReport: Hashable, Sendable {
    /// How many jobs were stored, the pending ones of schedules among them.
    public var stored = 0
    /// How many of the jobs that arrive were there, whatever has become of them.
    public var known = 0
    /// How many schedules were stored.
    public var schedules = 0
    /// How many jobs were removed.
    public var removed = 0
    /// Jobs that are active, and so could not be removed.
    public var held: [JobID] = []

    /// A step that did nothing yet.
    public init() {}
}

/// Why something may not arrive.
public struct MoveRefusal: Hashable, Sendable {
    /// The id of the job or the schedule.
    public var id: String
    /// What is wrong.
    public var problem: ValidationError

    /// A refusal from its parts.
    public init(id: String, problem: ValidationError) {
        self.id = id
        self.problem = problem
    }

    package static func job(_ id: JobID) -> MoveRefusal {
        MoveRefusal(
            id: id.text,
            problem: ValidationError(
                "job \(ValidationError.quote(id.text))", "another job has this id there; remove one of the two"))
    }

    package static func schedule(_ id: ScheduleID) -> MoveRefusal {
        MoveRefusal(
            id: id.text,
            problem: ValidationError(
                "schedule \(ValidationError.quote(id.text))",
                "another schedule has this id there; remove one of the two"))
    }
}
