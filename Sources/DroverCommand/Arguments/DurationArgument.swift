import DroverCore

/// A span of time as it is written on a command line: a number with a unit, `500ms`, `1.5s`, `2m`, `1h`, `7d`.
struct DurationArgument: Hashable, Sendable, CustomStringConvertible {
    /// The span; never negative.
    var duration: Duration

    /// A span.
    init(_ duration: Duration) { self.duration = duration }

    /// Reads a span.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    init(parsing text: String) throws(ValidationError) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
        let unit = text.dropFirst(digits.count)
        guard let scale = Self.milliseconds[String(unit)], let number = Double(digits), number.isFinite else {
            throw Self.problem(text, "is not a span of time")
        }
        if number < 0 || digits.first == "-" { throw Self.problem(text, "is negative") }
        let milliseconds = number * scale
        // One hundred years and more is refused by name, long before the number no longer fits.
        if milliseconds > Double(NewJob.longestDelay.wholeMilliseconds) {
            throw Self.problem(text, "is longer than 100 years")
        }
        duration = .milliseconds(Int64(milliseconds.rounded(.up)))
    }

    private static func problem(_ text: String, _ problem: String) -> ValidationError {
        ValidationError(
            "duration", "\"\(text.prefix(32))\" \(problem); write a number and a unit: 500ms, 5s, 2m, 1h or 7d")
    }

    private static let milliseconds: [String: Double] = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]

    /// The span with the largest unit that needs no fraction.
    var description: String {
        let total = duration.wholeMilliseconds
        for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
        where total != 0 && total % scale == 0 {
            return "\(total / scale)\(unit)"
        }
        return total == 0 ? "0s" : "\(total)ms"
    }

    /// Reads so many in a span: `50/1s`, or `1000/h`, where a unit alone means one of it; or a number alone.
    ///
    /// - Returns: nil for a text that begins with no number, or has more than one slash.
    /// - Throws: `ValidationError` where what stands behind the slash is no span.
    static func amount(_ text: some StringProtocol) throws(ValidationError) -> (count: Int, span: Duration?)? {
        let parts = String(text).split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard let first = parts.first, let count = Int(first), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (count, nil) }
        if let unit = milliseconds[parts[1]] { return (count, .milliseconds(Int64(unit))) }
        return (count, try DurationArgument(parsing: parts[1]).duration)
    }

    /// Reads a span, for the parser's `transform`.
    @Sendable static func parse(_ text: String) throws -> DurationArgument { try DurationArgument(parsing: text) }
}

extension Duration {
    /// The span for people: from a second on in whole ones, rounded up.
    var roundedText: String {
        DurationArgument(self < .seconds(1) ? self : .seconds((wholeMilliseconds + 999) / 1000)).description
    }
}
