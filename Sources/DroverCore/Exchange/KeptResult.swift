/// Under which name the result of a settled job is kept for others, and how long (``Settlement/keptResult``).
public struct KeptResult: Hashable, Sendable {
    /// The name of the jobs that may take it.
    public var name: JobName
    /// Their key.
    public var key: String
    /// How long it is kept.
    public var lifetime: Duration

    /// A place from its parts.
    public init(name: JobName, key: String, lifetime: Duration) {
        self.name = name
        self.key = key
        self.lifetime = lifetime
    }
}
