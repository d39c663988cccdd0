import DroverCore

/// Decides what a worker asks of its store next.
///
/// Pure: it holds no clock, no store and no task. Lanes, of which there are as many as exchanges may be in flight,
/// ask for the ``next()`` step and report what came of it; attempts report their end. Outcomes that come in while
/// a call is under way gather and travel together with the next claim, so batches form by themselves under load, and a
/// single finished job is settled at once unless a call is in flight. As soon as a share has gathered, it travels beside
/// that one: half of the worker's jobs, or less where they are many, so that the store has work while answers travel.
struct DispatcherState {
    /// One call to the store: what is settled and how much is claimed. Each settlement is in exactly one.
    struct Exchange: Equatable {
        /// Rises by one with each exchange of the worker.
        var number: Int
        var settlements: [Settlement]
        /// The attempts that the settlements end, in the same places.
        var attempts: [Int]
        /// How many jobs to claim; 0 for none.
        var claim: Int
        /// How many wake-ups had come, and waits ended, when it was planned.
        fileprivate var wakeUps: Int
    }

    /// What a lane does next.
    enum Step: Equatable {
        case exchange(Exchange)
        /// Nothing until an attempt ends, a wake-up comes, the wait is over or the worker is to stop.
        case park
        /// The worker is done.
        case stop
    }

    /// What a reply said, beside the jobs themselves.
    struct Reply {
        var claimed: Int
        var nextDueIn: Duration?
        var isPaused = false
        /// Whether the exchange had been sent before: then its answer tells what was, not what is.
        var wasRepeated = false
    }

    /// How many outcomes travel in one call at most, so that a call stays short.
    static let largestBatch = 1000
    /// How many jobs a call moves where they are no more than half of the worker's: larger ones save the store little.
    static let usualShare = 25
    /// Workers of fewer jobs have nothing to gather: two calls, each with what there is.
    static let fewestToPart = 4
    /// The shortest wait before a claim is repeated: a store that says "due now" and hands out nothing must not be
    /// asked without end.
    static let shortestWait: Duration = .milliseconds(1)

    /// How many attempts may run at once.
    private(set) var concurrency: Int
    private let maximumInFlight: Int
    private let idleWait: Duration
    private let longestIdleWait: Duration
    private let limit: Int?
    /// Whether jobs are claimed only with permits, which are shared with other workers.
    private let isCapped: Bool
    /// How many jobs one call settles at most, and claims when others run: the worker's concurrency parted among the
    /// calls in flight. Jobs that were claimed together would otherwise end and travel together ever after.
    private var share: Int

    /// Whether no job is claimed for the time being.
    private var isHeld = false
    /// Permits that no running attempt has and no exchange in flight has asked with.
    private var permits = 0
    private var running = 0
    private var started = 0
    private var asked = 0
    private var inFlight = 0
    private var exchanges = 0
    private var settlements: [Settlement] = []
    private var ended: [Int] = []
    private var wakeUps = 0
    private var isEmpty = false
    private var wait: Duration
    /// How long a wait without a hint is now: it grows with each look that was in vain.
    private var quietWait: Duration
    private(set) var isDraining = false

    init(
        concurrency: Int, maximumInFlight: Int = 4, idleWait: Duration = .seconds(5),
        longestIdleWait: Duration = .seconds(120), limit: Int? = nil, isCapped: Bool = false
    ) {
        self.concurrency = max(1, concurrency)
        self.maximumInFlight = max(1, maximumInFlight)
        self.idleWait = idleWait
        self.longestIdleWait = max(idleWait, longestIdleWait)
        self.limit = limit
        self.isCapped = isCapped
        share = Self.share(of: self.concurrency, in: self.maximumInFlight)
        wait = idleWait
        quietWait = idleWait
    }

    private static func share(of concurrency: Int, in calls: Int) -> Int {
        if concurrency < fewestToPart { return fewestToPart }
        return min(max((concurrency + calls - 1) / calls, min((concurrency + 1) / 2, usualShare)), largestBatch)
    }

    /// How many outcomes or free slots make a call. Beside one that is under way it is a share, but for the last few of
    /// it: jobs that end one by one would otherwise travel one by one, and a store has more work for each job of a
    /// smaller call.
    private var leastToCall: Int {
        if inFlight < (concurrency < Self.fewestToPart ? 2 : 1) { return 1 }
        return share - share / 16
    }

    /// How many attempts run.
    var runningCount: Int { running }

    /// Slots for which jobs may be claimed.
    private var free: Int { isCapped ? min(slots, permits) : slots }

