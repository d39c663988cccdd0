public import DroverCore

/// What a server tells of itself, for people and programs that look after it. What it did not tell is nil.
public struct RedisServerFacts: Sendable, Hashable {
    /// `Redis` or `Valkey`.
    public var product: String
    /// Its version.
    public var version: String
    /// What survives which accident, as in the store's traits: `AOF everysec`, `snapshots`, `none`.
    public var durability: String
    /// What which accident can lose, in words.
    public var possibleLoss: String
    /// Whether all that was answered survives the end of the server's process, but for a moment.
    public var keepsAppendOnlyFile: Bool?
    /// Whether the last write of its append-only file, or its last snapshot, failed.
    public var failsToSave: Bool
    /// How many clients are connected.
    public var connections: Int?
    /// How many clients may be connected.
    public var maximumConnections: Int?
    /// The memory that it uses, in bytes.
    public var usedMemory: Int?
    /// The memory that it may use, in bytes; 0 for no limit.
    public var maximumMemory: Int?
    /// What it does when that is full.
    public var evictionPolicy: String?
    /// How many replicas follow it.
    public var replicas: Int?
    /// Processor time that its process has used, its own and the system's for it, in microseconds.
    public var processorMicroseconds: Double?

    /// Whether it may drop keys, and jobs with them.
    public var mayEvict: Bool {
        guard let evictionPolicy, let maximumMemory else { return false }
        return maximumMemory > 0 && evictionPolicy != "noeviction"
    }
}

extension RedisServerFacts {
    init(_ facts: ServerFacts) {
        product = facts["valkey_version"] == nil ? "Redis" : "Valkey"
        version = facts["valkey_version"] ?? facts["redis_version"] ?? "of unknown version"
        durability = facts.durability
        possibleLoss = facts.possibleLoss
        keepsAppendOnlyFile = facts.keepsAppendOnlyFile
        failsToSave =
            ["aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"].contains {
                facts[$0] == "err"
            }
        connections = facts["connected_clients"].flatMap { Int($0) }
        maximumConnections = facts["maxclients"].flatMap { Int($0) }
        usedMemory = facts["used_memory"].flatMap { Int($0) }
        maximumMemory = facts.maximumMemory
        evictionPolicy = facts.policy
        replicas = facts["connected_slaves"].flatMap { Int($0) }
        let seconds = ["used_cpu_user", "used_cpu_sys"].compactMap { facts[$0].flatMap { Double($0) } }
        processorMicroseconds = seconds.count == 2 ? (seconds[0] + seconds[1]) * 1e6 : nil
    }
}

extension RedisStore {
    /// Asks the server about itself; a few short commands, that change nothing.
    public func serverFacts() async throws(StoreError) -> RedisServerFacts {
        try checkOpen()
        return RedisServerFacts(try await ServerFacts.ask(client))
    }
}
