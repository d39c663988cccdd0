import Drover
import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks into JSON texts that are known to be valid.
enum JSONValue {
    /// The elements of a list, each as it is written; nil for something else.
    static func elements(_ text: String) -> [String]? {
        var text = text
        return text.withUTF8 { bytes in
            var cursor = JSONCursor(bytes)
            var elements: [String] = []
            do {
                guard try cursor.take(UInt8(ascii: "[")) else { return nil }
                if try cursor.take(UInt8(ascii: "]")) { return [] }
                repeat {
                    _ = try cursor.next()
                    let start = cursor.at
                    try cursor.skip()
                    elements.append(String(decoding: bytes[start..<cursor.at], as: UTF8.self))
                } while try cursor.take(UInt8(ascii: ","))
                return elements
            } catch {
                return nil
            }
        }
    }

    /// A value of a kind; nil for one of another kind.
    static func read<Value: Decodable>(_: Value.Type, _ text: String) -> Value? {
        // A value of another kind is what nil stands for.
        try? JSONDecoder().decode([Value].self, from: Data("[\(text)]".utf8)).first
    }

    /// The members of an object in their order, each value as it is written; nil for something else.
    static func members(_ text: String) -> [(name: String, value: String)]? {
        var text = text
        return text.withUTF8 { bytes in
            var cursor = JSONCursor(bytes)
            var members: [(name: String, value: String)] = []
            do {
                guard try cursor.take(UInt8(ascii: "{")) else { return nil }
                if try cursor.take(UInt8(ascii: "}")) { return [] }
                repeat {
                    let name = try cursor.string()
                    try cursor.expect(UInt8(ascii: ":"))
                    _ = try cursor.next()
                    let start = cursor.at
                    try cursor.skip()
                    members.append((name, String(decoding: bytes[start..<cursor.at], as: UTF8.self)))
                } while try cursor.take(UInt8(ascii: ","))
                return members
            } catch {
                return nil
            }
        }
    }
}
