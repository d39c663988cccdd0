public import DroverCore

/// Times that come again and again, in the syntax of cron.
///
/// ```swift
/// let digest = try CronExpression("30 6 * * MON-FRI")
/// let next = digest.next(after: now, in: try ScheduleZone("America/Toronto"))
/// ```
///
/// **Fields.** Five: minute, hour, day of month, month, day of week. Six: the seconds come first; with five they are 0.
/// Or one of the words `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight`, `@hourly`, `@minutely`,
/// `@secondly`, `@weekdays`, `@weekends`. Upper and lower case are the same.
///
/// | Written | Means |
/// |---|---|
/// | `*` `?` | every value |
/// | `5` `MON` `JAN` | one value; Sunday is 0, 7 or `SUN` |
/// | `1,3,5` | each of a list |
/// | `1-5` `FRI-MON` `22-2` | a range; when its end is below its start it goes on at the lowest value |
/// | `*/10` `5/10` `1-20/3` | each tenth from the lowest value; from 5 on; each third of a range |
/// | `L` `L-3` | in the day of month: the last day, three days before it |
/// | `15W` `LW` | in the day of month: the day from Monday to Friday nearest to the 15th; the last of them |
/// | `5L` `5#2` | in the day of week: the month's last Friday, its second |
/// | `H` `H/10` `H(0-29)` `H(0-29)/10` | a value, or the beginning of the steps, that the seed chooses |
///
/// **Days.** When both day fields are restricted a day is right if either has it. A field that is written as anything but
/// `*` or `?` is restricted, `*/2` too.
///
/// **Changes of the clock.** An expression is *fixed* when neither its minute nor its hour field begins with `*`, `?`
/// or `H/`. A fixed time that the clock leaps over is due at the end of the gap, and several of them once; one that
/// the clock shows twice is due the first time. All others are due whenever the clock shows them: in both repeated hours,
/// and not at all in a gap. `docs/decisions/0008-cron.md` tells why.
public struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    /// The text as written.
    public let description: String
    /// Why this is outside of what cron-parser 5 reads in the same way, or nil when it is inside.
    ///
    /// BullMQ's Node clients compute the times of a schedule with cron-parser, so on a queue that is shared with them such
    /// an expression would end the schedule or move it.
    public var cronParserProblem: String? { outside?.reason }

    private let times: CronTimes
    private let outside: CronParserLimit?

    /// Reads an expression.
    ///
    /// - Parameters:
    ///   - text: the expression.
    ///   - seed: what `H` is derived from, such as the schedule's id. The same seed gives the same times in every process
    ///     and release. Without one, `H` is refused.
    /// - Throws: `CronError`, which names the field, the part that is wrong and where it stands. An expression whose days
    ///   are in no month, such as the 30th of February, is refused too.
    public init(_ text: String, seed: String? = nil) throws(CronError) {
        let reading = try CronParser(text: text, seed: seed).parse()
        (times, outside) = (reading.times, reading.outside)
        description = text
    }

    /// The first time that is due after an instant, on a whole second.
    ///
    /// - Parameters:
    ///   - instant: the time lies behind it.
    ///   - zone: whose clock the expression goes by.
    /// - Returns: nil when there is none: past the year 9999, or if the zone's clock leaps over every such time.
    public func next(after instant: Timestamp, in zone: ScheduleZone = .utc) -> Timestamp? {
        let second = max(instant.milliseconds.dividedDown(by: 1000), Self.earliest)
        guard second < Self.latest, let due = times.firstInstant(after: second, in: zone) else { return nil }
        return Timestamp(milliseconds: due * 1000)
    }

    /// The first second of the year 1 and of the year 10 000: beyond these nobody keeps a calendar.
    private static let earliest: Int64 = -62_135_596_800
    private static let latest: Int64 = 253_402_300_800
}
