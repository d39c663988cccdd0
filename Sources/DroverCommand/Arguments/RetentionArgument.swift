import DroverCore

/// What to keep of finished jobs, as it is written on a command line: `all`, `none`, `100`, `24h` or `100,24h`.
enum RetentionArgument {
    /// Reads a rule.
    @Sendable static func parse(_ text: String) throws -> Retention {
        if text == "all" { return .keepAll }
        if text == "none" { return .removeAtOnce }
        var retention = Retention()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            if let count = Int(part), count >= 0, retention.count == nil {
                retention.count = count
                // What is neither a count nor a span is refused below, with all the forms.
            } else if retention.age == nil, let age = try? DurationArgument(parsing: String(part)) {
                retention.age = age.duration
            } else {
                throw ValidationError(
                    "retention",
                    "\"\(text.prefix(32))\" is not a rule; write all, none, a count, a duration, or both: 100,24h")
            }
        }
        return retention
    }

    /// Writes a rule.
    static func text(_ retention: Retention) -> String {
        if retention == .keepAll { return "all" }
        if retention.removesAtOnce { return "none" }
        return [retention.count.map(String.init), retention.age.map { DurationArgument($0).description }]
            .compactMap(\.self).joined(separator: ",")
    }
}
