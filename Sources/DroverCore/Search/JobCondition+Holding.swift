extension JobCondition {
    /// Whether a job meets the condition.
    package func holds(for job: some SearchedJob) -> Bool {
        switch self {
        case .all(let conditions): conditions.allSatisfy { $0.holds(for: job) }
        case .any(let conditions): conditions.contains { $0.holds(for: job) }
        case .not(let condition): !condition.holds(for: job)
        case .exists(let field): Self.has(field, job) { _ in true }
        case .oneOf(let field, let values):
            Self.has(field, job) { found in values.contains { Self.stands(found, .equal, $0) } }
        case .compares(let field, .notEqual, let value):
            !Self.has(field, job) { Self.stands($0, .equal, value) }
        case .compares(let field, let relation, let value):
            Self.has(field, job) { Self.stands($0, relation, value) }
        }
    }

    /// What lies in a field.
    private enum Found {
        case plain(SearchValue)
        case json(JSONFragment)
    }

    /// Whether a field has a value for which a test holds.
    private static func has(_ field: JobField, _ job: some SearchedJob, _ test: (Found) -> Bool) -> Bool {
        switch field {
        case .payload(let path), .result(let path), .progress(let path):
            job.withJSON(of: field) { bytes in
                JSONFragment.find(path, in: bytes).map { test(.json($0)) } ?? false
            } ?? false
        case .tag: job.searchedTags.contains { test(.plain(.text($0))) }
        default: job.plainValue(of: field).map { test(.plain($0)) } ?? false
        }
    }

    private static func stands(_ found: Found, _ relation: Relation, _ value: SearchValue) -> Bool {
        switch found {
        case .plain(let own): return stands(own, relation, value)
        case .json(let fragment):
            if let own = fragment.value { return stands(own, relation, value) }
            return relation == .contains && fragment.hasElement { $0.value?.equals(value) ?? false }
        }
    }

    private static func stands(_ own: SearchValue, _ relation: Relation, _ value: SearchValue) -> Bool {
        switch relation {
        case .equal: own.equals(value)
        case .notEqual: !own.equals(value)
        case .less: own.precedes(value) ?? false
        case .more: value.precedes(own) ?? false
        case .atMost: value.precedes(own).map { !$0 } ?? false
        case .atLeast: own.precedes(value).map { !$0 } ?? false
        case .contains: own.contains(value)
        }
    }
}
