/// What to do with allowances.
public enum AllowanceCommand: Hashable, Sendable {
    /// Reserves all of these shares, or none, under an id: any text of 1 to 1,024 bytes. What is reserved under it already, and
    /// still counts, is granted again and counts once, so that the call may be repeated.
    case reserve(id: String, [AllowanceShare])
    /// Gives back what was reserved under an id of the allowances with these keys.
    case refund(id: String, keys: [String])
    /// Tells how much of the allowance with this key counts.
    case look(key: String)
    /// Gives back all that was reserved of the allowance with this key.
    case reset(key: String)
    /// Lists what is reserved and still counts, of all allowances, in an order of the store's: what lies behind a cursor,
    /// about `limit` of it, 1 to 1,000. What comes or goes between two calls may be listed or not, and some of it twice.
    case list(after: PageCursor?, limit: Int)

    /// The longest id, in bytes of UTF-8: as long as `JobContext.idempotencyKey` may be, and more.
    public static let longestID = 1024

    /// The most shares of one reservation, and keys of one refund.
    public static let mostShares = 100

    /// The most that one reservation may take, over all its allowances: a store writes each of them.
    public static let mostAtOnce = 10_000

    /// The rule that the command breaks by itself, or nil.
    public var problem: ValidationError? {
        switch self {
        case .reserve(let id, let shares):
            if let problem = Self.problem(of: id, keys: shares.map(\.allowance.key)) { return problem }
            if let problem = shares.lazy.compactMap(\.problem).first { return problem }
            if shares.reduce(0, { $0 + $1.amount }) <= Self.mostAtOnce { return nil }
            return ValidationError(
                "reservation", "more than 10,000 are asked for at once; reserve them in parts under ids of their own")
        case .refund(let id, let keys): return Self.problem(of: id, keys: keys)
        case .look(let key), .reset(let key): return Allowance.problem(ofKey: key)
        case .list(_, let limit):
            if (1...1000).contains(limit) { return nil }
            return ValidationError("limit", "\(limit) is out of range; give 1 to 1,000")
        }
    }

    private static func problem(of id: String, keys: [String]) -> ValidationError? {
        if !(1...longestID).contains(id.utf8.count) || id.utf8.contains(0) {
            return ValidationError(
                "reservation", "an id of \(id.utf8.count) bytes is no id; give 1 to 1,024, none of them zero")
        }
        if !(1...mostShares).contains(keys.count) {
            return ValidationError("reservation", "\(keys.count) allowances are not accepted; give 1 to 100")
        }
        if Set(keys.map { Array($0.utf8) }).count < keys.count {
            return ValidationError("reservation", "an allowance is named twice; name each once, with its whole amount")
        }
        return keys.lazy.compactMap(Allowance.problem(ofKey:)).first
    }
}

/// The answer to an ``AllowanceCommand``.
public enum AllowanceResult: Hashable, Sendable {
    /// All is reserved.
    case granted
    /// Nothing was: of the allowance with this key there is too little left. `freeIn` says in how long there is enough of
    /// it, if nobody else takes it; nil when that is up to who gives something back.
    case spent(key: String, freeIn: Duration?)
    /// So much was given back, over all keys.
    case refunded(Int)
    /// So much counts.
    case use(AllowanceUse)
    /// This is reserved. The next call goes on behind `next`, which is nil at the end.
    case reservations([AllowanceReservation], next: PageCursor?)
    /// The command breaks a rule; nothing was done.
    case refused(ValidationError)
}

/// So much of an allowance, reserved under an id.
public struct AllowanceReservation: Hashable, Sendable {
    /// The key of the allowance.
    public var key: String
    /// The id.
    public var id: String
    /// How much.
    public var amount: Int
    /// In how long it counts no more; nil for never.
    public var endsIn: Duration?

    /// A reservation from its parts.
    public init(key: String, id: String, amount: Int, endsIn: Duration?) {
        self.key = key
        self.id = id
        self.amount = amount
        self.endsIn = endsIn
    }
}
