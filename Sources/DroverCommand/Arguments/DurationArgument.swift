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

    /// Reads a span, for the parser's `transform`.
    @Sendable static func parse(_ text: String) throws -> DurationArgument { try DurationArgument(parsing: text) }
}
