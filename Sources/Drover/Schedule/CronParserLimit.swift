/// Why an expression is outside the part of the syntax that cron-parser 5, which BullMQ's Node clients use, reads in the
/// same way (PROTOCOL 15.3).
enum CronParserLimit: Hashable, Sendable {
    case alias, hash, turningRange, nearestWeekday, daysBeforeLast, lowercase, zeroBeforeLast
    case listOfNth, nthAndMonthDay, valueTwice, sundayOfRange

    /// The reason, as a sentence without its full stop.
    var reason: String {
        switch self {
        case .alias:
            "cron-parser knows @yearly, @annually, @monthly, @weekly, @daily, @hourly, @minutely, @secondly, @weekdays "
                + "and @weekends, in lower case and with nothing around them"
        case .hash: "cron-parser puts a random value for H, another in each process"
        case .turningRange: "cron-parser refuses a range whose end is below its start; write two ranges"
        case .nearestWeekday: "cron-parser has no W"
        case .daysBeforeLast: "cron-parser has L alone and no days before it"
        case .lowercase: "cron-parser reads L in upper case only"
        case .zeroBeforeLast: "cron-parser reads one digit before L; write 5L for 05L"
        case .listOfNth: "cron-parser refuses # in a list"
        case .nthAndMonthDay: "cron-parser takes # for a bound on the day of month too"
        case .valueTwice: "cron-parser refuses a value that is given twice in a field"
        case .sundayOfRange: "cron-parser adds Sunday to every range of days that ends with 7, whatever the step"
        }
    }
}
