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
            // What is no time is a part of the id.
            if let time = try? DurationArgument(parsing: behind) {
                id = String(text[..<colon])
                ttl = time.duration
            } else if behind.isEmpty {
                id = String(text[..<colon])
            }
        }
        if let problem = Deduplication(id: id, ttl: ttl).problem { throw problem }
    }

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
