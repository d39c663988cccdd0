#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Steps through a JSON text, value by value, without building it.
///
/// It is meant for texts that are valid; one that is not ends it with ``Malformed`` and never runs over the end.
package struct JSONCursor {
    /// The text is no JSON, or nested too deep.
    package struct Malformed: Error {}

    /// One step on the way to a value.
    enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
    }

    /// A value in the text: its bytes, and the way to it from the outside in.
    struct Spot: Hashable, Sendable {
        var range: Range<Int>
        var way: [Step]
    }

    /// How deep values may be nested.
    static let deepest = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    package private(set) var at = 0

    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next byte that is no space.
    package mutating func next() throws(Malformed) -> UInt8 {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
        if at >= bytes.count { throw Malformed() }
        return bytes[at]
    }

    /// Takes the next byte that is no space, if it is this one.
    package mutating func take(_ byte: UInt8) throws(Malformed) -> Bool {
        if try next() != byte { return false }
        at += 1
        return true
    }

    /// Takes the next byte that is no space, which must be this one.
    package mutating func expect(_ byte: UInt8) throws(Malformed) {
        if try !take(byte) { throw Malformed() }
    }

    /// Takes a string, and gives what it means.
    package mutating func string() throws(Malformed) -> String {
        try expect(UInt8(ascii: "\""))
        let start = at
        var hasEscapes = false
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                hasEscapes = true
                at += 1
            }
            at += 1
        }
        if at >= bytes.count { throw Malformed() }
        let raw = String(decoding: bytes[start..<at], as: UTF8.self)
        at += 1
        if !hasEscapes { return raw }
        // A text with half a surrogate means nothing else than itself.
        return (try? JSONDecoder().decode([String].self, from: Data("[\"\(raw)\"]".utf8)))?.first ?? raw
    }

    /// Passes over a value.
    package mutating func skip() throws(Malformed) {
        var depth = 0
        repeat {
            switch try next() {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
                if depth < 0 { throw Malformed() }
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { throw Malformed() }
                at += 1
            default: skipWord()
            }
        } while depth > 0
    }

    private mutating func skipString() throws(Malformed) {
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
        if at >= bytes.count { throw Malformed() }
        at += 1
    }

    private mutating func skipWord() {
        at += 1
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return
            default: at += 1
            }
        }
    }
}
