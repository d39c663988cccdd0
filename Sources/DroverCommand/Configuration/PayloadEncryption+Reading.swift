import Drover
import DroverCore

extension PayloadEncryption {
    /// Reads how payloads are encrypted; nil when there are no keys, or when they can't be read, which is reported.
    init?(_ section: ConfigurationSection) {
        let ring = Self.ring(section)
        let results = section.boolean("results")
        let plain = section.word("plain", ["accept": false, "refuse": true])
        section.finish()
        guard let ring else { return nil }
        self.init(ring, standard: .nothing, results: results ?? true, refusesPlain: plain ?? false)
    }

    private static func ring(_ section: ConfigurationSection) -> KeyRing? {
        var keys: KeyRing?
        if section.isValue("keys") {
            keys = section.value("keys") { try KeyRing(parsing: $0) }
        } else {
            let named = section.section("keys")
            let all = named.names.map { key($0, named) }
            if all.isEmpty, !section.names.isEmpty {
                section.report("keys", "there is no key; give each an id and 32 bytes: main: {file: PATH}")
            }
            // One that can't be read has been reported.
            if !all.isEmpty, all.allSatisfy({ $0 != nil }) { keys = try? KeyRing(all.compactMap(\.self)) }
        }
        guard let keys else {
            section.leave("current")
            return nil
        }
        guard section.has("current") else { return keys }
        return section.value("current") { try keys.encrypting(with: $0) }
    }

    private static func key(_ id: String, _ section: ConfigurationSection) -> EncryptionKey? {
        if id == "file" {
            section.report(
                id, "it can't be the id of a key; {file: PATH} is a file with all keys, a line ID:KEY for each")
            return nil
        }
        return section.value(id) { try EncryptionKey(id: id, $0) }
    }
}

extension EncryptedParts {
    /// Reads what of a queue's payloads is encrypted: `true`, `false`, or paths.
    init(_ section: ConfigurationSection, _ key: String) {
        self = .nothing
        switch section.words(key) {
        case nil, ["false"]?: return
        case ["true"]?: self = .whole
        case []?: section.report(key, "it names no path; give true for the whole payload, or paths")
        case let words?:
            do { self = .paths(try words.map { word throws(ValidationError) in try PayloadPath(word) }) } catch {
                section.report(key, error.problem)
            }
        }
    }
}
