public import DroverCore

/// The keys of encrypted payloads: one that encrypts, and others that open what was encrypted before.
///
/// To rotate, add the new key on every worker, then make it the current one on producers, then let
/// ``JobService/reencrypt(_:in:after:limit:)`` go over the jobs that wait, and take the old key away when none is left.
public struct KeyRing: Hashable, Sendable {
    /// The id of the key that encrypts.
    public let current: String
    private let keys: [EncryptionKey]

    /// A ring of keys.
    ///
    /// - Parameters:
    ///   - keys: at least one, each with an id of its own.
    ///   - current: the id of the one that encrypts; nil for the first.
    /// - Throws: `ValidationError`.
    public init(_ keys: [EncryptionKey], current: String? = nil) throws(ValidationError) {
        guard let first = keys.first else { throw ValidationError("keys", "there is none; give at least one") }
        var ids: Set<String> = []
        for key in keys where !ids.insert(key.id).inserted {
            throw ValidationError("keys", "the id \"\(key.id)\" stands there twice; give each key an id of its own")
        }
        let chosen = current ?? first.id
        if !ids.contains(chosen) {
            // It is not repeated: where somebody mixed them up it is the key.
            throw ValidationError(
                "current key", "there is no key of this id; there are: \(ids.sorted().joined(separator: ", "))")
        }
        self.keys = keys
        self.current = chosen
    }

    /// A ring from a text, as files and variables hold it: `ID:KEY`, one a line or with commas between them, the current
    /// one first. Empty lines, and those that begin with `#`, count as none.
    ///
    /// - Throws: `ValidationError`, which repeats no part of the text but ids.
    public init(parsing text: String) throws(ValidationError) {
        var keys: [EncryptionKey] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) where line.first != "#" {
            for word in line.split(separator: ",") {
                let entry = String(word.filter { !$0.isWhitespace })
                if entry.isEmpty { continue }
                number += 1
                guard let colon = entry.firstIndex(of: ":") else {
                    throw ValidationError("keys", "entry \(number) is not ID:KEY; write the id of the key before it")
                }
                keys.append(try EncryptionKey(id: String(entry[..<colon]), String(entry[entry.index(after: colon)...])))
            }
        }
        try self.init(keys)
    }

    /// The same keys, of which another one encrypts.
    ///
    /// - Throws: `ValidationError` when there is no such key.
    public func encrypting(with id: String) throws(ValidationError) -> KeyRing { try KeyRing(keys, current: id) }

    /// The ids, the current one first.
    public var ids: [String] { [current] + keys.map(\.id).filter { $0 != current } }

    /// The key that encrypts.
    var currentKey: EncryptionKey? { key(current) }

    /// The key of an id.
    func key(_ id: String) -> EncryptionKey? { keys.first { $0.id == id } }
}

extension KeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The ids of the keys.
    public var description: String { "keys \(ids.joined(separator: ", "))" }
    /// The ids of the keys.
    public var debugDescription: String { description }
    /// Shows the ids alone.
    public var customMirror: Mirror { Mirror(self, children: ["ids": ids]) }
}
