import DroverCore

/// The slot that a firing compares.
enum ModelSlot: Sendable {
    /// What the store says that it is.
    case current
    /// An instant, right or stale.
    case at(Timestamp)
}

/// The step of a schedule. Its instants count from the beginning of the sequence, as all do that operations name.
struct ModelFiring: Sendable {
    var key: ScheduleKey
    var slot: ModelSlot
    var next: Timestamp?
    var due: Timestamp?
}

/// A command for a schedule.
struct ModelScheduleCommand: Sendable {
    enum Action: Sendable {
        case remove, pause
        case resume(from: Timestamp?)
        /// `serial` is the number by which later operations name the job.
        case run(serial: Int)
    }

    var key: ScheduleKey
    var action: Action
}

/// The few schedules of a model run.
enum ModelSchedules {
    static let ids = ["s", "T", "größer"].map(ScheduleID.init(stored:))
}

/// The ids of the jobs of slots: in a sequence `@` stands before a slot that counts from the sequence's beginning.
extension JobID {
    /// The id as sequences and answers have it.
    func relative(to start: Timestamp) -> JobID {
        guard let iteration else { return self }
        return .iteration(
            of: iteration.schedule, at: Timestamp(milliseconds: (iteration.slot - start).wholeMilliseconds))
    }

    /// The id as a store has it.
    func absolute(from start: Timestamp) -> JobID {
        guard text.hasPrefix("repeat:"), let sign = text.lastIndex(of: "@"),
            let slot = Int64(text[text.index(after: sign)...])
        else { return self }
        return JobID(stored: "\(text[..<sign])\(start + .milliseconds(slot))")
    }

    /// The id, as sequences have it, of the job of a slot that counts from the beginning.
    static func iteration(of schedule: ScheduleID, at slot: Timestamp) -> JobID {
        JobID(stored: "repeat:\(schedule):@\(slot)")
    }
}

extension SchedulePlan {
    /// The plan with each of its instants changed.
    func mapInstants(_ change: (Timestamp) -> Timestamp) -> SchedulePlan {
        SchedulePlan(schedule.mapInstants(change), first: first.map(change), due: due.map(change))
    }
}

extension Schedule {
    /// The schedule with each of its instants changed.
    func mapInstants(_ change: (Timestamp) -> Timestamp) -> Schedule {
        var schedule = self
        schedule.startsAt = startsAt.map(change)
        schedule.endsAt = endsAt.map(change)
        return schedule
    }
}
