public import DroverCore

/// A typed job: what it is called, where it goes, and what its handler is given.
///
/// ```swift
/// struct SendWelcome: JobPayload {
///     static let name: JobName = "welcome"
///     static let queue: QueueName = "email"
///     static let options = JobOptions(attempts: 3, backoff: .exponential(base: .seconds(2)))
///     var userID: String
/// }
/// ```
///
/// The stored properties are the payload: they are encoded as one JSON value when the job is enqueued, and decoded for
/// every attempt.
public protocol JobPayload: Codable, Sendable {
    /// What the handler returns; it is kept as the job's result. Nothing, unless the type says otherwise.
    associatedtype Result: Codable & Sendable = NoResult

    /// The kind of job: it selects the handler.
    static var name: JobName { get }
    /// The queue that jobs of this type go to.
    static var queue: QueueName { get }
    /// How jobs of this type are run, unless an enqueue call says otherwise. By default, once and in order of arrival.
    static var options: JobOptions { get }
    /// What of the payload is encrypted where the service has keys (``ServiceConfiguration/encryption``). By default, what is
    /// said of the queue. With anything but `nothing` jobs of this type are refused by a service without keys.
    static var encryption: EncryptedParts? { get }
    /// What makes two jobs of this type the same, of which the second is not added; nil, as by default, for nothing.
    static var unique: UniqueKey<Self>? { get }
}

extension JobPayload {
    /// The defaults of ``DroverCore/JobOptions``.
    public static var options: JobOptions { JobOptions() }
    /// What is said of the queue.
    public static var encryption: EncryptedParts? { nil }
    /// Nothing.
    public static var unique: UniqueKey<Self>? { nil }
}

/// The result of a job that returns nothing: JSON `null`.
public struct NoResult: Codable, Hashable, Sendable {
    /// The one value.
    public init() {}

    /// Accepts whatever is stored.
    public init(from decoder: any Decoder) {}

    /// Writes `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}
