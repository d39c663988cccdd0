/// What follows from a filter without a look at any job: stores need not read what can't match.
extension JobFilter {
    /// The states in which a job may match.
    public var states: [JobState] { JobState.allCases.filter(mayMatch) }

    /// Whether a job in a state may match.
    public func mayMatch(in state: JobState) -> Bool { condition.truth(in: state) != false }

    /// Whether the filter says anything of the state.
    public var namesStates: Bool { condition.fields.contains(.state) }

    /// The instants of a field among which those of all matching jobs lie; its ends in milliseconds.
    package func range(of field: JobField) -> InstantRange { condition.range(of: field) }
}

/// Instants from one to another, both included. Empty when the first is behind the last.
package struct InstantRange: Hashable, Sendable {
    /// The first, in milliseconds.
    package var first = Int64.min
    /// The last, in milliseconds.
    package var last = Int64.max

    /// Whether nothing lies in it.
    package var isEmpty: Bool { first > last }
}

extension JobCondition {
    /// Whether it holds for jobs in a state; nil when that depends on the job.
    fileprivate func truth(in state: JobState) -> Bool? {
        switch self {
        case .all(let conditions):
            let truths = conditions.map { $0.truth(in: state) }
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case .any(let conditions):
            let truths = conditions.map { $0.truth(in: state) }
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        case .not(let condition): return condition.truth(in: state).map { !$0 }
        case .compares(.state, .equal, let value): return value.equals(.text(state.rawValue))
        case .compares(.state, .notEqual, let value): return !value.equals(.text(state.rawValue))
        case .oneOf(.state, let values): return values.contains { $0.equals(.text(state.rawValue)) }
        case .compares(let field, let relation, _):
            return Self.isMissing(field, in: state) ? relation == .notEqual : nil
        case .oneOf(let field, _), .exists(let field): return Self.isMissing(field, in: state) ? false : nil
        }
    }

    /// Whether jobs in a state never have a field.
    private static func isMissing(_ field: JobField, in state: JobState) -> Bool {
        switch field {
        case .due: state != .delayed
        case .finished: !state.isFinished
        default: false
        }
    }

    fileprivate func range(of field: JobField) -> InstantRange {
        switch self {
        case .all(let conditions):
            return conditions.map { $0.range(of: field) }.reduce(InstantRange()) {
                InstantRange(first: max($0.first, $1.first), last: min($0.last, $1.last))
            }
        case .any(let conditions):
            let ranges = conditions.map { $0.range(of: field) }.filter { !$0.isEmpty }
            guard let first = ranges.map(\.first).min(), let last = ranges.map(\.last).max() else {
                return InstantRange(first: 1, last: 0)
            }
            return InstantRange(first: first, last: last)
        case .compares(field, let relation, .instant(let instant)):
            let value = instant.milliseconds
            switch relation {
            case .equal: return InstantRange(first: value, last: value)
            case .atLeast: return InstantRange(first: value)
            case .more: return value == .max ? InstantRange(first: 1, last: 0) : InstantRange(first: value + 1)
            case .atMost: return InstantRange(last: value)
            case .less: return value == .min ? InstantRange(first: 1, last: 0) : InstantRange(last: value - 1)
            case .notEqual, .contains: return InstantRange()
            }
        case .not, .compares, .oneOf, .exists: return InstantRange()
        }
    }
}
