import DroverCore

/// Draws conditions, and texts that are nearly queries, from a seed.
struct DrawnConditions {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    private mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: (state >> 33) % UInt64(bound))
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    private static let texts = [
        "", "a", "and", "SendMail", "größe", "a b", "\"quoted\"", "it's", "back\\slash", "\n\t\u{1}", "😀", "-2h", "42",
    ]
    private static let numbers = [
        "0", "-1", "42", "1.5", "-0.00001", "1e400", "9007199254740993", "12345678901234567890123",
    ]

    mutating func condition(depth: Int) -> JobCondition {
        switch below(depth < 4 ? 7 : 4) {
        case 4: return .not(condition(depth: depth + 1))
        case 5: return .any((0..<2 + below(2)).map { _ in condition(depth: depth + 1) })
        case 6: return .all((0..<2 + below(2)).map { _ in condition(depth: depth + 1) })
        case 3: return .exists(field())
        case 2:
            let field = field()
            return .oneOf(field, (0..<1 + below(3)).map { _ in value(of: field, isOrdered: false) })
        default:
            let field = field()
            let relations: [JobCondition.Relation] =
                switch field {
                case .state: [.equal, .notEqual]
                case .attempts, .created: [.equal, .notEqual, .less, .atMost, .more, .atLeast]
                default: JobCondition.Relation.allCases
                }
            let relation = pick(relations)
            return .compares(
                field, relation, value(of: field, isOrdered: ![.equal, .notEqual, .contains].contains(relation)))
        }
    }

    private mutating func field() -> JobField {
        let steps = (0..<below(4)).map { _ in
            below(3) == 0 ? JSONPath.Step.index(below(100)) : .member(pick(Self.texts))
        }
        return pick([
            .state, .id, .name, .tag, .error, .attempts, .created, .payload(JSONPath(steps)), .result(JSONPath(steps)),
            .progress(JSONPath(steps)), .metadata(pick(Self.texts)),
        ])
    }

    private mutating func value(of field: JobField, isOrdered: Bool) -> SearchValue {
        let number = SearchValue.number(DecimalNumber(pick(Self.numbers)) ?? DecimalNumber(0))
        switch field {
        case .state: return .text(pick(JobState.allCases).rawValue)
        case .attempts: return number
        case .created: return .instant(Timestamp(milliseconds: Int64(below(2_000_000_000)) * 1000 - 1))
        case .payload, .result, .progress:
            return pick(
                [.text(pick(Self.texts)), number] + (isOrdered ? [] : [.boolean(true), .boolean(false), .null]))
        default: return .text(pick(Self.texts))
        }
    }

    /// The text of a condition with a few characters changed.
    mutating func spoiled() -> String {
        var scalars = Array(condition(depth: 2).description.unicodeScalars)
        for _ in 0..<below(3) {
            let at = below(scalars.count + 1)
            let other = pick(Array("\"'()[].,=<>!~\\ ax0-\u{0}\u{301}😀".unicodeScalars))
            switch below(3) {
            case 0: scalars.insert(other, at: at)
            case 1 where at < scalars.count: scalars[at] = other
            default: if at < scalars.count { scalars.remove(at: at) }
            }
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }
}
