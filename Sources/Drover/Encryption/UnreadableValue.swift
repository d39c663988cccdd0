import DroverCore

/// A stored value that can't be opened. It names keys, and neither what is sealed nor the key.
struct UnreadableValue: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what to do next.
    var reason: String
    /// Whether it is this program that lacks something, as a key: another one may open the value as it is.
    var opensElsewhere = false
    /// The id of the key that is here and that what is sealed does not fit: it was changed, or another key has the id here.
    var misfitKey: String?

    var description: String { reason }

    private static let place =
        "ServiceConfiguration.encryption, encryption.keys of drover serve, or DROVER_ENCRYPTION_KEYS"

    /// The key is not on the ring.
    static func unknownKey(_ id: String, of what: SealedValue.Binding.Purpose) -> UnreadableValue {
        let reader = what == .result ? "this program" : "this worker"
        return UnreadableValue(
            reason:
                "the \(what) is encrypted with key \"\(id)\", which \(reader) does not have; add it to its keys (\(place))",
            opensElsewhere: true)
    }

    /// The tag does not fit.
    static func doesNotOpen(_ id: String, of what: SealedValue.Binding.Purpose) -> UnreadableValue {
        UnreadableValue(
            reason:
                "the \(what) does not open with key \"\(id)\": another key has this id here, or the \(what) was changed or belongs to another job",
            opensElsewhere: true, misfitKey: id)
    }

    /// Somebody newer wrote it.
    static func version(_ version: String, of what: SealedValue.Binding.Purpose) -> UnreadableValue {
        UnreadableValue(
            reason:
                "the \(what) is encrypted in the form \(ValidationError.quote(version)), which this version of Drover does not know; update Drover here",
            opensElsewhere: true)
    }

    /// It is not what was written.
    static func damaged(_ what: SealedValue.Binding.Purpose) -> UnreadableValue {
        UnreadableValue(reason: "the \(what) says that it is encrypted, and is damaged")
    }

    /// It should be encrypted and is not.
    static let plain = UnreadableValue(
        reason: "the payload is not encrypted, and this worker takes only encrypted ones of this queue")
    static let plainStep = UnreadableValue(
        reason: "what it recorded is not encrypted, and this worker takes only encrypted values of this queue")
}
