public import DroverCore

/// How a service encrypts payloads and results before they reach the store, and opens them for its handlers.
///
/// ```swift
/// let ring = try KeyRing(parsing: secrets)                       // "2026-11:…,2026-05:…"
/// var configuration = ServiceConfiguration()
/// configuration.encryption = PayloadEncryption(ring)             // all payloads as a whole
/// configuration.encryption?.queues["orders"] = .paths(["card.number", "items[].secret"])
/// configuration.encryption?.queues["thumbnails"] = .nothing
/// ```
///
/// What is said of a type (``JobPayload/encryption``) counts before what is said of its queue, and that before ``standard``.
/// Values are sealed by AES-GCM with 256-bit keys, each with a nonce of its own. Progress, log lines, reasons of failures, ids, names
/// of steps and options are not encrypted.
public struct PayloadEncryption: Hashable, Sendable {
    /// The keys.
    public var keys: KeyRing
    /// What is encrypted where nothing else is said.
    public var standard: EncryptedParts
    /// What is encrypted of the jobs of a queue.
    public var queues: [QueueName: EncryptedParts]
    /// Whether the results of jobs of which something is encrypted are encrypted too, as a whole, and what their steps record.
    /// `null` never is.
    public var results: Bool
    /// Whether workers fail jobs whose payload, or a step, should be encrypted and is not. Off, as it must be until the last plain job
    /// has been worked; on, it also keeps out payloads that somebody without a key wrote into the store.
    public var refusesPlain: Bool

    /// Encryption with these keys.
    public init(
        _ keys: KeyRing, standard: EncryptedParts = .whole, queues: [QueueName: EncryptedParts] = [:],
        results: Bool = true, refusesPlain: Bool = false
    ) {
        self.keys = keys
        self.standard = standard
        self.queues = queues
        self.results = results
        self.refusesPlain = refusesPlain
    }

    /// What is encrypted of the jobs of a queue whose type says nothing.
    func parts(in queue: QueueName) -> EncryptedParts { queues[queue] ?? standard }
}
