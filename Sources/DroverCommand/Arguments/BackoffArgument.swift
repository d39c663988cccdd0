import DroverCore

/// A backoff as it is written on a command line: `fixed:1s`, `exponential:2s`, or `custom:NAME` for a strategy of the
/// program that works the job.
enum BackoffArgument {
    /// Reads a rule.
    @Sendable static func parse(_ text: String) throws -> Backoff {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch parts.first {
        case "fixed" where parts.count == 2: return .fixed(try DurationArgument(parsing: String(parts[1])).duration)
        case "exponential" where parts.count == 2:
            return .exponential(base: try DurationArgument(parsing: String(parts[1])).duration)
        case "custom" where parts.count == 2 && !parts[1].isEmpty: return .custom(String(parts[1]))
        default:
            throw ValidationError(
                "backoff",
                "\"\(text.prefix(32))\" is not a rule; write fixed:DURATION, exponential:DURATION or custom:NAME")
        }
    }

    /// Writes a rule.
    static func text(_ backoff: Backoff) -> String {
        if case .custom(let name) = backoff.kind { return "custom:\(name)" }
        var text = "\(backoff.kind.rawValue):\(DurationArgument(backoff.base))"
        if backoff.jitter > 0 { text += ", jitter \(backoff.jitter)" }
        if let maximum = backoff.maximum { text += ", at most \(DurationArgument(maximum))" }
        return text
    }
}
