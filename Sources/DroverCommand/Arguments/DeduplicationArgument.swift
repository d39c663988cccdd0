import ArgumentParser
import Drover
import DroverCore

/// A deduplication id as it is written on a command line, perhaps with a time: `user:42` or `user:42:10m`.
struct DeduplicationArgument: Hashable, Sendable {
    /// How jobs of the same id meet.
    enum Mode: String, CaseIterable, ExpressibleByArgument {
        case simple, throttle, extend, debounce
        case keepLast = "keep-last"

        /// Whether it needs a time; nil where it goes without one.
        var needsTime: Bool { self == .throttle || self == .extend || self == .debounce }
    }

    /// The id.
    var id: String
    /// The time behind its last colon, if what stands there is one.
    var ttl: Duration?

    /// Reads an id.
    ///
    /// - Throws: `ValidationError` for one that no store takes.
    init(parsing text: String) throws(DroverCore.ValidationError) {
        id = text
        if let colon = text.lastIndex(of: ":") {
            let behind = String(text[text.index(after: colon)...])
            if behind.isEmpty {
                id = String(text[..<colon])
            } else if Self.looksLikeTime(behind) {
                id = String(text[..<colon])
                do { ttl = try DurationArgument(parsing: behind).duration } catch {
                    throw DroverCore.ValidationError(
                        "dedup", "\(error.problem); if it belongs to the id, write a colon behind it: \(text):")
                }
            }
        }
        if let problem = Deduplication(id: id, ttl: ttl).problem { throw problem }
    }

    /// Whether a text is a time or a try at one, as `10m`, `-5m`, `10min` and `2h30m`. A number alone is none: it is a part of
    /// the id, as words are.
    private static func looksLikeTime(_ text: String) -> Bool {
        var rest = text.unicodeScalars[...]
        if rest.first == "-" { rest.removeFirst() }
        if rest.isEmpty { return false }
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.properties.isAlphabetic }
            rest = rest.dropFirst(unit.count)
            // Other words behind a number may be what a machine made up for an id.
            if number.isEmpty || !Self.units.contains(String(String.UnicodeScalarView(unit)).lowercased()) {
                return false
            }
        }
        return true
    }

    /// What people write for units, those that are read among them.
    private static let units: Set<String> = [
        "ns", "us", "ms", "msec", "msecs", "millis", "millisecond", "milliseconds", "s", "sec", "secs", "second",
        "seconds", "m",
        "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "d", "day", "days", "w", "week", "weeks",
        "month",
        "months", "y", "year", "years",
    ]

    /// Reads an id, for the parser's `transform`.
    @Sendable static func parse(_ text: String) throws -> DeduplicationArgument {
        try DeduplicationArgument(parsing: text)
    }

    /// The rule by which a job is added.
    ///
    /// - Parameter mode: nil for the one that fits: throttle with a time, simple without one.
    /// - Throws: `ValidationError` when the mode and the time don't fit.
    func rule(_ mode: Mode?) throws(DroverCore.ValidationError) -> Deduplication {
        let mode = mode ?? (ttl == nil ? .simple : .throttle)
        if mode.needsTime != (ttl != nil) {
            throw DroverCore.ValidationError(
                "dedup",
                mode.needsTime
                    ? "the mode \(mode.rawValue) needs a time; write \(id):10m"
                    : "the mode \(mode.rawValue) takes no time; leave it out, or write --dedup-mode throttle, extend or debounce"
            )
        }
        let time = ttl ?? .zero
        return switch mode {
        case .simple: .simple(id)
        case .throttle: .throttle(id, for: time)
        case .extend: .extended(id, for: time)
        case .debounce: .debounce(id, for: time)
        case .keepLast: .keepLast(id)
        }
    }

    /// Writes a rule.
    static func text(_ rule: Deduplication) -> String {
        var words = [rule.id]
        if let ttl = rule.ttl { words.append("for \(DurationArgument(ttl))") }
        if rule.extend { words.append("extended") }
        if rule.replace { words.append("replacing") }
        if rule.keepLastIfActive { words.append("keeping the last") }
        return words.joined(separator: ", ")
    }
}
