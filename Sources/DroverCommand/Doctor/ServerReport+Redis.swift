import DroverCore
import DroverRedis

extension ServerReport {
    /// Asks a store's server about itself; nil for a store without one.
    init?(of store: any JobStore) async throws(StoreError) {
        guard let store = store as? RedisStore else { return nil }
        self.init(try await store.serverFacts())
    }

    /// What there is to say about a Redis server.
    private init(_ facts: RedisServerFacts) {
        var parts = ["\(facts.product) \(facts.version)"]
        if let connections = facts.connections { parts.append(Counted.text(connections, "connection")) }
        if let replicas = facts.replicas, replicas > 0 { parts.append(Counted.text(replicas, "replica")) }
        summary = parts.joined(separator: ", ")
        possibleLoss = facts.possibleLoss
        memory = facts.usedMemory.map { Self.memory(used: $0, facts) }
        members = [
            ("product", JSONWriter.string(facts.product)),
            ("version", JSONWriter.string(facts.version)),
            ("possibleLoss", JSONWriter.string(facts.possibleLoss)),
            ("connections", Self.number(facts.connections)),
            ("maxConnections", Self.number(facts.maximumConnections)),
            ("usedMemoryBytes", Self.number(facts.usedMemory)),
            ("maxMemoryBytes", Self.number(facts.maximumMemory)),
            ("evictionPolicy", JSONWriter.string(facts.evictionPolicy)),
            ("replicas", Self.number(facts.replicas)),
        ]
        findings = [
            Self.notDurable(facts), Self.notSaving(facts), Self.mayEvict(facts), Self.memoryFull(facts),
            Self.connectionsFull(facts),
        ].compactMap(\.self)
        processorMicroseconds = facts.processorMicroseconds
    }

    private static func number(_ value: Int?) -> String { value.map(String.init) ?? "null" }

    private static func mebibytes(_ bytes: Int) -> String {
        "\(JSONWriter.number(Double(bytes) / 1_048_576, digits: 1)) MiB"
    }

    private static func memory(used: Int, _ facts: RedisServerFacts) -> String {
        let limit =
            switch facts.maximumMemory {
            case nil: ""
            case 0?: ", no limit"
            case let maximum?: " of \(mebibytes(maximum))"
            }
        return "\(mebibytes(used))\(limit)" + (facts.evictionPolicy.map { ", \($0)" } ?? "")
    }

    private static func notDurable(_ facts: RedisServerFacts) -> Diagnosis.Finding? {
        if facts.keepsAppendOnlyFile != false { return nil }
        return Diagnosis.Finding(
            code: "not-durable", queue: nil, problem: "the server has no append-only file: \(facts.possibleLoss)",
            advice: "set appendonly yes in its configuration (CONFIG SET appendonly yes turns it on while it runs)")
    }

    private static func notSaving(_ facts: RedisServerFacts) -> Diagnosis.Finding? {
        if !facts.failsToSave { return nil }
        return Diagnosis.Finding(
            code: "not-saving", queue: nil, problem: "the server's last write of its data to disk failed",
            advice: "look at its log, its disk and its folder's permissions")
    }

    private static func mayEvict(_ facts: RedisServerFacts) -> Diagnosis.Finding? {
        guard facts.mayEvict, let policy = facts.evictionPolicy else { return nil }
        return Diagnosis.Finding(
            code: "may-evict", queue: nil,
            problem: "the server drops keys, and jobs with them, when its memory is full (maxmemory-policy \(policy))",
            advice: "set maxmemory-policy noeviction")
    }

    private static func memoryFull(_ facts: RedisServerFacts) -> Diagnosis.Finding? {
        guard let used = facts.usedMemory, let maximum = facts.maximumMemory, maximum > 0, used > maximum / 10 * 9
        else { return nil }
        return Diagnosis.Finding(
            code: "memory-nearly-full", queue: nil,
            problem: "the server uses \(mebibytes(used)) of \(mebibytes(maximum))",
            advice: "raise maxmemory, or remove finished jobs: drover clean --queue NAME --state completed")
    }

    private static func connectionsFull(_ facts: RedisServerFacts) -> Diagnosis.Finding? {
        guard let open = facts.connections, let maximum = facts.maximumConnections, open > maximum / 10 * 9 else {
            return nil
        }
        return Diagnosis.Finding(
            code: "connections-nearly-full", queue: nil, problem: "\(open) of \(maximum) connections are open",
            advice: "raise maxclients, or look for programs that open too many (CLIENT LIST)")
    }
}
