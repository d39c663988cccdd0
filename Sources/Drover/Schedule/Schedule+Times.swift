public import DroverCore

extension Schedule {
    /// The next times of the schedule, whoever has stored it or not: its slots between its start and its end.
    ///
    /// - Parameters:
    ///   - instant: the times lie behind it. An interval counts from its multiples since 1970-01-01 UTC.
    ///   - count: how many; there may be fewer.
    /// - Throws: `ValidationError` that says what is wrong with the expression or the zone.
    public func times(after instant: Timestamp, count: Int) throws(ValidationError) -> [Timestamp] {
        let plan = try SlotPlan(self)
        var times: [Timestamp] = []
        var last = startsAt.map { max(instant, $0 + .milliseconds(-1)) } ?? instant
        if case .every(let length, let offset) = timing {
            let interval = Interval(every: length, offset: offset)
            last = interval.last(upTo: last)
        }
        while times.count < count, let next = plan.following(last), endsAt.map({ next <= $0 }) ?? true {
            times.append(next)
            last = next
        }
        return times
    }
}
