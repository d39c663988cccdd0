import DroverCore
import RedisClient

/// A queue's settings and what its limits have counted, as keys hold them.
struct LimitsReply {
    private let settings: [RESPValue]
    private let counter: RESPValue
    private let remaining: RESPValue
    private let slices: RESPValue

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
        // What another client left out is a second, as it is to the script that claims.
        return RateLimit(
            max: Int(max), per: .milliseconds(number(4) ?? 1000), window: isSet(5) ? .sliding : .fixed)
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
        if rate.window == .fixed {
            guard let begun = counter.text.flatMap({ Int64($0) }), begun >= rate.max else { return nil }
            return remaining.int.flatMap { $0 > 0 ? .milliseconds($0) : nil }
        }
        var begun: Int64 = 0
        var first: Int64?
        for (slice, count) in slices.fields ?? [:] {
            guard let slice = Int64(slice), let count = count.int ?? count.text.flatMap({ Int64($0) }) else { continue }
            let end = (slice + 1) * rate.slice + rate.per.wholeMilliseconds
            if end <= now.milliseconds { continue }
            begun += count
            first = min(first ?? end, end)
        }
        guard begun >= rate.max, let first else { return nil }
        return .milliseconds(first - now.milliseconds)
    }
}
