/// The two day fields of a cron expression, and the rule that joins them.
///
/// A day field is restricted unless it is written as `*` or `?` and nothing else: `*/2`, `1-31` and `0-7` restrict. When
/// both are restricted a day is right if either field has it; when one is, that one decides (crontab(5) of Vixie's cron,
/// with cron-parser's reading of what a restriction is).
struct CronDays: Hashable, Sendable {
    /// Days of the month, as bits 1 to 31.
    var monthDays: UInt64 = 0
    /// Days before a month's last, as bits 0 to 30: bit 0 is `L`, bit 3 is `L-3`.
    var fromEnd: UInt64 = 0
    /// Days of the month as bits, of which the nearest of Monday to Friday is meant: `15W`.
    var nearest: UInt64 = 0
    /// The month's last day from Monday to Friday: `LW`.
    var lastWorkday = false
    /// Days of the week, as bits 0 (Sunday) to 6.
    var weekdays: UInt64 = 0
    /// The days of the week whose last in the month is meant, as bits: `5L`.
    var lastWeekdays: UInt64 = 0
    /// Bit 5 × weekday + k − 1 for the k-th such weekday of the month: `5#2`.
    var nthWeekdays: UInt64 = 0

    /// Whether the day of month is written as more than `*` or `?`.
    var restrictsMonthDay = false
    /// Whether the day of week is written as more than `*` or `?`.
    var restrictsWeekday = false

    /// The days of one month on which the expression is right, as bits 1 to 31.
    func days(ofMonth month: Int, in year: Int) -> UInt64 {
        let length = CivilDate.length(ofMonth: month, in: year)
        let all: UInt64 = (1 << UInt64(length + 1)) - 2
        guard restrictsMonthDay || restrictsWeekday else { return all }
        let first = CivilDate(year: year, month: month, day: 1).weekday
        var days: UInt64 = 0
        if restrictsMonthDay { days |= daysByNumber(length: length, first: first) }
        if restrictsWeekday { days |= daysByWeekday(length: length, first: first) }
        return days & all
    }

    private func daysByNumber(length: Int, first: Int) -> UInt64 {
        var days = monthDays
        for back in fromEnd.members where back < length { days |= 1 << UInt64(length - back) }
        for day in nearest.members { days |= 1 << UInt64(Self.workday(near: day, length: length, first: first)) }
        if lastWorkday { days |= 1 << UInt64(Self.workday(near: length, length: length, first: first)) }
        return days
    }

    private func daysByWeekday(length: Int, first: Int) -> UInt64 {
        var days: UInt64 = 0
        for day in 1...length {
            let weekday = (first + day - 1) % 7
            let isRight =
                weekdays.has(weekday) || nthWeekdays.has(5 * weekday + (day - 1) / 7)
                || (day + 7 > length && lastWeekdays.has(weekday))
            if isRight { days |= 1 << UInt64(day) }
        }
        return days
    }

    /// The day from Monday to Friday that is nearest to a day and in the same month. A day that the month lacks stands
    /// for its last.
    private static func workday(near day: Int, length: Int, first: Int) -> Int {
        let day = min(day, length)
        switch (first + day - 1) % 7 {
        case 0: return day < length ? day + 1 : day - 2
        case 6: return day > 1 ? day - 1 : day + 2
        default: return day
        }
    }
}

extension UInt64 {
    /// Whether a bit is set.
    func has(_ bit: Int) -> Bool { self >> UInt64(bit) & 1 == 1 }

    /// The lowest bit that is set and not below `bit`.
    func first(from bit: Int) -> Int? {
        if bit > 63 { return nil }
        let rest = self >> UInt64(bit)
        return rest == 0 ? nil : bit + rest.trailingZeroBitCount
    }

    /// The bits that are set, from the lowest on.
    var members: [Int] { (0..<64).filter(has) }
}
