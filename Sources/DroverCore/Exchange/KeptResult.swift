/// Under which name the result of a settled job is kept for others, and how long (``Settlement/keptResult``).
public struct KeptResult: Hashable, Sendable {
    /// The name of the jobs that may take it.
    public var name: JobName
    /// Their key; 1 to 512 bytes.
    public var key: String
    /// How long it is kept; 1 ms to 366 days.
    public var lifetime: Duration

    /// A place from its parts.
    public init(name: JobName, key: String, lifetime: Duration) {
        self.name = name
        self.key = key
        self.lifetime = lifetime
    }

    /// The first rule that it breaks, or nil. The name is that of a stored job, and right.
    package var problem: ValidationError? { ResultCache(key: key, lifetime: lifetime).problem }
}
