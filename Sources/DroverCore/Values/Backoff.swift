/// How long to wait before the next attempt of a job that failed.
///
/// The engine computes the wait when an attempt fails and sends it with the
/// outcome; a store only keeps the rule. The formulas are BullMQ's (PROTOCOL 17.6).
public struct Backoff: Hashable, Sendable {
    /// The shape of the waits.
    public enum Kind: Hashable, Sendable {
        /// The same wait before every attempt.
        case fixed
        /// The wait doubles with every attempt: base, 2 × base, 4 × base …
        case exponential
        /// What the worker's strategy of this name says; a worker that has none of the name waits as with ``fixed``.
        case custom(String)
    }

    /// The shape of the waits.
    public var kind: Kind
    /// The first wait.
    public var base: Duration
    /// The share of the wait that is drawn at random, from 0 (none) to 1 (all of it).
    public var jitter: Double
    /// No wait is longer than this; nil for no bound.
    public var maximum: Duration?

    /// A rule from its parts.
    public init(kind: Kind, base: Duration, jitter: Double = 0, maximum: Duration? = nil) {
        self.kind = kind
        self.base = base
        self.jitter = jitter
        self.maximum = maximum
    }

    /// The same wait before every attempt.
    public static func fixed(_ wait: Duration, jitter: Double = 0) -> Backoff {
        Backoff(kind: .fixed, base: wait, jitter: jitter)
    }

    /// Waits that double: `base` before the second attempt, then twice that, and so on.
    public static func exponential(base: Duration, jitter: Double = 0, maximum: Duration? = nil) -> Backoff {
        Backoff(kind: .exponential, base: base, jitter: jitter, maximum: maximum)
    }

    /// The waits that the worker's strategy of this name makes; `base` is for workers that have none of the name.
    public static func custom(_ name: String, base: Duration = .zero) -> Backoff {
        Backoff(kind: .custom(name), base: base)
    }
}

/// The stored form: BullMQ's `type`, where a name that it does not know is a strategy of the worker's too.
extension Backoff.Kind: RawRepresentable, Codable {
    /// The kind of a stored name.
    public init(rawValue: String) {
        switch rawValue {
        case "fixed": self = .fixed
        case "exponential": self = .exponential
        default: self = .custom(rawValue)
        }
    }

    /// The stored name.
    public var rawValue: String {
        switch self {
        case .fixed: "fixed"
        case .exponential: "exponential"
        case .custom(let name): name
        }
    }
}
