import DroverCore

/// Spans of time that have passed, for people: 80 s, 5 min, 3 h, 2 days.
enum Elapsed {
    /// A span in the unit that tells at least two of it, rounded down.
    static func text(_ span: Duration) -> String {
        let seconds = max(0, span.wholeMilliseconds) / 1000
        for (unit, length) in [("days", 86_400), ("h", 3600), ("min", 60)] as [(String, Int64)]
        where seconds >= 2 * length {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }
}
