/// What runs again and again, and when.
///
/// A schedule has one pending job at a time: when it is claimed, the next one is stored. A *slot* is the instant for which a
/// job is meant; the job may run later.
public struct Schedule: Hashable, Sendable {
    /// When its slots are.
    public enum Timing: Hashable, Sendable {
        /// By a cron expression in a zone of the IANA database. A store keeps both as text and understands neither.
        /// The zone is nil only in what other clients stored.
        case cron(String, timeZone: String?)
        /// Every so long, in whole milliseconds, rounded up; shifted by `offset` from the multiples of the interval since the epoch,
        /// or from the first run when nil.
        case every(Duration, offset: Duration? = nil)
    }

    /// What becomes of slots that passed while nobody worked, or while the job before them waited.
    public enum CatchUp: Hashable, Sendable {
        /// They are left out: the next slot is the first one that is still to come.
        case skip
        /// The last of them is run.
        case latest
        /// All of them are run, one after another, but no more than the last `atMost`.
        case all(atMost: Int)
    }

    /// What becomes of a slot that comes while the job of the one before runs.
    public enum Overlap: Hashable, Sendable {
        /// Both run.
        case allow
        /// The next slot is chosen when the job has ended, so none comes before.
        case forbid
    }

    /// Its queue and id.
    public var key: ScheduleKey
    /// When its slots are.
    public var timing: Timing
    /// The name of its jobs.
    public var name: JobName
    /// What its jobs' handler is given.
    public var payload: JSONText
    /// How its jobs are to be run.
    public var options: JobOptions
    /// No slot before it.
    public var startsAt: Timestamp?
    /// No slot after it.
    public var endsAt: Timestamp?
    /// How many jobs it makes in all; nil for no bound.
    public var limit: Int?
    /// A job becomes due up to this long after its slot, by a span that is drawn for each slot.
    public var jitter: Duration = .zero
    /// What becomes of slots that passed.
    public var catchUp = CatchUp.skip
    /// What becomes of slots that come while a job runs.
    public var overlap = Overlap.allow

    /// A schedule with every default but these.
    public init(
        key: ScheduleKey, timing: Timing, name: JobName, payload: JSONText = .emptyObject,
        options: JobOptions = JobOptions()
    ) {
        self.key = key
        self.timing = timing
        self.name = name
        self.payload = payload
        self.options = options
    }

    /// The first rule that the schedule breaks, or nil. Whether a cron expression is one, the engine decides.
    public var problem: ValidationError? {
        if case .every(let interval, let offset) = timing {
            if interval < .milliseconds(1) || interval > NewJob.longestDelay {
                return ValidationError("interval", "\(interval) is out of range; give 1 ms to 100 years")
            }
            if let offset, offset < .zero || offset >= interval {
                return ValidationError("offset", "\(offset) is out of range; give 0 to less than the interval")
            }
        }
        if let startsAt, let endsAt, endsAt <= startsAt {
            return ValidationError("end", "the schedule ends before it starts")
        }
        if let limit, limit < 1 { return ValidationError("limit", "\(limit) is out of range; give 1 or more") }
        if jitter < .zero { return ValidationError("jitter", "\(jitter) is negative") }
        if case .all(let most) = catchUp, most < 1 {
            return ValidationError("catch-up", "\(most) is out of range; give 1 or more")
        }
        return options.problem ?? options.problemOfRoute(in: key.queue)
    }
}

extension Schedule {
    /// The schedule with its spans as stores keep them: in whole milliseconds.
    package var inWholeMilliseconds: Schedule {
        var schedule = self
        if case .every(let length, let offset) = timing {
            schedule.timing = .every(
                .milliseconds(length.wholeMilliseconds), offset: offset.map { .milliseconds($0.wholeMilliseconds) })
        }
        schedule.jitter = .milliseconds(jitter.wholeMilliseconds)
        return schedule
    }
}

extension Schedule.Timing {
    /// The length of an interval; nil for a cron expression.
    package var interval: Duration? {
        if case .every(let length, _) = self { length } else { nil }
    }

    /// The offset of an interval.
    package var offset: Duration? {
        if case .every(_, let offset) = self { offset } else { nil }
    }
}
