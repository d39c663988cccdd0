import DroverCore

/// What bounds the jobs that a queue hands out, and what has been counted: a row of `drover_limits` with its slices.
struct QueueLimits {
    var concurrency: Int64?
    /// How many jobs may begin in a span; nil for no rate.
    private(set) var rateMax: Int64?
    private(set) var span: Int64 = 0
    private(set) var isSliding = false
    private(set) var heldUntil: Int64?
    /// Where the window is fixed.
    private(set) var window = Window()
    /// Of a sliding window: how many jobs began in each slice.
    private(set) var slices: [Int64: Int64] = [:]
    /// The slices that changed since they were read, and whether all of them are to be forgotten first.
    private(set) var changedSlices: Set<Int64> = []
    private(set) var forgetsSlices = false

    /// No limit.
    init() {}

    /// Reads a row of `load-limits.sql`.
    init(_ row: Statement) {
        concurrency = row.optionalInt(0)
        rateMax = row.optionalInt(1)
        span = row.count(2)
        isSliding = row.bool(3)
        heldUntil = row.optionalInt(4)
        window = Window(end: row.optionalInt(5).map { Timestamp(milliseconds: $0) }, begun: Int(row.count(6)))
    }

    /// The rate as a setting.
    var rate: RateLimit? {
        rateMax.map { RateLimit(max: Int($0), per: .milliseconds(span), window: isSliding ? .sliding : .fixed) }
    }

    /// Reads what bounds a queue, by its number; nil when it has no row.
    static func load(
        _ queue: Int64, by statement: (String) throws(StoreError) -> Statement
    ) throws(StoreError) -> QueueLimits? {
        let row = try statement(SQL.loadLimits)
        row.bind(1, queue)
        guard try row.step() else { return nil }
        var limits = QueueLimits(row)
        row.reset()
        guard limits.isSliding else { return limits }
        let slice = try statement(SQL.loadSlices)
        slice.bind(1, queue)
        while try slice.step() { limits.slices[slice.int(0)] = slice.count(1) }
        return limits
    }

    mutating func set(_ rate: RateLimit?) {
        if rate == self.rate { return }
        rateMax = rate.map { Int64($0.max) }
        span = rate?.per.wholeMilliseconds ?? 0
        isSliding = rate?.window == .sliding
        window = Window()
        slices = [:]
        changedSlices = []
        forgetsSlices = true
    }

    /// Holds the queue until an instant, or lets it go. The fixed window ends.
    mutating func hold(until end: Int64?) {
        heldUntil = end
        window = Window()
    }

    /// How long a slice is, in ms.
    private var sliceLength: Int64 { rate?.slice ?? 1 }

    /// The last slice whose jobs count no more at an instant.
    func lastOver(at now: Int64) -> Int64 { (now - span) / sliceLength - 1 }

    /// How many jobs of the rate are left, and when the first that count stop counting; nil without a rate.
    private func left(_ worker: WorkerRate?, at now: Int64) -> (jobs: Int64, until: Int64?)? {
        guard let most = rateMax ?? worker.map({ Int64($0.max) }) else { return nil }
        let instant = Timestamp(milliseconds: now)
        guard isSliding, let rate else {
            // The span of a window by the workers' rate is known to who began it.
            let isOver = window.isOver(rateMax == nil ? nil : .milliseconds(span), at: instant)
            return isOver ? (most, nil) : (max(most - Int64(window.begun), 0), window.end?.milliseconds)
        }
        let use = rate.use(slices, at: instant)
        return (max(most - use.jobs, 0), use.firstEnd?.milliseconds)
    }

    /// How many jobs may be handed out when so many are active.
    ///
    /// - Parameter worker: the rate of who asks, for a queue that has none.
    func room(active: Int64, worker: WorkerRate? = nil, at now: Int64) -> Int64 {
        if let heldUntil, heldUntil > now { return 0 }
        let places = concurrency.map { max($0 - active, 0) } ?? .max
        return min(places, left(worker, at: now)?.jobs ?? .max)
    }

    /// Counts jobs that begin.
    mutating func begin(_ count: Int64, worker: WorkerRate? = nil, at now: Int64) {
        guard count > 0, let span = rateMax == nil ? worker?.per.wholeMilliseconds : span else { return }
        if isSliding {
            let slice = now / sliceLength
            slices[slice, default: 0] += count
            changedSlices.insert(slice)
            return
        }
        window.begin(
            Int(count), in: .milliseconds(span), isOwn: rateMax != nil, at: Timestamp(milliseconds: now))
    }

    /// How long the hold or the rate allows no job; nil when they allow one.
    func wait(worker: WorkerRate? = nil, at now: Int64) -> Int64? {
        if let heldUntil, heldUntil > now { return heldUntil - now }
        guard let left = left(worker, at: now), left.jobs == 0 else { return nil }
        return left.until.map { $0 - now }
    }

    /// What was changed of the slices has been written.
    mutating func saved() {
        changedSlices = []
        forgetsSlices = false
    }
}
