import DroverCore

/// Reads one field of a cron expression: a list of items with commas between.
struct CronFieldReader {
    /// The whole expression, in which positions are counted.
    let text: String
    let field: CronField
    /// The field's number as written, from 1.
    let number: Int
    /// What `H` is derived from.
    let seed: String?

    /// The plain values, as bits.
    private(set) var values: UInt64 = 0
    /// Whether the field is written as a wildcard in the sense of Debian's cron: it begins with `*` (`?` and `H/n` mean
    /// the same).
    private(set) var isWildcard = false
    /// Why cron-parser would refuse the field or read it in another way.
    private(set) var outside: CronParserLimit?
    /// What only the day fields have: `L`, `W` and `#`.
    private(set) var days = CronDays()

    init(_ field: CronField, number: Int, of text: String, seed: String?) {
        (self.field, self.number, self.text, self.seed) = (field, number, text, seed)
    }

    /// Reads the field's text.
    mutating func read(_ written: Substring) throws(CronError) {
        let items = written.split(separator: ",", omittingEmptySubsequences: false)
        isWildcard = written.first == "*" || written.first == "?" || written.uppercased().hasPrefix("H/")
        for (index, item) in items.enumerated() {
            if item.isEmpty {
                throw error(written, "\(quote(written)) has an empty item; write values with one comma between")
            }
            if item.first == "H" || item.first == "h" {
                try readHash(item, index)
            } else {
                try readItem(item)
            }
        }
        if items.count > 1, days.nthWeekdays != 0 { limit(.listOfNth) }
    }

    private mutating func readItem(_ item: Substring) throws(CronError) {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 2 { throw bad(item, "has two steps; write one, as in */5") }
        let step: Int? = parts.count == 2 ? try readStep(parts[1]) : nil
        let body = parts[0]
        if body.isEmpty { throw bad(item, "has nothing before its step; write */5 or 10/5") }
        if try readSpecial(body) {
            if step != nil { throw bad(item, "has a step, which goes with numbers and ranges only") }
        } else if body == "*" || body == "?" {
            add(
                field.values(
                    from: field.range.lowerBound, to: field.range.lowerBound + field.cycle - 1, step: step ?? 1))
        } else if body.contains("-") {
            let (first, last) = try readRange(body)
            if last < first { limit(.turningRange) }
            addRange(first, last, step ?? 1)
        } else if let step {
            addRange(try readValue(body), field.range.upperBound, step)
        } else {
            let value = try readValue(body)
            add(field.values(from: value, to: value))
        }
    }

    private mutating func addRange(_ first: Int, _ last: Int, _ step: Int) {
        let range = field.values(from: first, to: last, step: step)
        if field == .dayOfWeek, last == 7, !range.has(0) { limit(.sundayOfRange) }
        add(range)
    }

    private mutating func add(_ bits: UInt64) {
        if values & bits != 0 { limit(.valueTwice) }
        values |= bits
    }

    private mutating func limit(_ why: CronParserLimit) { outside = outside ?? why }
}

extension CronFieldReader {
    /// Reads what only a day field has, and says whether it was that.
    private mutating func readSpecial(_ body: Substring) throws(CronError) -> Bool {
        switch field {
        case .dayOfMonth: return try readSpecialMonthDay(body)
        case .dayOfWeek: return try readSpecialWeekday(body)
        default: return false
        }
    }

    private mutating func readSpecialMonthDay(_ body: Substring) throws(CronError) -> Bool {
        let upper = body.uppercased()
        if upper == "L" {
            if days.fromEnd.has(0) { limit(.valueTwice) }
            days.fromEnd |= 1
            if body == "l" { limit(.lowercase) }
        } else if upper == "LW" {
            days.lastWorkday = true
            limit(.nearestWeekday)
        } else if upper.hasPrefix("L-") {
            let back = try readNumber(body.dropFirst(2), in: 1...30, "a number of days from 1 to 30")
            days.fromEnd |= 1 << UInt64(back)
            limit(.daysBeforeLast)
        } else if upper.hasSuffix("W") {
            let day = body.dropLast()
            if day.isEmpty { throw bad(body, "needs a day before it, as in 15W, the weekday nearest to the 15th") }
            if day.contains("-") { throw bad(body, "moves a range; W goes with one day, as in 15W") }
            days.nearest |= 1 << UInt64(try readValue(day))
            limit(.nearestWeekday)
        } else if upper.hasSuffix("L") {
            throw bad(body, "is for the day of week; in this field L stands alone, as L, L-3 or LW")
        } else {
            return false
        }
        return true
    }

