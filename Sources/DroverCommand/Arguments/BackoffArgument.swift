import DroverCore

/// A backoff as it is written on a command line: `fixed:1s` or `exponential:2s`.
enum BackoffArgument {
    /// Reads a rule.
    @Sendable static func parse(_ text: String) throws -> Backoff {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Backoff.Kind(rawValue: String(parts[0])) else {
            throw ValidationError(
                "backoff", "\"\(text.prefix(32))\" is not a rule; write fixed:DURATION or exponential:DURATION")
        }
        return Backoff(kind: kind, base: try DurationArgument(parsing: String(parts[1])).duration)
    }

    /// Writes a rule.
    static func text(_ backoff: Backoff) -> String {
        var text = "\(backoff.kind.rawValue):\(DurationArgument(backoff.base))"
        if backoff.jitter > 0 { text += ", jitter \(backoff.jitter)" }
        if let maximum = backoff.maximum { text += ", at most \(DurationArgument(maximum))" }
        return text
    }
}
