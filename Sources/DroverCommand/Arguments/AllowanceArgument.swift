import DroverCore

/// How much of an allowance there is, as it is written: `2/24h`, `50/h`, or `10` for ever.
struct AllowanceArgument: Hashable, Sendable {
    /// How much.
    var max: Int
    /// In what span; nil for ever.
    var per: Duration?

    /// Reads it.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> AllowanceArgument {
        guard let (max, span) = try DurationArgument.amount(text) else {
            throw ValidationError(
                "allowance",
                "\(ValidationError.quote(text)) is no allowance; write how much and a span, 2/24h, or how much alone")
        }
        if let problem = Allowance("key", max: max, per: span).problem { throw problem }
        return AllowanceArgument(max: max, per: span)
    }
}

/// An allowance with its key, as it is written: `exports:42:2/24h`. The key may have colons.
struct NamedAllowanceArgument: Hashable, Sendable {
    /// The allowance.
    var allowance: Allowance

    /// Reads it.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> NamedAllowanceArgument {
        guard let colon = text.lastIndex(of: ":") else {
            throw ValidationError(
                "allowance",
                "\(ValidationError.quote(text)) names no key; write a key, a colon, how much and a span: exports:42:2/24h"
            )
        }
        let amount = try AllowanceArgument.parse(String(text[text.index(after: colon)...]))
        let allowance = Allowance(String(text[..<colon]), max: amount.max, per: amount.per)
        if let problem = allowance.problem { throw problem }
        return NamedAllowanceArgument(allowance: allowance)
    }
}
