import DroverCore

/// Reads and replaces single values of a JSON text and leaves all other bytes as they are.
struct JSONEdit {
    /// How far a way leads.
    private enum Found {
        /// To this value.
        case value(Range<Int>)
        /// To this object or array, which has nothing of the name or place of the step.
        case missing(step: Int, in: Range<Int>, isEmpty: Bool)
        /// To a value that has no members or elements at this step.
        case blocked(step: Int)
    }

    private(set) var bytes: [UInt8]

    init(_ text: JSONText) { bytes = Array(text.text.utf8) }

    /// The text as it is now.
    var text: JSONText { JSONText(trusted: String(decoding: bytes, as: UTF8.self)) }

    /// The bytes of a value; nil where there is none.
    func value(at steps: [JSONPath.Step]) throws(JSONCursor.Malformed) -> ArraySlice<UInt8>? {
        guard case .value(let range) = try find(steps) else { return nil }
        return bytes[range]
    }

    /// Puts a value in place of another one, or adds it with the objects that its way needs.
    ///
    /// - Returns: false where it has no place: a text stands where the way expects an object, or an array is too short.
    mutating func set(
        _ value: some Collection<UInt8>, at steps: [JSONPath.Step]
    ) throws(JSONCursor.Malformed) -> Bool {
        switch try find(steps) {
        case .blocked: return false
        case .value(let range): bytes.replaceSubrange(range, with: value)
        case .missing(let step, let object, let isEmpty):
            var member: [UInt8] = isEmpty ? [] : [UInt8(ascii: ",")]
            for (index, step) in steps[step...].enumerated() {
                guard case .member(let name) = step else { return false }
                if index > 0 { member.append(UInt8(ascii: "{")) }
                member += Self.quoted(name)
                member.append(UInt8(ascii: ":"))
            }
            member += value
            member += Array(repeating: UInt8(ascii: "}"), count: steps.count - step - 1)
            bytes.insert(contentsOf: member, at: object.upperBound - 1)
        }
        return true
    }

    private func find(_ steps: [JSONPath.Step]) throws(JSONCursor.Malformed) -> Found {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONCursor.Malformed) in
            var walker = JSONWalker(bytes)
            walker.skipSpace()
            for (index, step) in steps.enumerated() {
                let start = walker.at
                if walker.enter(step) { continue }
                let range = try Self.value(at: start, of: bytes)
                switch (step, bytes[range.lowerBound]) {
                case (.member, UInt8(ascii: "{")), (.index, UInt8(ascii: "[")):
                    var inside = JSONWalker(bytes, at: range.lowerBound + 1)
                    inside.skipSpace()
                    return .missing(step: index, in: range, isEmpty: inside.at == range.upperBound - 1)
                default: return .blocked(step: index)
                }
            }
            return .value(try Self.value(at: walker.at, of: bytes))
        }
    }

    /// The bytes of the value that begins at a place.
    private static func value(
        at start: Int, of bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONCursor.Malformed) -> Range<Int> {
        var walker = JSONWalker(bytes, at: start)
        if start >= bytes.count || !walker.skipValue() { throw JSONCursor.Malformed() }
        return start..<walker.at
    }

    /// A name as a JSON string.
    private static func quoted(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case ..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array("\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
