import DroverCore

/// How much of an allowance there is, as it is written: `2/24h`, `50/h`, or `10` for ever.
struct AllowanceArgument: Hashable, Sendable {
    /// How much.
    var max: Int
    /// In what span; nil for ever.
    var per: Duration?

    /// Reads it.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> AllowanceArgument {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let max = parts.first.flatMap({ Int($0) }) else {
            throw ValidationError(
                "allowance",
                "\(ValidationError.quote(text)) is no allowance; write how much and a span, 2/24h, or how much alone")
        }
        var argument = AllowanceArgument(max: max)
        // A unit alone means one of it.
        if parts.count == 2 {
            let span = parts[1].first?.isNumber == true ? String(parts[1]) : "1\(parts[1])"
            argument.per = try DurationArgument(parsing: span).duration
        }
        if let problem = Allowance("key", max: max, per: argument.per).problem { throw problem }
        return argument
    }
}
