/// Lets a job take the result of an earlier one of the same queue, name and key instead of running
/// (``JobOptions/resultCache``).
///
/// The result of a job that completes is kept under its key for ``lifetime``. A job that is claimed while a result is kept
/// which is younger than its own lifetime completes with it, and its handler does not run. Jobs of one key that run at the
/// same time all run.
public struct ResultCache: Hashable, Sendable {
    /// What the result depends on; 1 to 512 bytes.
    public var key: String
    /// How long a result is good for; 1 ms to 366 days.
    public var lifetime: Duration

    /// A rule from its parts.
    public init(key: String, lifetime: Duration) {
        self.key = key
        self.lifetime = lifetime
    }

    /// The longest lifetime: 366 days.
    public static let longestLifetime = Duration.seconds(366 * 86_400)

    /// The rule that a key breaks, or nil.
    public static func problem(ofKey key: String) -> ValidationError? {
        (1...512).contains(key.utf8.count)
            ? nil : ValidationError("cache key", "has \(key.utf8.count) bytes; give 1 to 512")
    }

    /// The first rule that it breaks, or nil.
    var problem: ValidationError? {
        if lifetime < .milliseconds(1) || lifetime > Self.longestLifetime {
            return ValidationError("cache lifetime", "\(lifetime) is out of range; give 1 ms to 366 days")
        }
        return Self.problem(ofKey: key)
    }
}

/// The stored form of a rule, as a member of the job's options.
struct StoredResultCache: Codable {
    var value: ResultCache

    init(_ value: ResultCache) { self.value = value }

    private enum Member: String, CodingKey { case key, lifetime }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        value = ResultCache(
            key: try members.decode(String.self, forKey: .key),
            lifetime: .milliseconds(try members.decode(Int64.self, forKey: .lifetime)))
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(value.key, forKey: .key)
        try members.encode(value.lifetime.wholeMilliseconds, forKey: .lifetime)
    }
}
