import DroverCore

/// Puts payloads into their stored form and back.
enum PayloadSealer {
    /// A payload with parts of it sealed.
    ///
    /// - Throws: `ValidationError` when the payload has, where it stays plain, what would be taken for a sealed value.
    static func seal(
        _ payload: JSONText, _ parts: EncryptedParts, of job: JobName, with ring: KeyRing
    ) throws -> JSONText {
        guard let key = ring.currentKey else { return payload }
        return try withBytes(of: payload) { bytes in
            let spots = try spots(of: parts, in: bytes)
            if SealedValue.isMarked(payload) {
                for found in try SealedFinder.find(in: bytes) where !spots.contains(where: { $0.holds(found.spot) }) {
                    throw ValidationError(
                        "payload", "a value of it has the form of an encrypted one; add it without its encryption")
                }
            }
            return try replacing(spots, in: bytes) { spot in
                let binding = SealedValue.Binding(purpose: .payload, job: job, way: spot.way)
                return try SealedValue.sealing(.init(rebasing: bytes[spot.range]), with: key, binding).text()
            }
        }
    }

    /// The payload that a handler is given; nil when nothing is sealed and it is as it is stored.
    ///
    /// - Throws: ``UnreadableValue``.
    static func open(
        _ payload: JSONText, of job: JobName, with ring: KeyRing?
    ) throws(UnreadableValue) -> OpenedPayload? {
        if !SealedValue.isMarked(payload) { return nil }
        do {
            return try withBytes(of: payload) { bytes in
                let found = try SealedFinder.find(in: bytes)
                if found.isEmpty { return nil }
                var rest = found[...]
                let opened = try replacing(found.map(\.spot), in: bytes) { spot in
                    let value = rest.removeFirst().value
                    return try value.open(with: ring, .init(purpose: .payload, job: job, way: spot.way)).text
                }
                return OpenedPayload(opened, sealed: found)
            }
        } catch let error as UnreadableValue {
            throw error
        } catch {
            throw .damaged(.payload)
        }
    }

    /// Whether everything that is to be encrypted is, with the given key if there is one.
    static func isSealed(_ payload: JSONText, _ parts: EncryptedParts, with key: String? = nil) -> Bool {
        // What can't be read is not sealed.
        let isSealed = try? withBytes(of: payload) { bytes in
            let found = SealedValue.isMarked(payload) ? try SealedFinder.find(in: bytes) : []
            if let key, found.contains(where: { $0.value.key != key }) { return false }
            // Another client may have written spaces around it.
            if parts == .whole { return found.contains { $0.spot.way.isEmpty } }
            return try spots(of: parts, in: bytes).allSatisfy { spot in
                found.contains { $0.spot.holds(spot) }
            }
        }
        return isSealed ?? false
    }

    private static func spots(
        of parts: EncryptedParts, in bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONCursor.Malformed) -> [JSONCursor.Spot] {
        switch parts {
        case .nothing: []
        case .whole: [JSONCursor.Spot(range: 0..<bytes.count, way: [])]
        case .paths(let paths): try PathFinder.spots(of: paths, in: bytes)
        }
    }

    /// The text with some of its values replaced.
    static func replacing(
        _ spots: [JSONCursor.Spot], in bytes: UnsafeBufferPointer<UInt8>, by text: (JSONCursor.Spot) throws -> String
    ) rethrows -> JSONText {
        var result: [UInt8] = []
        var done = 0
        for spot in spots {
            result += bytes[done..<spot.range.lowerBound]
            result += Array(try text(spot).utf8)
            done = spot.range.upperBound
        }
        result += bytes[done...]
        return JSONText(trusted: String(decoding: result, as: UTF8.self))
    }

    static func withBytes<Result>(
        of payload: JSONText, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        var text = payload.text
        return try text.withUTF8 { try body($0) }
    }
}

extension JSONCursor.Spot {
    /// Whether another value is this one or lies in it.
    func holds(_ other: JSONCursor.Spot) -> Bool {
        range.lowerBound <= other.range.lowerBound && other.range.upperBound <= range.upperBound
    }
}
