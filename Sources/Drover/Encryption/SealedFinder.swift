/// Finds the sealed values in a JSON text.
struct SealedFinder {
    /// A sealed value and its place.
    struct Found: Hashable, Sendable {
        var spot: JSONCursor.Spot
        var value: SealedValue
    }

    private var cursor: JSONCursor
    private var way: [JSONCursor.Step] = []
    private var found: [Found] = []

    /// The sealed values, in the order of the text; none lies in another one.
    static func find(in bytes: UnsafeBufferPointer<UInt8>) throws(JSONCursor.Malformed) -> [Found] {
        var finder = SealedFinder(cursor: JSONCursor(bytes))
        try finder.value()
        return finder.found
    }

    private init(cursor: JSONCursor) { self.cursor = cursor }

    private mutating func value() throws(JSONCursor.Malformed) {
        if way.count > JSONCursor.deepest { throw JSONCursor.Malformed() }
        switch try cursor.next() {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        default: try cursor.skip()
        }
    }

    private mutating func object() throws(JSONCursor.Malformed) {
        let start = cursor.at
        let before = found.count
        var sealed = SealedValue()
        try cursor.expect(UInt8(ascii: "{"))
        if try cursor.take(UInt8(ascii: "}")) { return }
        repeat {
            let name = try cursor.string()
            try cursor.expect(UInt8(ascii: ":"))
            if let member = SealedValue.member(name), try cursor.next() == UInt8(ascii: "\"") {
                sealed[keyPath: member] = try cursor.string()
            } else {
                way.append(.member(name))
                try value()
                way.removeLast()
            }
        } while try cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"))
        if sealed.isSealed {
            found.removeSubrange(before...)
            found.append(Found(spot: JSONCursor.Spot(range: start..<cursor.at, way: way), value: sealed))
        }
    }

    private mutating func array() throws(JSONCursor.Malformed) {
        try cursor.expect(UInt8(ascii: "["))
        if try cursor.take(UInt8(ascii: "]")) { return }
        var index = 0
        repeat {
            way.append(.element(index))
            try value()
            way.removeLast()
            index += 1
        } while try cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"))
    }
}
