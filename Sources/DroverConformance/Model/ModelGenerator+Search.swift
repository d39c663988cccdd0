import DroverCore

/// Drawing searches: conditions on what the jobs of a run have, so that many match and many do not.
extension ModelGenerator {
    mutating func search() -> ModelOperation {
        .search(
            queue(), JobFilter(condition(depth: 0)), pick(JobState.allCases), limit: 1 + below(5),
            mostExamined: pick([1, 2, 3, 7, 100]), order())
    }

    private mutating func condition(depth: Int) -> JobCondition {
        switch below(depth < 3 ? 12 : 8) {
        case 8: .not(condition(depth: depth + 1))
        case 9: .any((0..<below(4)).map { _ in condition(depth: depth + 1) })
        case 10, 11: .all((0..<below(4)).map { _ in condition(depth: depth + 1) })
        case 0: .exists(field())
        case 1: { (field: JobField) in .oneOf(field, (0..<1 + below(3)).map { _ in value(of: field) }) }(field())
        default: { (field: JobField) in .compares(field, relation(of: field), value(of: field)) }(field())
        }
    }

    private mutating func field() -> JobField {
        var fields: [JobField] = [
            .state, .id, .name, .name, .group, .tenant, .tag, .correlationID, .worker, .error, .error, .priority,
            .attempts,
            .stalls, .metadata("k"), .metadata("größer"),
            .payload(JSONPath()), .payload(JSONPath(members: "n")), .payload(JSONPath(members: "a")),
            .payload(JSONPath(members: "a", "b")), .payload(JSONPath([.index(0)])), .result(JSONPath()),
            .result(JSONPath(members: "n")), .progress(JSONPath(members: "b")),
        ]
        // Only where all stores stand at the same instant do instants mean the same.
        if drawsSchedules { fields += [.created, .due, .due, .processed, .finished, .finished] }
        return pick(fields)
    }

    private mutating func relation(of field: JobField) -> JobCondition.Relation {
        // Ids that a store generates have no order among the stores.
        field == .id ? pick([.equal, .notEqual]) : pick(JobCondition.Relation.allCases)
    }

    private mutating func value(of field: JobField) -> SearchValue {
        switch field {
        case .state: .text(pick(JobState.allCases).rawValue)
        case .id: .text(pick(ModelValues.ids))
        case .priority, .attempts, .stalls: .number(DecimalNumber(below(4)))
        case .created, .due, .processed, .finished: .instant(Timestamp(milliseconds: Int64(below(90)) * 10_000))
        case .payload, .result, .progress:
            pick([
                .number(DecimalNumber(9_007_199_254_740_993)), .number(DecimalNumber(9_007_199_254_740_992)),
                .number(DecimalNumber(0)), .number(DecimalNumber(1)), .null, .boolean(true), .text("éé"), .text("É"),
            ])
        default: .text(pick(["mail", "resize", "red", "e", "t", "g", "c", "w1", "v", "no", "nö", "N", "cancelled"]))
        }
    }
}

extension JobFilter {
    /// The filter with instants that count from another one.
    func moved(to start: Timestamp) -> JobFilter { JobFilter(condition.moved(to: start)) }

    /// Filters of which this one is made, for finding out what of it matters.
    var parts: [JobFilter] {
        switch condition {
        case .not(let part): [JobFilter(part)]
        case .any(let parts), .all(let parts): parts.map(JobFilter.init)
        case .compares, .oneOf, .exists: []
        }
    }
}

extension JobCondition {
    fileprivate func moved(to start: Timestamp) -> JobCondition {
        func moved(_ value: SearchValue) -> SearchValue {
            guard case .instant(let instant) = value else { return value }
            return .instant(start + .milliseconds(instant.milliseconds))
        }
        return switch self {
        case .compares(let field, let relation, let value): .compares(field, relation, moved(value))
        case .oneOf(let field, let values): .oneOf(field, values.map(moved))
        case .exists: self
        case .not(let part): .not(part.moved(to: start))
        case .any(let parts): .any(parts.map { $0.moved(to: start) })
        case .all(let parts): .all(parts.map { $0.moved(to: start) })
        }
    }
}
