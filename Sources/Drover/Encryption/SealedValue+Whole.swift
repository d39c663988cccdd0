import DroverCore

/// Texts that are sealed as a whole: results, and what steps record.
extension SealedValue {
    /// The value that a text is as a whole; nil when it is none.
    init?(whole text: JSONText) {
        if !Self.isMarked(text) { return nil }
        // What is no JSON, as another client may store it, is not sealed.
        let found = try? PayloadSealer.withBytes(of: text) { try SealedFinder.find(in: $0) }
        guard let first = found?.first, first.spot.way.isEmpty else { return nil }
        self = first.value
    }

    /// A text in its sealed form; as it is where it is null, or there is no key to seal with.
    static func sealed(_ text: JSONText, with ring: KeyRing, _ binding: Binding) throws -> JSONText {
        guard text != .null, let key = ring.currentKey else { return text }
        return try PayloadSealer.withBytes(of: text) { bytes in
            JSONText(trusted: try sealing(bytes, with: key, binding).text())
        }
    }
}
