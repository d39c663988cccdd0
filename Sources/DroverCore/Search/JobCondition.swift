/// A condition that a job meets or does not.
///
/// A comparison with something that the job does not have, or that is of another kind, does not hold: `attempts > "3"` never
/// does, and `payload.n = 3` holds for no payload without `n`. `!=` holds exactly where `=` does not.
public indirect enum JobCondition: Hashable, Sendable {
    /// How a field is compared with a value.
    public enum Relation: String, Hashable, Sendable, CaseIterable {
        /// The same value: numbers by their value, texts by their bytes.
        case equal = "="
        /// Not the same value, or none.
        case notEqual = "!="
        /// Before it: numbers and instants by value, texts by their bytes.
        case less = "<"
        /// Before it or the same.
        case atMost = "<="
        /// Behind it.
        case more = ">"
        /// Behind it or the same.
        case atLeast = ">="
        /// A text that contains it, whatever the case of the letters a to z; or a JSON array with an element that is equal.
        case contains = "~"
    }

    /// The field stands so to the value.
    case compares(JobField, Relation, SearchValue)
    /// The field equals one of the values.
    case oneOf(JobField, [SearchValue])
    /// The job has the field at all.
    case exists(JobField)
    /// The condition does not hold.
    case not(JobCondition)
    /// One of the conditions holds; none does of no conditions.
    case any([JobCondition])
    /// All of the conditions hold.
    case all([JobCondition])

    /// The fields that it looks at.
    package var fields: Set<JobField> {
        switch self {
        case .compares(let field, _, _), .oneOf(let field, _), .exists(let field): [field]
        case .not(let condition): condition.fields
        case .any(let conditions), .all(let conditions):
            conditions.reduce(into: []) { $0.formUnion($1.fields) }
        }
    }
}

extension JobCondition: CustomStringConvertible {
    /// The condition as a query; reading it gives the same condition, but for conditions with nothing in them.
    public var description: String {
        switch self {
        case .compares(let field, let relation, let value): "\(field) \(relation.rawValue) \(value)"
        case .oneOf(let field, let values): "\(field) in (\(values.map(\.description).joined(separator: ", ")))"
        case .exists(let field): "\(field) exists"
        case .not(let condition): "not \(condition.inParentheses)"
        case .any(let conditions): conditions.map(\.inParentheses).joined(separator: " or ")
        case .all(let conditions): conditions.map(\.inParentheses).joined(separator: " and ")
        }
    }

    private var inParentheses: String {
        switch self {
        case .compares, .oneOf, .exists: description
        case .not, .any, .all: "(\(description))"
        }
    }
}