    /// Slots that no running attempt holds and no exchange in flight has asked for.
    private var slots: Int {
        if isDraining || isHeld { return 0 }
        let slots = concurrency - running - asked
        guard let limit else { return max(0, slots) }
        return max(0, min(slots, limit - started - asked))
    }

    private var isDone: Bool {
        (isDraining || limit.map { started >= $0 } == true) && running == 0 && inFlight == 0 && settlements.isEmpty
    }

    /// Whether ``next()`` would give something else than ``Step/park``.
    var hasStep: Bool {
        if isDone { return true }
        if inFlight >= maximumInFlight { return false }
        let least = leastToCall
        return settlements.count >= least || (!isEmpty && free >= least)
    }

    /// How long the worker may wait for a wake-up before it claims again; nil when it needs none, because it has no
    /// free slot, is about to claim anyway, or stops.
    var hunger: Duration? { isEmpty && slots > 0 ? wait : nil }

    /// How many permits the worker could use now.
    var wantedPermits: Int { isEmpty || inFlight >= maximumInFlight ? 0 : slots }

    /// Gives up the permits that are not used.
    mutating func takePermits() -> Int {
        defer { permits = 0 }
        return permits
    }

    /// Takes permits.
    mutating func give(permits: Int) { self.permits += permits }

    /// The next step of a lane. An exchange counts as in flight from here on.
    mutating func next() -> Step {
        if isDone { return .stop }
        guard hasStep else { return .park }
        // One look at a queue that may be empty is enough. Its jobs part when they are settled.
        let largestClaim = inFlight == 0 && settlements.isEmpty ? Self.largestBatch : share
        exchanges += 1
        inFlight += 1
        // A settlement always takes a claim along: its slot is free, and the call is made anyway.
        var exchange = Exchange(
            number: exchanges, settlements: [], attempts: [], claim: min(free, largestClaim), wakeUps: wakeUps)
        asked += exchange.claim
        permits -= exchange.claim
        if settlements.count <= share {
            swap(&exchange.settlements, &settlements)
            swap(&exchange.attempts, &ended)
        } else {
            exchange.settlements = Array(settlements.prefix(share))
            exchange.attempts = Array(ended.prefix(share))
            settlements.removeFirst(share)
            ended.removeFirst(share)
        }
        return .exchange(exchange)
    }

    /// An exchange was answered. The claimed jobs run from here on.
    mutating func answered(_ exchange: Exchange, _ reply: Reply) {
        inFlight -= 1
        asked -= exchange.claim
        permits += exchange.claim - reply.claimed
        running += reply.claimed
        started += reply.claimed
        if reply.claimed > 0 { quietWait = idleWait }
        guard exchange.claim > 0 else { return }
        if reply.wasRepeated || (reply.claimed >= exchange.claim && !reply.isPaused) {
            isEmpty = false
        } else if exchange.wakeUps == wakeUps {
            isEmpty = true
            let due = reply.isPaused ? nil : reply.nextDueIn
            wait = max(Self.shortestWait, min(due ?? quietWait, quietWait))
        }
    }

    /// An exchange was given up without an answer: its settlements are gone. A wake-up that came meanwhile still counts.
    mutating func abandoned(_ exchange: Exchange) {
        inFlight -= 1
        asked -= exchange.claim
        permits += exchange.claim
        isEmpty = exchange.wakeUps == wakeUps
        quietWait = idleWait
        wait = idleWait
    }

    /// A running attempt ended; nil when there is nothing to settle.
    mutating func attemptEnded(_ attempt: Int, _ settlement: Settlement?) {
        running -= 1
        permits += 1
        guard let settlement else { return }
        settlements.append(settlement)
        ended.append(attempt)
    }

    /// There may be work. Kept when it can't be used now.
    mutating func wakeUp() {
        quietWait = idleWait
        lookAgain()
    }

    /// The wait is over without a hint: the next one is twice as long, unless this one was cut to a job's due time.
    mutating func waitIsOver() {
        if isEmpty, wait >= quietWait { quietWait = min(quietWait * 2, longestIdleWait) }
        lookAgain()
    }

    private mutating func lookAgain() {
        wakeUps += 1
        isEmpty = false
    }

    /// So many attempts may run from now on. What runs beyond that goes on.
    mutating func resize(to concurrency: Int) {
        self.concurrency = max(1, concurrency)
        share = Self.share(of: self.concurrency, in: maximumInFlight)
    }

    /// Claims nothing until it is let go again. What runs goes on, and is settled.
    mutating func hold(_ isHeld: Bool) { self.isHeld = isHeld }

    /// No more claims; done when all that runs has ended and is settled.
    mutating func drain() { isDraining = true }
}
