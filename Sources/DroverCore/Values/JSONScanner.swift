/// Checks that bytes are exactly one JSON text as RFC 8259 defines it.
///
/// It only walks the bytes and builds nothing: a payload is checked on every
/// enqueue, where decoding it with `JSONDecoder` costs more than storing it.
struct JSONScanner {
    /// Where a text stops being JSON, and why.
    struct Fault: Equatable {
        var offset: Int
        var problem: String
    }

    /// How deep arrays and objects may be nested, so that no reader runs out of stack.
    static let deepest = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The first fault of `bytes`, or nil when they are valid JSON.
    static func firstFault(in bytes: UnsafeBufferPointer<UInt8>) -> Fault? {
        var scanner = JSONScanner(bytes)
        do {
            try scanner.document()
            return nil
        } catch {
            return error
        }
    }

    private mutating func document() throws(Fault) {
        skipSpace()
        try value(depth: 0)
        skipSpace()
        if at < bytes.count { throw fault("more text follows the value") }
    }

    private mutating func value(depth: Int) throws(Fault) {
        guard at < bytes.count else { throw fault("the text ends where a value is expected") }
        switch bytes[at] {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "-"), 0x30...0x39: try number()
        default: throw fault("a value is expected")
        }
    }

    private mutating func object(depth: Int) throws(Fault) {
        try enter(depth)
        if take(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("a member name is expected") }
            try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is expected") }
            skipSpace()
            try value(depth: depth)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or the end of the object is expected") }
    }

    private mutating func array(depth: Int) throws(Fault) {
        try enter(depth)
        if take(UInt8(ascii: "]")) { return }
        repeat {
            skipSpace()
            try value(depth: depth)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or the end of the array is expected") }
    }

    private mutating func enter(_ depth: Int) throws(Fault) {
        if depth > Self.deepest { throw fault("nested deeper than \(Self.deepest) levels") }
        at += 1
        skipSpace()
    }

    private mutating func string() throws(Fault) {
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return
            }
            if byte < 0x20 { throw fault("a control character stands in a string; write it as an escape") }
            at += 1
            if byte == UInt8(ascii: "\\") { try escape() }
        }
        throw fault("the text ends inside a string")
    }

    private mutating func escape() throws(Fault) {
        guard at < bytes.count else { throw fault("the text ends inside an escape") }
        switch bytes[at] {
        case UInt8(ascii: "u"):
            at += 1
            for _ in 0..<4 {
                guard at < bytes.count, isHexDigit(bytes[at]) else {
                    throw fault("four hexadecimal digits are expected")
                }
                at += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
        default: throw fault("an unknown escape")
        }
    }

    private mutating func number() throws(Fault) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
    }

    private mutating func digits() throws(Fault) {
        let start = at
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
        if at == start { throw fault("a digit is expected") }
    }

    private mutating func word(_ word: StaticString) throws(Fault) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard at < bytes.count, bytes[at] == word.utf8Start[offset] else { throw fault("a value is expected") }
            at += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    private func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private func fault(_ problem: String) -> Fault { Fault(offset: at, problem: problem) }
}

extension JSONScanner.Fault: Error {}
