/// Instants and spans as a query writes them.
enum InstantText {
    private static let daySpan: Int64 = 86_400_000

    /// Reads a date, a date with a time, or either with an offset; UTC where none is given. Nil for anything else, and for
    /// what is not on the calendar.
    static func instant(_ text: String) -> Timestamp? {
        var reader = Reader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), (1...12).contains(month), (1...days(in: month, of: year)).contains(day)
        else { return nil }
        var milliseconds = daysSinceEpoch(year, month, day) * daySpan
        if reader.take("T") || reader.take("t") {
            guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), hour < 24, minute < 60
            else { return nil }
            milliseconds += (hour * 60 + minute) * 60_000
            if reader.take(":") {
                guard let second = reader.number(2), second < 60 else { return nil }
                milliseconds += second * 1000
                if reader.take(".") {
                    guard let fraction = reader.fraction() else { return nil }
                    milliseconds += fraction
                }
            }
            if !reader.take("Z") && !reader.take("z"), let sign = reader.sign() {
                guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), hour < 24,
                    minute < 60
                else { return nil }
                milliseconds -= sign * (hour * 60 + minute) * 60_000
            }
        }
        return reader.isAtEnd ? Timestamp(milliseconds: milliseconds) : nil
    }

    /// Reads a signed span, `-2h` or `+30m`, in milliseconds, up to about 100 years; nil for anything else.
    static func span(_ text: String) -> Int64? {
        var reader = Reader(text)
        guard let sign = reader.sign(), let count = reader.anyNumber(), count <= 3_155_760_000_000,
            let unit = units[reader.rest]
        else { return nil }
        let (span, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow || span > 36_525 * daySpan ? nil : sign * span
    }

    private static let units: [String: Int64] = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": daySpan, "w": 7 * daySpan,
    ]

    /// An instant in UTC, with milliseconds.
    static func text(_ instant: Timestamp) -> String {
        let (days, rest) = floorDivide(instant.milliseconds, daySpan)
        let (year, month, day) = date(days)
        let parts = [(rest / 3_600_000, 2), (rest / 60_000 % 60, 2), (rest / 1000 % 60, 2)].map(padded)
        return [(year, 4), (month, 2), (day, 2)].map(padded).joined(separator: "-") + "T"
            + parts.joined(separator: ":") + ".\(padded(rest % 1000, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
        return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
    }

    // MARK: The calendar, in years that begin in March

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(year, 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, day) = floorDivide(days + 719_468, 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Reads a text from its front.
    private struct Reader {
        private var left: Substring.UTF8View

        init(_ text: String) { left = Substring(text).utf8 }

        var isAtEnd: Bool { left.isEmpty }
        var rest: String { String(Substring(left)) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard let byte = left.first, UInt32(byte) == character.value else { return false }
            left = left.dropFirst()
            return true
        }

        mutating func sign() -> Int64? { take("-") ? -1 : take("+") ? 1 : nil }

        mutating func number(_ digits: Int) -> Int64? {
            let text = left.prefix(digits)
            guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            left = left.dropFirst(digits)
            return Int64(String(Substring(text)))
        }

        mutating func anyNumber() -> Int64? {
            let text = left.prefix { (0x30...0x39).contains($0) }
            left = left.dropFirst(text.count)
            return Int64(String(Substring(text)))
        }

        /// The digits behind a point as milliseconds; what is finer is cut off.
        mutating func fraction() -> Int64? {
            let text = left.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(text.count) else { return nil }
            left = left.dropFirst(text.count)
            return Int64((String(Substring(text)) + "00").prefix(3))
        }
    }
}
