/// Finds the values of a JSON text that paths lead to: all of them, also where several members have one name, of which readers
/// take the first. None that is to be secret may stay plain.
struct PathFinder {
    /// What is left of a path.
    private struct Lead {
        var steps: ArraySlice<PayloadPath.Step>
    }

    private var cursor: JSONCursor
    private var way: [JSONCursor.Step] = []
    private var spots: [JSONCursor.Spot] = []

    /// The values, in the order of the text; none lies in another one.
    static func spots(
        of paths: [PayloadPath], in bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONCursor.Malformed) -> [JSONCursor.Spot] {
        var finder = PathFinder(cursor: JSONCursor(bytes))
        try finder.value(paths.map { Lead(steps: $0.steps[...]) })
        return finder.spots
    }

    private init(cursor: JSONCursor) { self.cursor = cursor }

    private mutating func value(_ leads: [Lead]) throws(JSONCursor.Malformed) {
        if leads.isEmpty { return try cursor.skip() }
        if way.count > JSONCursor.deepest { throw JSONCursor.Malformed() }
        let first = try cursor.next()
        if leads.contains(where: \.steps.isEmpty) { return try take(unlessNull: first) }
        switch first {
        case UInt8(ascii: "{"):
            let members = leads.filter { if case .member? = $0.steps.first { true } else { false } }
            if members.isEmpty { try take(unlessNull: first) } else { try object(members) }
        case UInt8(ascii: "["):
            let elements = leads.filter { $0.steps.first == .elements }
            if elements.isEmpty { try take(unlessNull: first) } else { try array(elements) }
        default:
            try take(unlessNull: first)
        }
    }

    private mutating func take(unlessNull first: UInt8) throws(JSONCursor.Malformed) {
        let start = cursor.at
        try cursor.skip()
        if first != UInt8(ascii: "n") { spots.append(JSONCursor.Spot(range: start..<cursor.at, way: way)) }
    }

    private mutating func object(_ leads: [Lead]) throws(JSONCursor.Malformed) {
        try cursor.expect(UInt8(ascii: "{"))
        if try cursor.take(UInt8(ascii: "}")) { return }
        repeat {
            let name = try cursor.string()
            try cursor.expect(UInt8(ascii: ":"))
            way.append(.member(name))
            try value(leads.filter { $0.steps.first == .member(name) }.map { Lead(steps: $0.steps.dropFirst()) })
            way.removeLast()
        } while try cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"))
    }

    private mutating func array(_ leads: [Lead]) throws(JSONCursor.Malformed) {
        try cursor.expect(UInt8(ascii: "["))
        if try cursor.take(UInt8(ascii: "]")) { return }
        let inner = leads.map { Lead(steps: $0.steps.dropFirst()) }
        var index = 0
        repeat {
            way.append(.element(index))
            try value(inner)
            way.removeLast()
            index += 1
        } while try cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"))
    }
}
