/// How many jobs of a queue may begin in a span of time, over all its workers.
public struct RateLimit: Hashable, Sendable {
    /// When a job that began stops counting.
    public enum Window: String, Hashable, Sendable, CaseIterable {
        /// Spans follow each other: one begins with the first job after the one before is over, and all of its jobs stop
        /// counting with its end. So up to twice as many may begin around the end of one. It is BullMQ's.
        case fixed
        /// Each job counts for a span of its own, so never do more begin in any span. On a queue that BullMQ's workers
        /// share, theirs count for spans of the other kind.
        case sliding
    }

    /// How many jobs.
    public var max: Int
    /// In how long a span; brought up to whole milliseconds.
    public var per: Duration { didSet { per = .milliseconds(per.wholeMilliseconds) } }
    /// When a job that began stops counting.
    public var window: Window

    /// A limit from its parts.
    public init(max: Int, per: Duration, window: Window = .sliding) {
        self.max = max
        self.per = .milliseconds(per.wholeMilliseconds)
        self.window = window
    }

    /// The longest span.
    public static let longestSpan: Duration = .seconds(366 * 86_400)

    /// The greatest number of jobs.
    public static let greatestMax = 1_000_000_000

    /// How finely a sliding window is counted, in milliseconds: a hundredth of the span. Jobs that begin in one slice
    /// count until a whole span after the slice's end, so that a hundred counts suffice however many jobs there are.
    public var slice: Int64 { Swift.max((per.wholeMilliseconds + 99) / 100, 1) }

    /// What the slices of a sliding window say.
    public struct Use: Hashable, Sendable {
        /// How many jobs count.
        public var jobs: Int64
        /// When the first of them stop counting; nil when none counts.
        public var firstEnd: Timestamp?

        /// A use from its parts.
        public init(jobs: Int64, firstEnd: Timestamp? = nil) {
            self.jobs = jobs
            self.firstEnd = firstEnd
        }
    }

    /// How many of the jobs that began count at an instant.
    ///
    /// - Parameters:
    ///   - slices: how many jobs began in each slice. The number of an instant's slice is its milliseconds divided by ``slice``,
    ///     rounded down. Those further ahead than the next one were counted before a clock was set back, and count for nothing.
    ///   - now: the instant.
    public func use(_ slices: some Sequence<(key: Int64, value: Int64)>, at now: Timestamp) -> Use {
        let last = now.milliseconds / slice + 1
        var use = Use(jobs: 0)
        for (number, count) in slices where number <= last {
            let end = Timestamp(milliseconds: (number + 1) * slice) + per
            if end <= now { continue }
            use.jobs += count
            use.firstEnd = min(use.firstEnd ?? end, end)
        }
        return use
    }

    /// The rule that the limit breaks by itself, or nil.
    public var problem: ValidationError? {
        if !(1...Self.greatestMax).contains(max) {
            return ValidationError(
                "rate", "\(max) is out of range; give 1 to 1,000,000,000 jobs, or pause the queue to start none")
        }
        if per < .milliseconds(1) || per > Self.longestSpan {
            return ValidationError("rate", "a span of \(per) is out of range; give 1 ms to 366 days")
        }
        return nil
    }
}
