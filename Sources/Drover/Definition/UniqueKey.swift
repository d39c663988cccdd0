import Crypto
import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Says which parts of a payload make its job the same as another one: while a job with the same parts is stored, adding
/// another one adds nothing.
///
/// ```swift
/// struct Invoice: JobPayload {
///     static let name: JobName = "invoice"
///     static let queue: QueueName = "billing"
///     static let unique: UniqueKey<Invoice>? = UniqueKey(\.customer, \.month)
///     var customer: String
///     var month: Int
///     var note: String
/// }
/// ```
///
/// The parts become the job's id: `u-` and 128 bits of the SHA-256 of the job's name and of the parts as JSON. An id does not
/// show its parts, but who guesses them can check the guess: leave secrets out. Nor is a part fit whose JSON has no fixed
/// order, such as a set. The id is free again when the job has been removed; how long a finished job
/// stays is a matter of its retention.
public struct UniqueKey<Payload: Sendable>: Sendable {
    private let parts: @Sendable (Payload, JSONEncoder) throws -> [Data]

    /// A key of these parts, in this order.
    public init<each Part: Encodable & Sendable>(_ path: repeat any KeyPath<Payload, each Part> & Sendable) {
        let paths = (repeat each path)
        parts = { payload, encoder in
            var parts: [Data] = []
            for path in repeat each paths { parts.append(try encoder.encode(payload[keyPath: path])) }
            return parts
        }
    }

    /// The id of the job of a payload.
    ///
    /// - Throws: an `EncodingError` when a part can't be written as JSON.
    func id(of payload: Payload, name: JobName) throws -> JobID {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var hash = SHA256()
        hash.update(data: Data(name.text.utf8))
        for part in try parts(payload, encoder) {
            hash.update(data: [0])
            hash.update(data: part)
        }
        let digits = hash.finalize().prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return try JobID("u-\(digits.joined())")
    }
}
