import Crypto
import DroverCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The stored form of an encrypted value: one JSON object.
///
/// ```json
/// {"$drover":"encrypted:1","key":"2026-11","nonce":"…","data":"…"}
/// ```
///
/// `data` is the ciphertext with its 16 bytes of tag behind it; both it and the nonce are base64. A result also has `job`, the
/// job's name, since it may outlive its job in an event. What a step recorded is bound to the step's name.
struct SealedValue: Hashable, Sendable {
    /// What the ciphertext belongs to, authenticated with it: a value that was taken elsewhere does not open.
    struct Binding: Sendable {
        enum Purpose: String, Sendable { case payload, result, step }
        var purpose: Purpose
        var job: JobName
        var way: [JSONCursor.Step]
    }

    /// The version that is written.
    static let version = "encrypted:1"
    /// The member that marks a sealed value.
    static let mark = "$drover"

    var version: String?
    var key: String?
    var nonce: String?
    var data: String?
    var job: String?

    /// Where a member of the stored form belongs; nil for others.
    static func member(_ name: String) -> WritableKeyPath<SealedValue, String?>? {
        switch name {
        case mark: \.version
        case "key": \.key
        case "nonce": \.nonce
        case "data": \.data
        case "job": \.job
        default: nil
        }
    }

    /// Whether it says that it is sealed, in this version or another.
    var isSealed: Bool { version?.hasPrefix("encrypted:") == true }

    /// Whether a text may hold sealed values: one that does not say their mark holds none.
    static func isMarked(_ text: JSONText) -> Bool {
        text.text.utf8.withContiguousStorageIfAvailable { isMarked($0) } ?? true
    }

    /// For the hot path: a dollar sign is rare, and its search is the fastest that there is.
    private static func isMarked(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard var rest = bytes.baseAddress else { return false }
        let end = rest + bytes.count
        while rest < end {
            guard let hit = memchr(rest, Int32(UInt8(ascii: "$")), end - rest) else { return false }
            rest = UnsafePointer(hit.assumingMemoryBound(to: UInt8.self))
            if end - rest > mark.utf8.count,
                UnsafeBufferPointer(start: rest, count: mark.utf8.count).elementsEqual(mark.utf8)
            {
                return true
            }
            rest += 1
        }
        return false
    }

    /// Seals a value with the current key of a ring.
    static func sealing(
        _ plain: UnsafeBufferPointer<UInt8>, with key: EncryptionKey, _ binding: Binding
    ) throws -> SealedValue {
        let nonce = AES.GCM.Nonce()  // 96 bits from the system's generator
        let box = try AES.GCM.seal(
            Data(plain), using: key.key, nonce: nonce, authenticating: binding.bytes(version: version, key: key.id))
        return SealedValue(
            version: version, key: key.id, nonce: Data(nonce).base64EncodedString(),
            data: (box.ciphertext + box.tag).base64EncodedString(),
            job: binding.purpose == .result ? binding.job.text : nil)
    }

    /// What is sealed.
    ///
    /// - Throws: ``UnreadableValue``.
    func open(with ring: KeyRing?, _ binding: Binding) throws(UnreadableValue) -> JSONText {
        let what = binding.purpose
        guard version == Self.version else { throw .version(version ?? "", of: what) }
        guard let id = key, EncryptionKey.isID(id) else { throw .damaged(what) }
        guard let key = ring?.key(id) else { throw .unknownKey(id, of: what) }
        guard let nonce = nonce.flatMap({ Data(base64Encoded: $0) }), nonce.count == 12,
            let data = data.flatMap({ Data(base64Encoded: $0) }), data.count >= 16
        else { throw .damaged(what) }
        let plain: Data
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce), ciphertext: data.dropLast(16), tag: data.suffix(16))
            plain = try AES.GCM.open(
                box, using: key.key, authenticating: binding.bytes(version: Self.version, key: id))
        } catch {
            throw .doesNotOpen(id, of: what)
        }
        // Whoever holds the key may have sealed anything.
        guard let text = String(validating: plain, as: UTF8.self), let json = try? JSONText(text) else {
            throw .damaged(what)
        }
        return json
    }

    /// The stored form.
    func text() throws -> String {
        // Ids of keys and base64 need no escapes.
        var text = #"{"\#(Self.mark)":"\#(version ?? "")","key":"\#(key ?? "")","nonce":"\#(nonce ?? "")""#
        if let job { text += ",\"job\":\(try PayloadCoding().encode(job).text)" }
        return text + #","data":"\#(data ?? "")"}"#
    }
}

extension SealedValue.Binding {
    /// The associated data: each part with its length before it, so that no two bindings have the same bytes.
    func bytes(version: String, key: String) -> Data {
        var data = Data()
        func add(_ text: String) {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.utf8.count).bigEndian) { data.append(contentsOf: $0) }
            data.append(contentsOf: text.utf8)
        }
        add("drover")
        add(version)
        add(key)
        add(purpose.rawValue)
        add(job.text)
        for step in way {
            switch step {
            case .member(let name): add("m" + name)
            case .element(let index): add("e\(index)")
            }
        }
        return data
    }
}
