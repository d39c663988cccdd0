/// How much of something there is in a span of time for whoever a key names: two uploads of a user's in a day, fifty mails in
/// an hour.
///
/// What is reserved counts for one span from its own moment, so no span has more than the allowance. A store keeps what is
/// reserved by the key alone; the numbers come with each call, so that they may change from one to the next. What was
/// reserved before keeps the span that it was reserved with.
public struct Allowance: Hashable, Sendable {
    /// Whose; any text of 1 to 512 bytes, as `mails:42`. It is kept as it is, in the whole store, whatever the queue.
    public var key: String
    /// How much; 1 to 10,000.
    public var max: Int
    /// In how long a span, in whole milliseconds; nil for ever: until it is given back.
    public var per: Duration? { didSet { per = per.map { .milliseconds($0.wholeMilliseconds) } } }

    /// An allowance from its parts.
    public init(_ key: String, max: Int, per: Duration?) {
        self.key = key
        self.max = max
        self.per = per.map { .milliseconds($0.wholeMilliseconds) }
    }

    /// The greatest ``max``: a store keeps each reservation while it counts.
    public static let greatestMax = 10_000

    /// The longest ``key``, in bytes of UTF-8.
    public static let longestKey = 512

    /// The rule that the allowance breaks by itself, or nil.
    public var problem: ValidationError? {
        if let problem = Self.problem(ofKey: key) { return problem }
        if !(1...Self.greatestMax).contains(max) {
            return ValidationError("allowance", "\(max) is out of range; give 1 to 10,000")
        }
        if let per, per < .milliseconds(1) || per > RateLimit.longestSpan {
            return ValidationError("allowance", "a span of \(per) is out of range; give 1 ms to 366 days, or none")
        }
        return nil
    }

    /// What is wrong with a key, or nil.
    static func problem(ofKey key: String) -> ValidationError? {
        if (1...longestKey).contains(key.utf8.count) && !key.utf8.contains(0) { return nil }
        return ValidationError(
            "allowance", "a key of \(key.utf8.count) bytes is no key; give 1 to 512, none of them zero")
    }
}

/// A part of an allowance.
public struct AllowanceShare: Hashable, Sendable {
    /// Of which.
    public var allowance: Allowance
    /// How much of it; 1 to its ``Allowance/max``.
    public var amount: Int

    /// A share from its parts.
    public init(_ allowance: Allowance, amount: Int = 1) {
        self.allowance = allowance
        self.amount = amount
    }

    /// The rule that the share breaks by itself, or nil.
    public var problem: ValidationError? {
        if let problem = allowance.problem { return problem }
        if (1...allowance.max).contains(amount) { return nil }
        return ValidationError(
            "allowance", "\(amount) is never granted of \(allowance.max); give 1 to \(allowance.max)")
    }
}

/// How much of an allowance counts.
public struct AllowanceUse: Hashable, Sendable {
    /// How much is reserved.
    public var used: Int
    /// In how long less will be; nil where nothing is reserved, or for ever.
    public var lessIn: Duration?

    /// A use from its parts.
    public init(used: Int, lessIn: Duration? = nil) {
        self.used = used
        self.lessIn = lessIn
    }
}
