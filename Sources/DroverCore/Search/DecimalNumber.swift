/// A decimal number of any size, kept exactly: JSON writes numbers that no double holds, such as 2^53 + 1.
///
/// ```swift
/// DecimalNumber("9007199254740993") == DecimalNumber(9_007_199_254_740_993)   // true
/// DecimalNumber("1.50") == DecimalNumber("15e-1")                             // true
/// ```
public struct DecimalNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whole numbers that fit are always `small`, so that equal numbers have one form.
    private enum Form: Hashable {
        case small(Int64)
        /// ±0.d₁d₂… × 10^exponent; the first digit and the last are not zero.
        case large(isNegative: Bool, digits: [UInt8], exponent: Int)
    }

    private static let mostSmallDigits = 18
    /// Exponents beyond it are taken as it: no two such numbers are told apart by them.
    private static let greatestExponent = 1_000_000_000_000_000

    private let form: Form

    /// A whole number.
    public init(_ value: Int) { self.init(value, digitsOf: String(value.magnitude)) }

    private init(_ value: Int, digitsOf text: String) {
        if text.utf8.count <= Self.mostSmallDigits {
            form = .small(Int64(value))
        } else {
            form = Self.form(isNegative: value < 0, digits: text.utf8.map { $0 - 0x30 }, exponent: text.utf8.count)
        }
    }

    /// Reads a number as JSON writes it; nil for any other text.
    public init?(_ text: String) {
        var text = text
        let form = text.withUTF8 { Self.read($0) }
        guard let form else { return nil }
        self.form = form
    }

    /// Reads the bytes of a number of JSON.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let form = Self.read(bytes) else { return nil }
        self.form = form
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Form? {
        var at = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { at = 1 }
        let firstDigit = at
        var whole: Int64 = 0
        while at < bytes.count, isDigit(bytes[at]) {
            if at - firstDigit < mostSmallDigits { whole = whole * 10 + Int64(bytes[at] - 0x30) }
            at += 1
        }
        let wholeDigits = at - firstDigit
        if wholeDigits == 0 || (wholeDigits > 1 && bytes[firstDigit] == 0x30) { return nil }
        if at == bytes.count && wholeDigits <= mostSmallDigits { return .small(isNegative ? -whole : whole) }
        var digits = Array(bytes[firstDigit..<at]).map { $0 - 0x30 }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            let start = at
            while at < bytes.count, isDigit(bytes[at]) {
                digits.append(bytes[at] - 0x30)
                at += 1
            }
            if at == start { return nil }
        }
        var exponent = wholeDigits
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            let isBelow = at < bytes.count && bytes[at] == UInt8(ascii: "-")
            if at < bytes.count, isBelow || bytes[at] == UInt8(ascii: "+") { at += 1 }
            let start = at
            var power = 0
            while at < bytes.count, isDigit(bytes[at]) {
                power = min(power * 10 + Int(bytes[at] - 0x30), greatestExponent)
                at += 1
            }
            if at == start { return nil }
            exponent += isBelow ? -power : power
        }
        return at == bytes.count ? form(isNegative: isNegative, digits: digits, exponent: exponent) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The one form of a number.
    private static func form(isNegative: Bool, digits: [UInt8], exponent: Int) -> Form {
        let zeros = digits.prefix { $0 == 0 }.count
        var digits = Array(digits[zeros...])
        while digits.last == 0 { digits.removeLast() }
        let exponent = exponent - zeros
        if digits.isEmpty { return .small(0) }
        if exponent <= mostSmallDigits, digits.count <= exponent {
            var value: Int64 = 0
            for index in 0..<exponent { value = value * 10 + Int64(index < digits.count ? digits[index] : 0) }
            return .small(isNegative ? -value : value)
        }
        return .large(isNegative: isNegative, digits: digits, exponent: exponent)
    }

    /// The sign (-1, 0, 1), the digits and the exponent.
    private var parts: (sign: Int, digits: [UInt8], exponent: Int) {
        switch form {
        case .small(let value):
            let digits = value == 0 ? [] : String(value.magnitude).utf8.map { $0 - 0x30 }
            var significant = digits
            while significant.last == 0 { significant.removeLast() }
            return (value.signum() == 0 ? 0 : value > 0 ? 1 : -1, significant, digits.count)
        case .large(let isNegative, let digits, let exponent): return (isNegative ? -1 : 1, digits, exponent)
        }
    }

    /// Orders by value.
    public static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if case .small(let left) = left.form, case .small(let right) = right.form { return left < right }
        let (left, right) = (left.parts, right.parts)
        if left.sign != right.sign { return left.sign < right.sign }
        let (low, high) = left.sign < 0 ? (right, left) : (left, right)
        if low.exponent != high.exponent { return low.exponent < high.exponent }
        return low.digits.lexicographicallyPrecedes(high.digits)
    }

    /// The number as JSON writes it, without needless zeros.
    public var description: String {
        guard case .large(let isNegative, let digits, let exponent) = form else {
            if case .small(let value) = form { return String(value) }
            return "0"
        }
        let sign = isNegative ? "-" : ""
        let text = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
        switch exponent {
        case -5...0: return "\(sign)0.\(String(repeating: "0", count: -exponent))\(text)"
        case 1...21 where exponent >= digits.count:
            return sign + text + String(repeating: "0", count: exponent - digits.count)
        case 1...21: return "\(sign)\(text.prefix(exponent)).\(text.dropFirst(exponent))"
        default:
            let rest = text.dropFirst()
            return "\(sign)\(text.prefix(1))\(rest.isEmpty ? "" : ".\(rest)")e\(exponent - 1)"
        }
    }
}
