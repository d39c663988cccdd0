/// Reads a query, by descent: `or` binds less than `and`, and that less than `not`.
///
/// ```
/// query      = both { "or" both }
/// both       = one { "and" one }
/// one        = "not" one | "(" query ")" | field relation
/// relation   = ("=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "contains") value
///            | [ "not" ] "in" "(" value { "," value } ")" | "exists"
/// field      = word | ("payload" | "result" | "progress") { step } | "metadata" step
/// step       = "." name | "[" number "]" | "[" quoted "]"
/// ```
struct JobFilterParser {
    /// The longest query, in characters.
    static let mostScalars = 16_384
    /// How deep conditions may be nested.
    static let deepest = 64
    /// How many values a list may have.
    static let mostValues = 1000

    let query: String
    let scalars: [Unicode.Scalar]
    /// The instant from which spans count.
    let now: Timestamp
    var at = 0

    private init(_ query: String, now: Timestamp) {
        self.query = query
        scalars = Array(query.unicodeScalars.prefix(Self.mostScalars + 1))
        self.now = now
    }

    static func parse(_ query: String, now: Timestamp) throws(JobFilterError) -> JobCondition {
        var parser = JobFilterParser(query, now: now)
        if parser.scalars.count > mostScalars {
            throw parser.fault("it is longer than \(mostScalars) characters", at: mostScalars)
        }
        parser.skipSpace()
        let condition = try parser.any(depth: 0)
        if parser.at < parser.scalars.count { throw parser.expected("\"and\", \"or\" or the end") }
        return condition
    }

    // MARK: Conditions

    private mutating func any(depth: Int) throws(JobFilterError) -> JobCondition {
        if depth > Self.deepest { throw fault("conditions are nested deeper than \(Self.deepest) levels", at: at) }
        var conditions = [try all(depth: depth)]
        while takeWord("or") { conditions.append(try all(depth: depth)) }
        return conditions.count == 1 ? conditions[0] : .any(conditions)
    }

