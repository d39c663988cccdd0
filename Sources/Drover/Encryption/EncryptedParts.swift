/// What of a payload is encrypted.
public enum EncryptedParts: Hashable, Sendable {
    /// Nothing: it is stored as it is.
    case nothing
    /// All of it.
    case whole
    /// The values at these paths; the rest stays as it is, byte for byte.
    ///
    /// A path that leads nowhere encrypts nothing, and `null` stays. Where a path can't go on, because a text stands where it
    /// expects an object, that value is encrypted: what is secret must not stay plain for having another form.
    case paths([PayloadPath])

    /// Whether nothing is named.
    var isNothing: Bool {
        switch self {
        case .nothing: true
        case .whole: false
        case .paths(let paths): paths.isEmpty
        }
    }

    /// What either of two names.
    func joined(_ other: EncryptedParts?) -> EncryptedParts {
        switch (self, other) {
        case (_, nil), (_, .nothing?): self
        case (.nothing, let other?): other
        case (.whole, _), (_, .whole?): .whole
        case (.paths(let left), .paths(let right)?): .paths(left + right.filter { !left.contains($0) })
        }
    }
}
