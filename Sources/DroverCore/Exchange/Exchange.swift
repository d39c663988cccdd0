/// Names one exchange, so that repeating it after a lost reply does nothing twice.
///
/// Any text, unique per exchange; it becomes the token of the leases that the
/// exchange hands out.
public struct ExchangeID: Hashable, Sendable, CustomStringConvertible {
    /// Exchanges that one sender makes one after another: the next only when the one before was answered or given up.
    /// So a store need remember the last of them alone.
    public struct Lane: Hashable, Sendable {
        /// The name, unique per sender and lane.
        public let name: String
        /// The place in it, rising from one exchange to the next.
        public let number: Int
    }

    /// The id as text.
    public let text: String
    /// The lane to which the exchange belongs; nil for one that stands alone.
    public let lane: Lane?

    /// The id of an exchange that stands alone, from its text.
    public init(_ text: String) {
        self.text = text
        lane = nil
    }

    /// The id of one of the exchanges of a lane.
    ///
    /// - Parameters:
    ///   - lane: the name of the lane, unique per sender and lane.
    ///   - number: its place, greater than those of the exchanges before.
    public init(lane: String, number: Int) {
        text = "\(lane):\(number)"
        self.lane = Lane(name: lane, number: number)
    }

    /// The token of all leases of this exchange: with the job it is unique for each attempt.
    public var token: LeaseToken { LeaseToken(text) }

    /// The text.
    public var description: String { text }
}

/// A wish for jobs.
public struct Claim: Hashable, Sendable {
    /// How many jobs at most; at least 1.
    public var limit: Int
    /// How long each is leased.
    public var lease: Duration
    /// The name of the worker, kept with the job.
    public var worker: String
    /// The rate of the worker, which holds where the queue has none of its own; nil for none.
    public var rate: WorkerRate?

    /// A claim from its parts.
    public init(limit: Int, lease: Duration, worker: String, rate: WorkerRate? = nil) {
        self.limit = limit
        self.lease = lease
        self.worker = worker
        self.rate = rate
    }
}

/// A job handed out by an exchange.
public struct ClaimedJob: Hashable, Sendable {
    /// The job as it is now: active, its started attempts counted.
    public var job: JobRecord
    /// The right to run and settle it.
    public var lease: Lease
    /// How long the lease lasts from the moment of the reply; shorter than asked when the exchange was repeated.
    public var leaseFor: Duration
    /// The result of an earlier job with which this one is to complete, as it is stored; nil for none (`JobOptions.resultCache`).
    public var cachedResult: JSONText?

    /// A claimed job from its parts.
    public init(job: JobRecord, lease: Lease, leaseFor: Duration) {
        self.job = job
        self.lease = lease
        self.leaseFor = leaseFor
    }
}

/// The answer to an exchange.
public struct ExchangeReply: Hashable, Sendable {
    /// One status for each settlement, in its place.
    public var settled: [SettlementStatus]
    /// The claimed jobs, in the order in which they are to be started.
    public var claimed: [ClaimedJob]
    /// How long there is nothing to claim: until the next delayed job is due, or until the queue's limits allow the next
    /// job; where a job of another worker has to end first, five seconds at most. Nil when none of it is known, or the claim was
    /// filled.
    public var nextDueIn: Duration?
    /// Whether the queue hands out nothing because it is paused.
    public var isPaused: Bool

    /// A reply from its parts.
    public init(
        settled: [SettlementStatus] = [], claimed: [ClaimedJob] = [], nextDueIn: Duration? = nil, isPaused: Bool = false
    ) {
        self.settled = settled
        self.claimed = claimed
        self.nextDueIn = nextDueIn
        self.isPaused = isPaused
    }
}
