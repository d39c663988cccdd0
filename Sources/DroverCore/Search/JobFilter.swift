/// Which jobs a search finds.
///
/// A filter is made of parts, of a ``JobCondition``, or read from a query:
///
/// ```swift
/// let parts = JobFilter(states: [.failed], names: ["SendMail"], tags: ["vip"])
/// let query = try JobFilter("state = failed and payload.userId = \"42\" and createdAt > -2h")
/// ```
public struct JobFilter: Hashable, Sendable, CustomStringConvertible {
    /// What a job must meet.
    public var condition: JobCondition

    /// A filter from a condition.
    public init(_ condition: JobCondition) { self.condition = condition }

    /// Every job.
    public static let all = JobFilter(.all([]))

    /// A filter from parts, all of which must hold; what is left out does not matter.
    ///
    /// - Parameters:
    ///   - states: the job is in one of these.
    ///   - names: it has one of these names.
    ///   - groups: it belongs to one of these groups.
    ///   - tenant: whom it belongs to.
    ///   - tags: it has all of them.
    ///   - correlationID: what ties it to a request.
    ///   - created: when it was stored, both ends included.
    ///   - due: when it becomes claimable, both ends included.
    ///   - processed: when it was last claimed, both ends included.
    ///   - finished: when it finished, both ends included.
    ///   - attempts: how many attempts have ended and count.
    ///   - error: its failed reason contains this text.
    ///   - others: further conditions, for example on its payload.
    public init(
        states: [JobState] = [], names: [JobName] = [], groups: [String] = [], tenant: String? = nil,
        tags: [String] = [], correlationID: String? = nil, created: ClosedRange<Timestamp>? = nil,
        due: ClosedRange<Timestamp>? = nil, processed: ClosedRange<Timestamp>? = nil,
        finished: ClosedRange<Timestamp>? = nil, attempts: ClosedRange<Int>? = nil, error: String? = nil,
        others: [JobCondition] = []
    ) {
        var conditions: [JobCondition] = []
        func add(_ field: JobField, oneOf texts: [String]) {
            if !texts.isEmpty { conditions.append(.oneOf(field, texts.map { .text($0) })) }
        }
        func add(_ field: JobField, _ range: ClosedRange<Timestamp>?) {
            guard let range else { return }
            conditions.append(.compares(field, .atLeast, .instant(range.lowerBound)))
            conditions.append(.compares(field, .atMost, .instant(range.upperBound)))
        }
        add(.state, oneOf: states.map(\.rawValue))
        add(.name, oneOf: names.map(\.text))
        add(.group, oneOf: groups)
        add(.tenant, oneOf: tenant.map { [$0] } ?? [])
        for tag in tags { add(.tag, oneOf: [tag]) }
        add(.correlationID, oneOf: correlationID.map { [$0] } ?? [])
        add(.created, created)
        add(.due, due)
        add(.processed, processed)
        add(.finished, finished)
        if let attempts {
            conditions.append(.compares(.attempts, .atLeast, .number(DecimalNumber(attempts.lowerBound))))
            conditions.append(.compares(.attempts, .atMost, .number(DecimalNumber(attempts.upperBound))))
        }
        if let error { conditions.append(.compares(.error, .contains, .text(error))) }
        condition = .all(conditions + others)
    }

    /// The filter with one more condition.
    public func and(_ other: JobCondition) -> JobFilter {
        if case .all(let conditions) = condition { return JobFilter(.all(conditions + [other])) }
        return JobFilter(.all([condition, other]))
    }

    /// Whether a job is one of those that are sought. What every store answers to a search is what this says.
    public func matches(_ job: JobRecord) -> Bool { condition.holds(for: job) }

    /// Whether it looks at values that may be encrypted, of which a search then sees nothing.
    public var looksAtEncryptable: Bool { condition.fields.contains(where: \.mayBeEncrypted) }

    /// The filter as a query.
    public var description: String { condition.description }
}
