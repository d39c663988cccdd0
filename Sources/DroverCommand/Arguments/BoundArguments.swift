import DroverCore

/// How many jobs of a queue may be active at once, as it is written: a number, or `none`.
struct ConcurrencyArgument: Hashable, Sendable {
    /// The number; nil for no bound.
    var most: Int?

    /// Reads a number.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> ConcurrencyArgument {
        if text == "none" { return ConcurrencyArgument() }
        guard let most = Int(text), (1...QueueSetting.greatestConcurrency).contains(most) else {
            throw ValidationError(
                "concurrency",
                "\(ValidationError.quote(text)) is no number of jobs; give 1 to 1,000,000, or none for no bound")
        }
        return ConcurrencyArgument(most: most)
    }
}

/// How many jobs may begin in a span of time, as it is written: `50/1s`, `1000/h`, with `fixed` behind it for windows that
/// follow each other (`50/1s fixed`), or `none`.
struct RateArgument: Hashable, Sendable {
    /// The limit; nil for none.
    var limit: RateLimit?
    /// Whether `sliding` is said behind it.
    private(set) var saysSliding = false

    /// Reads a rate of which the spans always follow each other: of a group, or of some workers.
    ///
    /// - Throws: as ``parse(_:)``; for `sliding`, too.
    @Sendable static func parseFixed(_ text: String) throws -> RateArgument {
        let rate = try parse(text)
        if let problem = rate.problemWhereFixed { throw problem }
        return rate
    }

    /// What is wrong with it where spans always follow each other, or nil.
    var problemWhereFixed: ValidationError? {
        guard saysSliding, let limit else { return nil }
        return ValidationError(
            "rate",
            "it can't be sliding here, where spans of \(DurationArgument(limit.per)) follow each other; leave sliding out"
        )
    }

    /// Reads a rate.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> RateArgument {
        if text == "none" { return RateArgument() }
        let words = text.split(separator: " ")
        let window = words.count == 1 ? RateLimit.Window.sliding : words.last.flatMap { .init(rawValue: String($0)) }
        guard words.count <= 2, let window, let amount = try words.first.flatMap({ try DurationArgument.amount($0) }),
            let span = amount.span
        else {
            throw ValidationError(
                "rate",
                "\(ValidationError.quote(text)) is no rate; write jobs and a span, 50/1s, perhaps with fixed behind it, or none"
            )
        }
        let limit = RateLimit(max: amount.count, per: span, window: window)
        if let problem = limit.problem { throw problem }
        return RateArgument(limit: limit, saysSliding: words.count == 2 && window == .sliding)
    }
}

/// How many turns a group has where another one has one, as it is written: a number, or `none`.
struct WeightArgument: Hashable, Sendable {
    /// The number; nil for that of every group.
    var weight: Int?

    /// Reads a number.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> WeightArgument {
        if text == "none" { return WeightArgument() }
        guard let weight = Int(text), (1...GroupSetting.greatestWeight).contains(weight) else {
            throw ValidationError(
                "weight", "\(ValidationError.quote(text)) is no weight; give 1 to 100, or none for that of every group")
        }
        return WeightArgument(weight: weight)
    }
}

/// For how long a queue hands out nothing, as it is written: a span of time, or `none`.
struct HoldArgument: Hashable, Sendable {
    /// The span; nil to hand out jobs again.
    var span: Duration?

    /// Reads a span.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    @Sendable static func parse(_ text: String) throws -> HoldArgument {
        HoldArgument(span: text == "none" ? nil : try DurationArgument(parsing: text).duration)
    }
}

extension RateLimit {
    /// As ``RateArgument`` reads it.
    var text: String { "\(max)/\(DurationArgument(per))\(window == .fixed ? " fixed" : "")" }
}