    private mutating func readSpecialWeekday(_ body: Substring) throws(CronError) -> Bool {
        if let sign = body.firstIndex(of: "#") {
            let weekday = try readValue(body[..<sign]) % 7
            let nth = try readNumber(
                body[body.index(after: sign)...], in: 1...5, "a number from 1 to 5")
            days.nthWeekdays |= 1 << UInt64(5 * weekday + nth - 1)
        } else if body.last == "L" || body.last == "l" {
            let weekday = body.dropLast()
            if weekday.isEmpty { throw bad(body, "needs a day of week before it, as in 5L, the month's last Friday") }
            let bit: UInt64 = 1 << UInt64(try readValue(weekday) % 7)
            if days.lastWeekdays & bit != 0 { limit(.valueTwice) }
            days.lastWeekdays |= bit
            if body.last == "l" { limit(.lowercase) }
            if weekday.first == "0", weekday.count > 1 { limit(.zeroBeforeLast) }
        } else {
            return false
        }
        return true
    }

    /// `H`, `H/n`, `H(a-b)` or `H(a-b)/n`: a value that the seed chooses, or steps that begin at one.
    private mutating func readHash(_ item: Substring, _ index: Int) throws(CronError) {
        guard let seed else { throw bad(item, "needs a seed to choose from, such as the schedule's id") }
        let parts = item.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let bounds = parts.first ?? ""
        // No month lacks the days up to 28, and none comes twice in a week.
        var (first, last) = (
            field.range.lowerBound, field == .dayOfMonth ? 28 : field.range.lowerBound + field.cycle - 1
        )
        if bounds.first == "(", bounds.last == ")" {
            (first, last) = try readRange(bounds.dropFirst().dropLast())
            if last < first { throw bad(item, "has a range whose end is below its start") }
        } else if !bounds.isEmpty || parts.count > 2 {
            throw bad(item, "is not understood; write H, H/5, H(0-29) or H(0-29)/5")
        }
        limit(.hash)
        let count = last - first + 1
        let step: Int? = parts.count == 2 ? try readStep(parts[1]) : nil
        let chosen = ScheduleHash.number(below: min(step ?? count, count), seed, field: field, item: index) + first
        add(field.values(from: chosen, to: step == nil ? chosen : last, step: step ?? 1))
    }
}

extension CronFieldReader {
    private func readRange(_ body: Substring) throws(CronError) -> (first: Int, last: Int) {
        let ends = body.split(separator: "-", omittingEmptySubsequences: false)
        if ends.count != 2 || ends[0].isEmpty || ends[1].isEmpty {
            throw bad(body, "is no range; write two values with one dash between, as in 1-5")
        }
        return (try readValue(ends[0]), try readValue(ends[1]))
    }

    private func readStep(_ step: Substring) throws(CronError) -> Int {
        if step.isEmpty { throw error(step, "the step after / is missing; write a whole number from 1") }
        return try readNumber(step, in: 1...Int.max, "a step; write a whole number from 1")
    }

    /// A number or a name of the field.
    private func readValue(_ token: Substring) throws(CronError) -> Int {
        if let index = field.names.firstIndex(of: token.uppercased()) { return index + field.range.lowerBound }
        return try readNumber(token, in: field.range, field.allowed)
    }

    private func readNumber(_ token: Substring, in range: ClosedRange<Int>, _ allowed: String) throws(CronError) -> Int
    {
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw bad(token, "is not \(allowed)")
        }
        // Digits that are no Int are too many.
        let number = Int(token) ?? .max
        if number < range.lowerBound { throw bad(token, "is below \(range.lowerBound)") }
        if number > range.upperBound { throw bad(token, "is above \(range.upperBound)") }
        return number
    }

    private func bad(_ token: Substring, _ problem: String) -> CronError { error(token, "\(quote(token)) \(problem)") }

    private func quote(_ token: Substring) -> String { ValidationError.quote(String(token)) }

    private func error(_ token: Substring, _ problem: String) -> CronError {
        CronError(
            field: field, number: number, token: String(token),
            position: text.distance(from: text.startIndex, to: token.startIndex) + 1, problem: problem)
    }
}
