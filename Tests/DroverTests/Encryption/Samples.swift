import DroverTesting
import Logging

@testable import Drover

extension EncryptionKey {
    /// A key of the canaries.
    static func canary(_ number: Int, id: String? = nil) throws -> EncryptionKey {
        try EncryptionKey(id: id ?? "k\(number)", bytes: Canary.key(number))
    }
}

extension KeyRing {
    /// A ring of canaries, the first of which encrypts.
    static func canaries(_ numbers: Int...) throws -> KeyRing { try KeyRing(numbers.map { try .canary($0) }) }
}

/// Pays with a card, of which the number is encrypted and all else is not.
struct Payment: JobPayload, Equatable {
    static let name: JobName = "payment"
    static let queue: QueueName = "payments"
    static let encryption: EncryptedParts? = .paths(["card.number", "notes[].text"])

    struct Card: Codable, Equatable, Sendable {
        var number: String
        var expires: String
    }
    struct Note: Codable, Equatable, Sendable { var text: String }
    struct Receipt: Codable, Equatable, Sendable { var line: String }
    typealias Result = Receipt

    var amount: Int
    var card: Card
    var notes: [Note] = []
}

/// A service with these keys, in silence.
func makeService(_ store: any JobStore, _ encryption: PayloadEncryption?, maxPayloadBytes: Int = 1 << 20) -> JobService
{
    var configuration = ServiceConfiguration(maxPayloadBytes: maxPayloadBytes)
    configuration.encryption = encryption
    return makeService(store, configuration)
}
