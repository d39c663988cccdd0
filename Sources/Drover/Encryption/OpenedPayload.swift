import DroverCore

/// A payload that was stored encrypted, opened for one attempt.
///
/// A class, so that the context of a job that is not encrypted carries a nil and no copy of a payload.
final class OpenedPayload: Sendable {
    /// What the handler is given.
    let payload: JSONText
    /// What of it was encrypted, with every element of an array for the one that was.
    let parts: EncryptedParts
    /// The ids of the keys that what is encrypted of it names.
    let keys: [String]
    /// The job whose result is in it; nil where it has no inputs.
    let source: InputSource?

    /// A payload that was made of another one, and of somebody's result.
    init(_ payload: JSONText, of opened: OpenedPayload?, source: InputSource? = nil) {
        self.payload = payload
        parts = opened?.parts ?? .nothing
        keys = opened?.keys ?? []
        self.source = source
    }

    /// A payload that can't be opened here, as it is stored.
    convenience init(unopened payload: JSONText) {
        // What can't be read is not sealed.
        let found = try? PayloadSealer.withBytes(of: payload) { try SealedFinder.find(in: $0) }
        self.init(payload, sealed: found ?? [])
    }

    init(_ payload: JSONText, sealed: [SealedFinder.Found]) {
        self.payload = payload
        source = nil
        var keys: [String] = []
        for case let key? in sealed.map(\.value.key) where !keys.contains(key) { keys.append(key) }
        self.keys = keys
        if sealed.contains(where: \.spot.way.isEmpty) {
            parts = .whole
        } else {
            var paths: [PayloadPath] = []
            for found in sealed {
                let path = PayloadPath(
                    steps: found.spot.way.map { step in
                        switch step {
                        case .member(let name): .member(name)
                        case .element: .elements
                        }
                    })
                if !paths.contains(path) { paths.append(path) }
            }
            parts = .paths(paths)
        }
    }
}
