/// What a cron expression means, without its text: which local times it has.
struct CronTimes: Hashable, Sendable {
    /// Seconds, minutes, hours and months, as bits.
    var seconds: UInt64 = 1
    var minutes: UInt64 = 0
    var hours: UInt64 = 0
    var months: UInt64 = 0
    var days = CronDays()
    /// Whether it names times of the day, which is what decides over a change of the clock (see ``CronExpression``).
    var isFixed = false
}

extension CronTimes {
    /// How many years a search looks ahead, beyond which it finds nothing.
    ///
    /// The days of a year depend on two things: on which day of the week it begins and whether it is a leap year. That
    /// makes 14 kinds of years, and the calendar repeats itself after 400 (146 097 days are 20 871 whole weeks). Over
    /// those 400 years no kind stays away for longer than 40: a leap year of a kind returns after 28 years, or after 40
    /// when 1900, 2100 or the like lies between. So days that are in none of 41 years are in no year at all; the test
    /// `everyKindOfYearReturnsWithinFortyYears` counts it.
    static let yearsAhead = 41

    /// The first local time that is right and not before `start`, in local seconds.
    func firstLocal(from start: Int64) -> Int64? {
        let day = start.dividedDown(by: 86_400)
        let date = CivilDate(daysSinceEpoch: day)
        if months.has(date.month), days.days(ofMonth: date.month, in: date.year).has(date.day),
            let second = firstSecond(ofDayFrom: Int(start - day * 86_400))
        {
            return day * 86_400 + second
        }
        guard let next = firstDay(after: date), let second = firstSecond(ofDayFrom: 0) else { return nil }
        return next.daysSinceEpoch * 86_400 + second
    }

    /// Whether any day of any year is right.
    var hasDays: Bool {
        // Twenty-eight years without a turn of the century have all 14 kinds.
        (2001...2028).contains { year in
            months.members.contains { days.days(ofMonth: $0, in: year) != 0 }
        }
    }

    /// The first right day that is later than `date`: month by month, and in a month by its bits.
    private func firstDay(after date: CivilDate) -> CivilDate? {
        var (year, month, day) = (date.year, date.month, date.day + 1)
        while year <= date.year + Self.yearsAhead {
            if months.has(month), let found = days.days(ofMonth: month, in: year).first(from: day) {
                return CivilDate(year: year, month: month, day: found)
            }
            day = 1
            if let next = months.first(from: month + 1) {
                month = next
            } else {
                (year, month) = (year + 1, months.trailingZeroBitCount)
            }
        }
        return nil
    }

    /// The first right second of a day that is not before `start`.
    private func firstSecond(ofDayFrom start: Int) -> Int64? {
        let (hour, minute, second) = (start / 3600, start / 60 % 60, start % 60)
        if hours.has(hour) {
            if minutes.has(minute), let found = seconds.first(from: second) { return time(hour, minute, found) }
            if let found = minutes.first(from: minute + 1) { return time(hour, found, seconds.trailingZeroBitCount) }
        }
        guard let found = hours.first(from: hour + 1) else { return nil }
        return time(found, minutes.trailingZeroBitCount, seconds.trailingZeroBitCount)
    }

    private func time(_ hour: Int, _ minute: Int, _ second: Int) -> Int64 {
        Int64(hour * 3600 + minute * 60 + second)
    }
}

extension CronTimes {
    /// The first instant after `instant` that is due in a zone, in seconds since 1970.
    func firstInstant(after instant: Int64, in zone: ScheduleZone) -> Int64? {
        isFixed ? firstFixed(after: instant, in: zone) : firstShown(from: instant + 1, in: zone)
    }

    /// Each right local time is due once: when the clock first shows it, or at the end of the gap that swallows it.
    private func firstFixed(after instant: Int64, in zone: ScheduleZone) -> Int64? {
        var local = instant + zone.offset(at: instant)
        while let found = firstLocal(from: local + 1) {
            let due = zone.firstInstant(of: found)
            // In a repeated hour the clock has shown this before.
            if due > instant { return due }
            local = found
        }
        return nil
    }

    /// Each instant is due at which the clock shows a right local time: stretch by stretch of one offset.
    private func firstShown(from start: Int64, in zone: ScheduleZone) -> Int64? {
        // A time that the clock leaps over each year is never shown.
        let end = start + Int64(Self.yearsAhead) * 366 * 86_400
        var start = start
        while start < end {
            let offset = zone.offset(at: start)
            guard let local = firstLocal(from: start + offset) else { return nil }
            guard let change = zone.change(after: start, through: local - offset) else { return local - offset }
            start = change
        }
        return nil
    }
}
