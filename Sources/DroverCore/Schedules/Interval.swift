/// The slots of a schedule that runs every so long.
public struct Interval: Hashable, Sendable {
    /// The interval in milliseconds, 1 or more.
    public let length: Int64
    /// How far slots lie from the multiples of the interval since the epoch, in milliseconds; 0 counts as none given.
    public let offset: Int64

    /// An interval; spans are taken in whole milliseconds.
    public init(every length: Duration, offset: Duration?) {
        self.length = max(length.wholeMilliseconds, 1)
        self.offset = max((offset ?? .zero).wholeMilliseconds, 0)
    }

    /// The next slot, and the offset in milliseconds to keep with the schedule (PROTOCOL 15.2).
    ///
    /// - Parameters:
    ///   - previous: the slot before; nil for the first one, which is `now` where neither offset nor start says otherwise.
    ///   - now: the store's present instant.
    ///   - startsAt: no first slot before it.
    public func next(
        after previous: Timestamp?, now: Timestamp, startsAt: Timestamp?
    ) -> (slot: Timestamp, offset: Int64) {
        let slot = previous.map { following($0, now: now) } ?? first(now: now, startsAt: startsAt)
        return (slot, offset > 0 ? offset : phase(of: slot))
    }

    /// The slot after another one, whatever has passed.
    public func following(_ slot: Timestamp) -> Timestamp { slot + .milliseconds(length) }

    /// The last slot at an instant or before it, by the multiples of the interval.
    public func last(upTo instant: Timestamp) -> Timestamp { aligned(after: instant) + .milliseconds(-length) }

    private func first(now: Timestamp, startsAt: Timestamp?) -> Timestamp {
        if let startsAt { return max(startsAt, now) }
        return offset > 0 ? aligned(after: now) : now
    }

    private func following(_ previous: Timestamp, now: Timestamp) -> Timestamp {
        let next = following(previous)
        return next < now ? aligned(after: now) : next
    }

    /// The first slot that is later than an instant, by the multiples of the interval.
    private func aligned(after instant: Timestamp) -> Timestamp {
        let slot = instant + .milliseconds(offset - phase(of: instant))
        return slot > instant ? slot : slot + .milliseconds(length)
    }

    /// How far an instant lies behind the multiple of the interval before it.
    private func phase(of instant: Timestamp) -> Int64 {
        let rest = instant.milliseconds % length
        return rest < 0 ? rest + length : rest
    }
}