    private mutating func all(depth: Int) throws(JobFilterError) -> JobCondition {
        var conditions = [try one(depth: depth)]
        while takeWord("and") { conditions.append(try one(depth: depth)) }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private mutating func one(depth: Int) throws(JobFilterError) -> JobCondition {
        if depth > Self.deepest { throw fault("conditions are nested deeper than \(Self.deepest) levels", at: at) }
        if takeWord("not") { return .not(try one(depth: depth + 1)) }
        guard take("(") else { return try comparison() }
        let condition = try any(depth: depth + 1)
        if !take(")") { throw expected("\"and\", \"or\" or \")\"") }
        return condition
    }

    private mutating func comparison() throws(JobFilterError) -> JobCondition {
        let field = try field()
        if takeWord("exists") { return .exists(field) }
        if takeWord("in") { return .oneOf(field, try values(of: field)) }
        let start = at
        if takeWord("not") {
            guard takeWord("in") else { throw expected("\"in\" behind \"not\"") }
            return .not(.oneOf(field, try values(of: field)))
        }
        guard let relation = relation() else {
            throw expected("one of \(Self.relations(of: field)) behind \(field)")
        }
        if !Self.allows(relation, field) {
            throw fault(
                "\(field) can't be compared by \"\(relation.rawValue)\"; give \(Self.relations(of: field))", at: start)
        }
        return .compares(field, relation, try value(of: field, relation))
    }

    private mutating func relation() -> JobCondition.Relation? {
        if takeWord("contains") { return .contains }
        for relation in [.notEqual, .atMost, .atLeast, .equal, .less, .more, .contains] as [JobCondition.Relation]
        where take(relation.rawValue) {
            // As in other languages.
            if relation == .equal { _ = take("=") }
            return relation
        }
        return nil
    }

    private static func allows(_ relation: JobCondition.Relation, _ field: JobField) -> Bool {
        switch field.kind {
        case .state: relation == .equal || relation == .notEqual
        case .number, .instant: relation != .contains
        case .text, .json: true
        }
    }

    private static func relations(of field: JobField) -> String {
        JobCondition.Relation.allCases.filter { allows($0, field) }.map(\.rawValue).joined(separator: " ")
            + ", \"in\" or \"exists\""
    }

    // MARK: Fields

    private mutating func field() throws(JobFilterError) -> JobField {
        let start = at
        let word = peekWord()
        guard !word.isEmpty, !QueryText.words.contains(word) else {
            throw expected("a field, as state or payload.userId")
        }
        at += word.unicodeScalars.count
        let field: JobField
        switch word {
        case "payload": field = .payload(try path())
        case "result": field = .result(try path())
        case "progress": field = .progress(try path())
        case "metadata":
            guard case .member(let name)? = try step() else { throw expected("a name, as in metadata.region") }
            field = .metadata(name)
        default:
            guard let known = JobField.plain.first(where: { $0.words.contains(word) }) else {
                let words = JobField.plain.map { $0.words[0] } + ["payload.…", "result.…", "progress.…", "metadata.…"]
                throw fault(
                    "\(ValidationError.quote(word)) is no field; give one of \(words.joined(separator: ", "))",
                    at: start)
            }
            field = known.field
            if peek == "." || peek == "[" {
                throw fault("\(field) has nothing inside; only payload, result, progress and metadata have", at: at)
            }
        }
        skipSpace()
        return field
    }

    private mutating func path() throws(JobFilterError) -> JSONPath {
        var path = JSONPath()
        while let step = try step() { path.steps.append(step) }
        return path
    }

    /// The next step of a path; nil where there is none.
    private mutating func step() throws(JobFilterError) -> JSONPath.Step? {
        if peek == "." {
            at += 1
            if peek == "\"" || peek == "'" { return .member(try quoted()) }
            let start = at
            while let scalar = peek,
                QueryText.isNameScalar(scalar) || scalar.value > 0xA0 && !scalar.properties.isWhitespace
            {
                at += 1
            }
            if at == start {
                throw expected("the name of a member behind the point; put one with other signs in quotes")
            }
            return .member(text(start..<at))
        }
        guard peek == "[" else { return nil }
        at += 1
        let step: JSONPath.Step
        if peek == "\"" || peek == "'" {
            step = .member(try quoted())
        } else {
            let start = at
            while let scalar = peek, ("0"..."9").contains(scalar) { at += 1 }
            guard at > start, let index = Int32(text(start..<at)) else {
                at = start
                throw expected("the number of an element from 0, or the name of a member in quotes")
            }
            step = .index(Int(index))
        }
        guard peek == "]" else { throw expected("\"]\"") }
        at += 1
        return step
    }

    // MARK: Values

    private mutating func values(of field: JobField) throws(JobFilterError) -> [SearchValue] {
        if !take("(") { throw expected("\"(\" and a list of values") }
        var values: [SearchValue] = []
        repeat {
            if values.count == Self.mostValues {
                throw fault("the list has more than \(Self.mostValues) values", at: at)
            }
            values.append(try value(of: field, .equal))
        } while take(",")
        if !take(")") { throw expected("\",\" or \")\"") }
        return values
    }

    private mutating func value(
        of field: JobField, _ relation: JobCondition.Relation
    ) throws(JobFilterError) -> SearchValue {
        let start = at
        let isQuoted = peek == "\"" || peek == "'"
        let word = isQuoted ? try quoted() : bare()
        if !isQuoted {
            if word.isEmpty || QueryText.words.contains(word) {
                at = start
                throw expected("a value")
            }
            at += word.unicodeScalars.count
        }
        defer { skipSpace() }
        func refused(_ wanted: String) -> JobFilterError {
            fault("\(ValidationError.quote(word)) is not \(wanted)", at: start)
        }
        switch field.kind {
        case .text: return .text(word)
        case .state:
            guard JobState(rawValue: word) != nil else {
                throw refused("a state; give \(JobState.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return .text(word)
        case .number:
            guard !isQuoted, let number = DecimalNumber(word) else { throw refused("a number") }
            return .number(number)
        case .instant:
            if word == "now" { return .instant(now) }
            if let span = InstantText.span(word) { return .instant(now + .milliseconds(span)) }
            guard let instant = InstantText.instant(word) else {
                throw refused(
                    "an instant; give 2026-01-31, 2026-01-31T06:00:00Z, now, or a span from now as -2h or +30m")
            }
            return .instant(instant)
        case .json:
            if isQuoted { return .text(word) }
            let isOrdered = relation != .equal && relation != .notEqual && relation != .contains
            switch word {
            case "true", "false", "null":
                if isOrdered { throw refused("something with an order; compare it by = or !=") }
                return word == "null" ? .null : .boolean(word == "true")
            default: break
            }
            if let number = DecimalNumber(word) { return .number(number) }
            guard let first = word.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else {
                throw refused("a number, true, false or null; put a text in quotes")
            }
            return .text(word)
        }
    }

    /// The word without quotes that begins here.
    private func bare() -> String {
        var end = at
        while end < scalars.count, QueryText.isValueScalar(scalars[end]) { end += 1 }
        return text(at..<end)
    }

    /// Reads a text in quotes of either kind, with the escapes of JSON.
    private mutating func quoted() throws(JobFilterError) -> String {
        let start = at
        let quote = scalars[at]
        at += 1
        var text = ""
        while let scalar = peek {
            at += 1
            if scalar == quote { return text }
            if scalar == "\\" { text.unicodeScalars.append(try escape()) } else { text.unicodeScalars.append(scalar) }
        }
        throw fault("the text that begins here has no end; expected a \(quote)", at: start)
    }

    private mutating func escape() throws(JobFilterError) -> Unicode.Scalar {
        let start = at - 1
        guard let scalar = peek else { throw fault("the query ends inside of an escape", at: start) }
        at += 1
        switch scalar {
        case "\"", "'", "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let high = try hexadecimal(start)
            guard (0xD800..<0xDC00).contains(high) else {
                guard let scalar = Unicode.Scalar(high) else {
                    throw fault("the escape is half a character", at: start)
                }
                return scalar
            }
            guard peek == "\\", at + 1 < scalars.count, scalars[at + 1] == "u" else {
                throw fault("the escape is half a character", at: start)
            }
            at += 2
            let low = try hexadecimal(start)
            guard (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            else { throw fault("the escape is half a character", at: start) }
            return scalar
        default: throw fault("an unknown escape; write \\\\ for one backslash", at: start)
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(JobFilterError) -> UInt32 {
        guard at + 4 <= scalars.count, scalars[at..<(at + 4)].allSatisfy({ $0.properties.isASCIIHexDigit }),
            let code = UInt32(text(at..<(at + 4)), radix: 16)
        else { throw fault("four hexadecimal digits are expected behind \\u", at: start) }
        at += 4
        return code
    }
}

/// Reading characters.
extension JobFilterParser {
    private var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }

    private mutating func skipSpace() {
        while let scalar = peek, scalar.properties.isWhitespace { at += 1 }
    }

    /// The word of letters that begins here.
    private func peekWord() -> String {
        var end = at
        while end < scalars.count, scalars[end].properties.isAlphabetic || scalars[end] == "_" { end += 1 }
        return text(at..<end)
    }

    /// Takes a word of the language.
    private mutating func takeWord(_ word: String) -> Bool {
        guard peekWord() == word else { return false }
        at += word.unicodeScalars.count
        skipSpace()
        return true
    }

    private mutating func take(_ sign: String) -> Bool {
        let signs = Array(sign.unicodeScalars)
        guard scalars[at...].starts(with: signs) else { return false }
        at += signs.count
        skipSpace()
        return true
    }

    private func fault(_ problem: String, at offset: Int) -> JobFilterError {
        JobFilterError(query: query, offset: offset, problem: problem)
    }

    private func expected(_ what: String) -> JobFilterError {
        let found = peek == nil ? "the end" : ValidationError.quote(bare().isEmpty ? text(at..<(at + 1)) : bare())
        return fault("expected \(what), found \(found)", at: at)
    }
}

extension JobFilter {
    /// Reads a filter from a query, as `state = failed and payload.userId = "42" and createdAt > -2h`.
    ///
    /// The article on searching has the whole language.
    ///
    /// - Parameters:
    ///   - query: the query.
    ///   - now: the instant from which spans as `-2h` count; this host's present one by default.
    /// - Throws: ``JobFilterError`` that says where the query can't be read, and what was expected there.
    public init(_ query: String, now: Timestamp = SystemWallClock().now) throws(JobFilterError) {
        self.init(try JobFilterParser.parse(query, now: now))
    }
}
