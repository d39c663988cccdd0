/// How many jobs of a queue the workers that name a rate may begin in a span of time, all together: BullMQ's worker option
/// `limiter`, whose workers count with them on Redis.
///
/// Spans follow each other: one begins with the first job after the one before is over (`RateLimit.Window.fixed`). Where the queue
/// has a rate of its own (`QueueSetting.rateLimit`) that one holds instead. Workers without a rate begin jobs as they like, and
/// these do not count.
public struct WorkerRate: Hashable, Sendable {
    /// How many jobs.
    public var max: Int
    /// In how long a span; whole milliseconds.
    public var per: Duration

    /// A rate from its parts.
    public init(max: Int, per: Duration) {
        self.max = max
        self.per = per
    }

    /// The rate with the nearest numbers that a store can count by.
    package var withinBounds: WorkerRate {
        WorkerRate(
            max: Swift.min(Swift.max(max, 1), RateLimit.greatestMax),
            per: .milliseconds(Swift.min(Swift.max(per, .milliseconds(1)), RateLimit.longestSpan).wholeMilliseconds))
    }

    /// The rate as that of a queue.
    package var limit: RateLimit { RateLimit(max: max, per: per, window: .fixed) }
}
