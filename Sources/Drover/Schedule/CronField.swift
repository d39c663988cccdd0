/// One of the six fields of a cron expression, in the order in which they are written.
///
/// The raw values go into the hash behind `H` and never change.
public enum CronField: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Seconds, from 0 to 59; the first of six fields.
    case second
    /// Minutes, from 0 to 59.
    case minute
    /// Hours, from 0 to 23.
    case hour
    /// Days of the month, from 1 to 31.
    case dayOfMonth
    /// Months, from 1 to 12.
    case month
    /// Days of the week, from 0 to 7; 0 and 7 are Sunday.
    case dayOfWeek

    /// The field's name in plain words, as in `day of month`.
    public var description: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of month"
        case .month: "month"
        case .dayOfWeek: "day of week"
        }
    }

    /// The numbers that may be written.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// After how many values the field begins anew. A week has seven days, although eight numbers name them.
    var cycle: Int { self == .dayOfWeek ? 7 : range.count }

    /// The names of the values, from the lowest on.
    var names: [String] {
        switch self {
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        default: []
        }
    }

    /// What one value may be, for messages.
    var allowed: String {
        let numbers = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers) or a name from \(first) to \(last)"
    }

    /// The values from one to another, each `step`-th, as bits.
    ///
    /// A range whose end is below its start goes on at the field's lowest value, and its steps are counted on over the
    /// turn: `22-5/3` is 22, 1 and 4 o'clock.
    func values(from first: Int, to last: Int, step: Int = 1) -> UInt64 {
        let end = first <= last ? last : last + cycle
        // A longer step than any field is as good as any other, and the largest would overflow.
        return stride(from: first, through: end, by: min(step, 100)).reduce(0) { bits, value in
            bits | 1 << UInt64((value - range.lowerBound) % cycle + range.lowerBound)
        }
    }
}
