public import DroverCore

/// What was reserved of allowances, to be given back if it was not used.
public struct Reservation: Hashable, Sendable {
    /// Under which id.
    public let id: String
    /// How much of which.
    public let shares: [AllowanceShare]
}

/// There is too little left of an allowance; nothing was reserved.
///
/// A handler that lets it through is put off until there is enough, without counting an attempt; where that is up to who
/// gives something back, it is an error like others.
public struct AllowanceSpent: Error, Hashable, Sendable, CustomStringConvertible {
    /// Of which: `Allowance.key`.
    public let key: String
    /// In how long there is enough of it, if nobody else takes it; nil when only a refund makes room.
    public let freeIn: Duration?

    /// An error from its parts.
    public init(key: String, freeIn: Duration?) {
        self.key = key
        self.freeIn = freeIn
    }

    /// A line for people.
    public var description: String {
        let advice = freeIn.map { "again in \($0)" } ?? "again when something of it is given back"
        return "the allowance \(ValidationError.quote(key)) is spent; \(advice)"
    }
}
