import Crypto
public import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A key that payloads are encrypted with: 256 bits, and an id by which stored payloads name it.
///
/// Whatever prints it prints its id alone.
///
/// ```swift
/// let key = try EncryptionKey(id: "2026-11", secret)    // openssl rand -base64 32
/// ```
public struct EncryptionKey: Hashable, Sendable {
    /// How many bytes a key has.
    public static let byteCount = 32

    /// Its name in stored payloads: 1 to 64 letters, digits, dots, dashes or underscores. It is no secret.
    public let id: String
    let key: SymmetricKey

    /// A key from its text: 32 bytes as base64 (44 characters) or as hexadecimal digits (64).
    ///
    /// - Throws: `ValidationError`, which never repeats the text.
    public init(id: String, _ text: String) throws(ValidationError) {
        try Self.check(id)
        guard let bytes = Self.bytes(of: text) else {
            throw ValidationError("key \"\(id)\"", "is neither base64 nor hexadecimal; \(Self.advice)")
        }
        try self.init(id: id, bytes: bytes)
    }

    /// A key from its 32 bytes.
    ///
    /// - Throws: `ValidationError`, which never repeats the bytes.
    public init(id: String, bytes: some Sequence<UInt8>) throws(ValidationError) {
        try Self.check(id)
        let data = Data(bytes)
        if data.count != Self.byteCount {
            throw ValidationError("key \"\(id)\"", "has \(data.count) bytes; \(Self.advice)")
        }
        self.id = id
        key = SymmetricKey(data: data)
    }

    private static let advice =
        "give 32 bytes as 44 characters of base64 or 64 hexadecimal digits: openssl rand -base64 32"

    /// Whether a text may be the id of a key.
    static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func check(_ id: String) throws(ValidationError) {
        // What is a key is no id: somebody mixed them up, and ids are shown. So the text is not repeated.
        if isID(id), bytes(of: id)?.count != byteCount { return }
        throw ValidationError(
            "key id",
            "it is no id of a key; give 1 to 64 letters, digits, dots, dashes or underscores, and not the key itself")
    }

    private static func bytes(of text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        if digits.count == byteCount * 2, text.utf8.count == digits.count {
            return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { [UInt8]($0) }
    }

    /// Equal when id and bytes are; the bytes are compared in a time that does not depend on them.
    public static func == (left: EncryptionKey, right: EncryptionKey) -> Bool {
        left.id == right.id && left.key == right.key
    }

    /// Hashes the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension EncryptionKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id.
    public var description: String { "key \"\(id)\"" }
    /// The id.
    public var debugDescription: String { description }
    /// Shows the id alone.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
