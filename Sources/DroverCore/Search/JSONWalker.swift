/// Walks over the bytes of a JSON text. Never beyond their end, whatever they are, and without recursion.
///
/// Whoever follows a path into a text follows it by this: of members of one name the first counts, as `JSONDecoder` takes it.
package struct JSONWalker {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The place of the next byte.
    package private(set) var at: Int

    /// Begins at a place of the text.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int = 0) {
        self.bytes = bytes
        at = start
    }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    /// Goes to the next byte that is no space.
    package mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
    }

    private mutating func take(_ wanted: UInt8) -> Bool {
        guard byte == wanted else { return false }
        at += 1
        skipSpace()
        return true
    }

    /// Follows one step of a path, to where the value begins.
    ///
    /// - Returns: false where there is no such value; the place then says nothing.
    package mutating func enter(_ step: JSONPath.Step) -> Bool {
        switch step {
        case .member(let name): enterMember(name)
        case .index(let index): enterElement(index)
        }
    }

    /// Goes from an object to the value of its first member of a name.
    mutating func enterMember(_ name: String) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        repeat {
            guard let isMember = isString(name) else { return false }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            if isMember { return byte != nil }
            guard skipValue() else { return false }
            skipSpace()
        } while take(UInt8(ascii: ","))
        return false
    }

    /// Goes from an array to one of its elements.
    mutating func enterElement(_ index: Int) -> Bool {
        guard enterArray() else { return false }
        for _ in 0..<index {
            guard skipValue(), nextElement() else { return false }
        }
        return true
    }

    /// Goes from an array to its first element; false for one that has none, and for anything else.
    mutating func enterArray() -> Bool {
        take(UInt8(ascii: "[")) && byte != nil && byte != UInt8(ascii: "]")
    }

    /// Goes from the end of an element to the next.
    mutating func nextElement() -> Bool {
        skipSpace()
        return take(UInt8(ascii: ",")) && byte != nil
    }

    /// Goes behind a value, whatever is nested in it.
    package mutating func skipValue() -> Bool {
        var depth = 0
        repeat {
            guard let byte else { return false }
            switch byte {
            case UInt8(ascii: "\""): guard skipString() else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
                if depth < 0 { return false }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return false }
                at += 1
            default: skipScalar()
            }
        } while depth > 0
        return true
    }

    private mutating func skipScalar() {
        while let byte {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "["),
                UInt8(ascii: "{"), UInt8(ascii: "\""), 0x20, 0x09, 0x0A, 0x0D:
                return
            default: at += 1
            }
        }
    }

    /// - Returns: false where the text ends inside of the string.
    private mutating func skipString() -> Bool {
        at += 1
        while let byte {
            at += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    /// Goes behind a string and says whether it is this one; nil where there is no string.
    private mutating func isString(_ text: String) -> Bool? {
        guard byte == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        guard skipString() else { return nil }
        let inside = bytes[start..<(at - 1)]
        if inside.contains(UInt8(ascii: "\\")) { return Self.unescaped(inside).elementsEqual(text.utf8) }
        return inside.elementsEqual(text.utf8)
    }

    /// Goes behind a string and reads it; nil where there is none.
    mutating func string() -> String? {
        guard byte == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        guard skipString() else { return nil }
        let inside = bytes[start..<(at - 1)]
        if inside.contains(UInt8(ascii: "\\")) { return String(decoding: Self.unescaped(inside), as: UTF8.self) }
        return String(decoding: inside, as: UTF8.self)
    }

    /// The bytes that a string's escapes stand for. Halves of surrogate pairs that stand alone become U+FFFD.
    static func unescaped(_ inside: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(inside.count)
        var at = inside.startIndex
        func unit(at start: Int) -> UInt32? {
            guard start + 6 <= inside.endIndex, inside[start] == UInt8(ascii: "\\"),
                inside[start + 1] == UInt8(ascii: "u")
            else { return nil }
            return UInt32(String(decoding: inside[(start + 2)..<(start + 6)], as: UTF8.self), radix: 16)
        }
        while at < inside.endIndex {
            guard inside[at] == UInt8(ascii: "\\"), at + 1 < inside.endIndex else {
                text.append(inside[at])
                at += 1
                continue
            }
            if let high = unit(at: at) {
                at += 6
                var code = high
                if (0xD800..<0xDC00).contains(high), let low = unit(at: at), (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                    at += 6
                }
                text += String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8
                continue
            }
            switch inside[at + 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case let other: text.append(other)
            }
            at += 2
        }
        return text
    }
}
