import DroverCore

/// What bounds the jobs that a queue of the reference store hands out, and what has been counted.
struct QueueLimiter: Sendable {
    /// How many jobs may be active at once.
    var concurrency: Int?
    private(set) var rate: RateLimit?
    private(set) var heldUntil: Timestamp?
    /// Where the window is fixed.
    private var window = Window()
    /// Of a sliding window: how many jobs began in each slice that still counts, by the slice's number.
    private var slices: [Int64: Int] = [:]

    /// Sets or lifts the rate; another one than before begins to count anew.
    mutating func set(_ rate: RateLimit?) {
        if rate == self.rate { return }
        self.rate = rate
        window = Window()
        slices = [:]
    }

    /// Holds the queue until an instant, or lets it go. A fixed window ends with it.
    mutating func hold(until end: Timestamp?) {
        heldUntil = end
        window = Window()
    }

    /// How many jobs may be handed out when so many are active.
    ///
    /// - Parameter worker: the rate of who asks, for a queue that has none.
    mutating func room(active: Int, now: Timestamp, worker: WorkerRate? = nil) -> Int {
        if let heldUntil, heldUntil > now { return 0 }
        let places = concurrency.map { max($0 - active, 0) } ?? Int.max
        forget(now)
        return min(places, rateLeft(worker) ?? Int.max)
    }

    /// Counts jobs that begin.
    mutating func begin(_ count: Int, now: Timestamp, worker: WorkerRate? = nil) {
        guard let rate = rate ?? worker?.limit, count > 0 else { return }
        if rate.window == .sliding {
            slices[now.milliseconds / rate.slice, default: 0] += count
        } else {
            window.begin(count, in: rate.per, isOwn: self.rate != nil, at: now)
        }
    }

    /// How long nothing is handed out by the rate or the hold; nil when they allow a job now.
    mutating func wait(now: Timestamp, worker: WorkerRate? = nil) -> Duration? {
        if let heldUntil, heldUntil > now { return heldUntil - now }
        forget(now)
        guard let rate = rate ?? worker?.limit, let left = rateLeft(worker), left <= 0 else { return nil }
        switch rate.window {
        case .fixed: return window.end.map { $0 - now }
        case .sliding: return slices.keys.min().map { end(ofSlice: $0, rate) - now }
        }
    }

    private func rateLeft(_ worker: WorkerRate?) -> Int? {
        (rate ?? worker?.limit).map {
            max($0.max - ($0.window == .fixed ? window.begun : slices.values.reduce(0, +)), 0)
        }
    }

    private mutating func forget(_ now: Timestamp) {
        if window.isOver(rate?.per, at: now) { window = Window() }
        guard let rate else { return }
        let last = now.milliseconds / rate.slice + 1
        slices = slices.filter { $0.key <= last && end(ofSlice: $0.key, rate) > now }
    }

    /// When the jobs of a slice stop counting.
    private func end(ofSlice number: Int64, _ rate: RateLimit) -> Timestamp {
        Timestamp(milliseconds: (number + 1) * rate.slice) + rate.per
    }
}
