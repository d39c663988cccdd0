/// One setting of a group of jobs, or of all groups of a queue that have none of their own.
public enum GroupSetting: Hashable, Sendable {
    /// How many turns the group has where another one has one: 1 to 100. Nil for that of all groups, or 1.
    case weight(Int?)
    /// Hand out no more jobs of the group while so many are active, over all workers: 1 to 1,000,000. Nil for that of all
    /// groups, or no bound. A stalled job counts until it is reclaimed.
    case concurrency(Int?)
    /// Begin no more jobs of the group in a span of time. Jobs that are to fail unrun don't count. Nil for that of all groups,
    /// or no limit.
    case rate(GroupRate?)
    /// Hand out no jobs of the group. Needs a name.
    case pause
    /// Hand out jobs of the group again. Needs a name.
    case resume

    /// The greatest weight.
    public static let greatestWeight = 100
    /// How many bytes the name of a group may have.
    public static let longestName = 256

    /// The rule that a name breaks, or nil.
    static func problem(ofName name: String) -> ValidationError? {
        if (1...longestName).contains(name.utf8.count) { return nil }
        return ValidationError("group", "the name of a group has 1 to 256 bytes, and this has \(name.utf8.count)")
    }

    /// The rule that the setting breaks for a group, or for all groups without a name; nil when it is right.
    func problem(ofGroup name: String?) -> ValidationError? {
        if let problem = name.flatMap(Self.problem(ofName:)) { return problem }
        switch self {
        case .weight(let weight?) where !(1...Self.greatestWeight).contains(weight):
            return ValidationError("weight", "\(weight) is out of range; give 1 to 100")
        case .concurrency(let most?) where most < 1 || most > QueueSetting.greatestConcurrency:
            return ValidationError(
                "concurrency",
                "\(most) is out of range; give 1 to 1,000,000 jobs, none for no bound, or pause the group")
        case .rate(let rate?): return RateLimit(max: rate.max, per: rate.per, window: .fixed).problem
        case .pause where name == nil, .resume where name == nil:
            return ValidationError("group", "a group is paused by its name; pause the queue to stop all of them")
        case .weight, .concurrency, .rate, .pause, .resume: return nil
        }
    }
}

/// How many jobs of a group may begin in a span of time: a span begins with the first job after the one before is over.
public struct GroupRate: Hashable, Sendable {
    /// How many jobs: 1 to 1,000,000,000.
    public var max: Int
    /// In how long a span: 1 ms to 366 days, in whole milliseconds.
    public var per: Duration

    /// A rate from its parts.
    public init(max: Int, per: Duration) {
        self.max = max
        self.per = per
    }
}

/// What is set of a group, or of all groups of a queue that have none of their own; nil for what is not set.
public struct GroupLimits: Hashable, Sendable {
    /// How many turns a group has where another one has one.
    public var weight: Int?
    /// How many of its jobs may be active at once.
    public var concurrency: Int?
    /// How many of its jobs may begin in a span.
    public var rate: GroupRate?

    /// Limits from their parts.
    public init(weight: Int? = nil, concurrency: Int? = nil, rate: GroupRate? = nil) {
        self.weight = weight
        self.concurrency = concurrency
        self.rate = rate
    }

    /// The settings that make these limits where none is set.
    public var settings: [GroupSetting] {
        [
            weight.map { .weight($0) }, concurrency.map { .concurrency($0) }, rate.map { .rate($0) },
        ].compactMap(\.self)
    }
}

/// A group of jobs of a queue as a whole.
public struct GroupSummary: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// How many of its jobs are ready and wait.
    public var waiting: Int
    /// How many of its jobs are active.
    public var active: Int
    /// Whether none of its jobs is handed out.
    public var isPaused: Bool
    /// How many turns it has where another one has one, as it applies.
    public var weight: Int
    /// How many of its jobs may be active at once, as it applies; nil for no bound.
    public var concurrency: Int?
    /// How many of its jobs may begin in a span, as it applies; nil for no limit.
    public var rate: GroupRate?
    /// What of it is its own, and not that of all groups.
    public var own: GroupLimits

    /// A summary from its parts.
    public init(
        name: String, waiting: Int = 0, active: Int = 0, isPaused: Bool = false, weight: Int = 1,
        concurrency: Int? = nil, rate: GroupRate? = nil, own: GroupLimits = GroupLimits()
    ) {
        self.name = name
        self.waiting = waiting
        self.active = active
        self.isPaused = isPaused
        self.weight = weight
        self.concurrency = concurrency
        self.rate = rate
        self.own = own
    }
}
