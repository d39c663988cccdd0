import DroverCore

/// Reads a cron expression: a word, five fields, or six with the seconds first.
struct CronParser {
    let text: String
    let seed: String?

    /// What the text means, and why it is outside of cron-parser's syntax, if it is.
    struct Reading {
        let times: CronTimes
        let outside: CronParserLimit?
    }

    /// The words and what they stand for: those of Vixie's cron and those of cron-parser.
    static let words: KeyValuePairs = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *", "@minutely": "* * * * *",
        "@secondly": "* * * * * *", "@weekdays": "0 0 * * 1-5", "@weekends": "0 0 * * 0,6",
    ]

    /// Reads the text.
    func parse() throws(CronError) -> Reading {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard let first = parts.first else {
            throw CronError(
                "", problem: "is empty; write five fields, six with the seconds first, or a word such as @daily")
        }
        if first.hasPrefix("@") { return try parseWord(String(first), isAlone: parts.count == 1) }
        guard parts.count == 5 || parts.count == 6 else {
            throw CronError(
                text, problem: "has \(parts.count) field\(parts.count == 1 ? "" : "s"); \(Self.advice(parts.count))")
        }
        return try parseFields(parts)
    }

    private static func advice(_ count: Int) -> String {
        let fields = "write five (minute, hour, day of month, month, day of week) or six with the seconds first"
        return count == 7 ? "\(fields); there is no field for the year" : fields
    }

    private func parseWord(_ word: String, isAlone: Bool) throws(CronError) -> Reading {
        let lower = word.lowercased()
        guard isAlone, let fields = Self.words.first(where: { $0.key == lower })?.value else {
            let problem =
                switch lower {
                case "@reboot": "\"@reboot\" names no time; add a job at the start of the program instead"
                case "@every": "\"@every\" is an interval and no cron expression; use a schedule with an interval"
                default:
                    "\(ValidationError.quote(word)) is no such word; there are, each alone, \(Self.words.map(\.key).joined(separator: ", "))"
                }
            throw CronError(word, problem: problem)
        }
        let times = try CronParser(text: fields, seed: nil).parse().times
        return Reading(times: times, outside: text != lower || lower == "@midnight" ? .alias : nil)
    }

    private func parseFields(_ parts: [Substring]) throws(CronError) -> Reading {
        var times = CronTimes()
        var outside: CronParserLimit?
        var wildcards: Set<CronField> = []
        for (index, field) in CronField.allCases.suffix(parts.count).enumerated() {
            var reader = CronFieldReader(field, number: index + 1, of: text, seed: seed)
            try reader.read(parts[index])
            if reader.isWildcard { wildcards.insert(field) }
            outside = outside ?? reader.outside
            times.take(reader, written: parts[index])
        }
        times.isFixed = wildcards.isDisjoint(with: [.minute, .hour])
        if times.days.nthWeekdays != 0, times.days.restrictsMonthDay { outside = outside ?? .nthAndMonthDay }
        if !times.hasDays { throw noDay(parts[parts.count - 3], number: parts.count - 2) }
        return Reading(times: times, outside: outside)
    }

    private func noDay(_ written: Substring, number: Int) -> CronError {
        CronError(
            field: .dayOfMonth, number: number, token: String(written),
            position: text.distance(from: text.startIndex, to: written.startIndex) + 1,
            problem: "\(ValidationError.quote(String(written))) is never in the months of field \(number + 1)")
    }
}

extension CronTimes {
    /// Takes over what one field says.
    fileprivate mutating func take(_ reader: CronFieldReader, written: Substring) {
        let isRestricted = written != "*" && written != "?"
        switch reader.field {
        case .second: seconds = reader.values
        case .minute: minutes = reader.values
        case .hour: hours = reader.values
        case .month: months = reader.values
        case .dayOfMonth:
            days = reader.days
            days.monthDays = reader.values
            days.restrictsMonthDay = isRestricted
        case .dayOfWeek:
            days.weekdays = reader.values
            days.lastWeekdays = reader.days.lastWeekdays
            days.nthWeekdays = reader.days.nthWeekdays
            days.restrictsWeekday = isRestricted
        }
    }
}
