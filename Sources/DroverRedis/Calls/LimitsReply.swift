import DroverCore
import RedisClient

/// A queue's settings and what its limits have counted, as keys hold them.
struct LimitsReply {
    private let settings: [RESPValue]
    private let counter: RESPValue
    private let remaining: RESPValue
    private let slices: RESPValue

    /// What another client, or a hold, sets the counter of a fixed window to, so that no rate allows a job (PROTOCOL 16).
    private static let heldCount: Int64 = 9_007_199_254_740_991

    /// What asks for them, in the order of the answers.
    static func commands(_ queue: QueueName, _ keys: KeySpace) -> [RedisCommand] {
        let base = keys.base(queue)
        return [
            .make(
                "HMGET", keys.meta(queue), "paused", "drover:maxLength", "concurrency", "max", "duration",
                "drover:sliding", "drover:heldUntil"),
            .make("GET", base + "limiter"), .make("PTTL", base + "limiter"), .make("HGETALL", base + "drover:slices"),
        ]
    }

    /// Takes the answers to ``commands(_:_:)``, each by one call of `next`.
    init(_ next: () throws(StoreError) -> RESPValue) throws(StoreError) {
        settings = try next().items ?? []
        counter = try next()
        remaining = try next()
        slices = try next()
    }

    private func number(_ place: Int) -> Int64? {
        settings.count > place ? settings[place].text.flatMap { Int64($0) } : nil
    }

    private func isSet(_ place: Int) -> Bool { settings.count > place && !settings[place].isNull }

    private var rate: RateLimit? {
        guard let max = number(3) else { return nil }
        // What another client left out is a second, as it is to the script that claims. A sliding window is one of the span that
        // it was set for: where another client has set another, the window is fixed.
        let span = number(4)
        return RateLimit(
            max: Int(max), per: .milliseconds(span ?? 1000), window: isSet(5) && number(5) == span ? .sliding : .fixed)
    }

    /// The queue as a whole, at an instant of the server's.
    func summary(_ queue: QueueName, _ counts: JobCounts, now: Timestamp) -> QueueSummary {
        var summary = QueueSummary(
            name: queue, isPaused: isSet(0), counts: counts, maxLength: number(1).map { Int($0) })
        summary.concurrency = number(2).map { Int($0) }
        summary.rateLimit = rate
        summary.limitedFor = wait(now)
        return summary
    }

    private func wait(_ now: Timestamp) -> Duration? {
        if let held = number(6), held > now.milliseconds { return .milliseconds(held - now.milliseconds) }
        guard let rate else { return nil }
        let begun = counter.text.flatMap { Int64($0) } ?? 0
        // Another client holds the queue by a counter that no rate reaches.
        if rate.window == .fixed || begun >= Self.heldCount {
            if begun < rate.max { return nil }
            if let left = remaining.int, left > 0 { return .milliseconds(left) }
            if rate.window == .fixed { return nil }
        }
        let counts = (slices.fields ?? [:]).compactMap { slice, count -> (key: Int64, value: Int64)? in
            guard let slice = Int64(slice), let count = count.int ?? count.text.flatMap({ Int64($0) }) else {
                return nil
            }
            return (slice, count)
        }
        let use = rate.use(counts, at: now)
        return use.jobs >= rate.max ? use.firstEnd.map { $0 - now } : nil
    }
}
