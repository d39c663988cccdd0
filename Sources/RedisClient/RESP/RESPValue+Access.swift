internal import NIOCore

extension RESPValue {
    /// The value as text: a string (broken UTF-8 is repaired), or an integer or double in decimal; nil for all others.
    public var text: String? {
        switch self {
        case .string(let bytes): bytes.withUnsafeReadableBytes { String(decoding: $0, as: UTF8.self) }
        case .integer(let number): String(number)
        case .double(let number): Self.text(of: number)
        case .null, .error, .boolean, .array, .map, .set, .push: nil
        }
    }

    /// The value as a signed 64-bit number: an integer, or a string that is one in decimal; nil for all others.
    public var int: Int64? {
        switch self {
        case .integer(let number): number
        case .string(let bytes): bytes.withUnsafeReadableBytes { DecimalText.integer(UnsafeRawBufferPointer($0)) }
        case .null, .error, .double, .boolean, .array, .map, .set, .push: nil
        }
    }

    /// The elements of an array, set or push, or of a map as key, value, key, value; nil for all others.
    public var items: [RESPValue]? {
        switch self {
        case .array(let items), .set(let items), .push(let items): items
        case .map(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .null, .integer, .string, .error, .double, .boolean: nil
        }
    }

    /// The values of a map, or of a list of names and values in turn, by their names; nil for all others. Of a name that
    /// comes twice the later value counts.
    public var fields: [String: RESPValue]? {
        guard let items else { return nil }
        var fields: [String: RESPValue] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            if let name = items[index].text { fields[name] = items[index + 1] }
        }
        return fields
    }

    /// Whether the server answered that there is no value.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// RESP3's spelling of a double: `inf`, `-inf` and `nan` for what has no digits.
    private static func text(of number: Double) -> String {
        if number.isNaN {
            "nan"
        } else if number.isInfinite {
            number < 0 ? "-inf" : "inf"
        } else if let whole = Int64(exactly: number), abs(number) < 1e15 {
            String(whole)
        } else {
            String(number)
        }
    }
}

/// Decimal numbers as Redis writes them, read from bytes without making a String.
enum DecimalText {
    /// The signed 64-bit number that the bytes spell in full, nil when they spell anything else or more than fits.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var index = 0
        var isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        // Nineteen digits fit into UInt64, and no Int64 has more; leading zeros past that are refused with them.
        guard index < bytes.count, bytes.count - index <= 19 else { return nil }
        var magnitude: UInt64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            index += 1
        }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        return Int64(exactly: magnitude)
    }

    /// Whether the bytes are a sign, if any, and then one digit or more: RESP3's big number.
    static func isWholeNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var digits = bytes[...]
        if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            digits = digits.dropFirst()
        }
        return !digits.isEmpty && digits.allSatisfy { $0 &- UInt8(ascii: "0") <= 9 }
    }

    /// RESP3's double: `inf`, `-inf`, `nan`, or sign, digits, fraction and exponent; nil for anything else.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        let text = String(decoding: bytes, as: UTF8.self)
        switch text {
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan", "+nan": return .nan
        default: break
        }
        // Double's own reader also takes hexadecimal and the words above in other spellings.
        let isPlain = bytes.allSatisfy { byte in
            byte &- UInt8(ascii: "0") <= 9 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
        }
        return isPlain ? Double(text) : nil
    }
}
