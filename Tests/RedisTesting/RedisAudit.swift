/// Looks into the keys of a prefix past the store, and tells what does not fit together.
///
/// For queues that nobody works: it reads one key after the other. Schedulers and their jobs are passed over.
package enum RedisAudit {
    /// All that is wrong with the queues of a prefix; empty when nothing is.
    package static func problems(on server: RedisServer, prefix: String) async throws -> [String] {
        let pattern = prefix.map { #"*?[]\^-"#.contains($0) ? "\\\($0)" : String($0) }.joined() + ":*"
        let keys = try await ask([["KEYS", pattern]], server)[0].lines
        var queues: [String: Set<String>] = [:]
        for key in keys {
            let rest = key.dropFirst(prefix.count + 1)
            // What has no third part is of no queue.
            guard let colon = rest.firstIndex(of: ":") else { continue }
            queues[String(rest[..<colon]), default: []].insert(String(rest[rest.index(after: colon)...]))
        }
        var problems: [String] = []
        for (queue, names) in queues.sorted(by: { $0.key < $1.key }) {
            var audit = RedisQueueAudit(base: "\(prefix):\(queue):", names: names)
            problems += try await audit.run { try await ask($0, server) }.map { "\(queue): \($0)" }
        }
        return problems
    }

    private static func ask(_ commands: [[String]], _ server: RedisServer) async throws -> [RedisReply] {
        var replies: [RedisReply] = []
        for first in stride(from: 0, to: commands.count, by: 2000) {
            let part = commands[first..<min(first + 2000, commands.count)]
            replies += try await RedisExchange.send(
                [["AUTH", RedisServer.setUpUser, "any"]] + part, toPort: server.port, timeout: .seconds(300)
            ).dropFirst()
        }
        for case .refusal(let text) in replies { throw RedisServer.Failed("an audit was refused: \(text)") }
        return replies
    }
}

/// The rules of one queue for ``RedisAudit``.
private struct RedisQueueAudit {
    typealias Asking = (_ commands: [[String]]) async throws -> [RedisReply]

    private static let lists = ["wait", "paused", "active"]
    private static let sets = ["prioritized", "delayed", "completed", "failed", "waiting-children"]
    /// Keys of a queue that are no job.
    private static let others: Set<String> = [
        "id", "meta", "pc", "marker", "events", "stalled", "stalled-check", "limiter", "repeat",
    ]
    /// What a job has beside its hash.
    private static let parts = ["logs", "dependencies", "processed", "failed", "unsuccessful", "dependents"]

    let base: String
    /// The keys of the queue, without its base.
    let names: Set<String>
    private var problems: [String] = []
    /// The place of each listed job.
    private var places: [String: String] = [:]

    init(base: String, names: Set<String>) {
        self.base = base
        self.names = names
    }

    mutating func run(_ ask: Asking) async throws -> [String] {
        try await readPlaces(ask)
        try await checkHashes(ask)
        try await checkLeases(ask)
        try await checkTimes(ask)
        return problems
    }

    private mutating func readPlaces(_ ask: Asking) async throws {
        let answers = try await ask(
            Self.lists.map { ["LRANGE", base + $0, "0", "-1"] } + Self.sets.map { ["ZRANGE", base + $0, "0", "-1"] })
        for (place, answer) in zip(Self.lists + Self.sets, answers) {
            for id in answer.lines {
                if let other = places[id] { problems.append("job \(id) is in \(other) and in \(place)") }
                places[id] = place
            }
        }
    }

    private mutating func checkHashes(_ ask: Asking) async throws {
        let reserved = Self.others.union(Self.lists).union(Self.sets)
        let hashes = names.filter { !$0.contains(":") && !reserved.contains($0) }
        for id in hashes.sorted() where places[id] == nil { problems.append("job \(id) is in no place") }
        let ids = places.keys.sorted()
        let fields = ["name", "data", "opts", "finishedOn", "returnvalue", "failedReason"]
        let answers = try await ask(ids.map { ["HMGET", base + $0] + fields })
        for (id, answer) in zip(ids, answers) {
            guard case .list(let values) = answer, values.count == fields.count else { continue }
            var needed = ["name", "data", "opts"]
            if places[id] == "completed" { needed += ["finishedOn", "returnvalue"] }
            if places[id] == "failed" { needed += ["finishedOn", "failedReason"] }
            for (field, value) in zip(fields, values) where value == .nothing && needed.contains(field) {
                problems.append("job \(id), in \(places[id] ?? "no place"), has no \(field)")
            }
            if places[id] != "completed", places[id] != "failed", values[3] != .nothing {
                problems.append("job \(id), in \(places[id] ?? "no place"), has finished")
            }
        }
        for part in Self.parts {
            for name in names where name.hasSuffix(":" + part) && !name.hasPrefix("metrics:") {
                let id = String(name.dropLast(part.count + 1))
                if !id.contains(":"), places[id] == nil { problems.append("\(name) is of no job") }
            }
        }
    }

    private mutating func checkLeases(_ ask: Asking) async throws {
        let fields = try await ask([["HGETALL", base + "drover:leases"]])[0].lines
        var tokens: [String: String] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            let id = fields[index]
            if places[id] != "active" { problems.append("job \(id) has a lease and is in \(places[id] ?? "no place")") }
            let parts = fields[index + 1].split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 3, Int(parts[0]) != nil, Int(parts[2]) != nil else {
                problems.append("job \(id) has a lease that is none: \(fields[index + 1])")
                continue
            }
            tokens[id] = String(parts[1])
        }
        let locked = names.filter { $0.hasSuffix(":lock") }.map { String($0.dropLast(5)) }.sorted()
        let answers = try await ask(locked.flatMap { [["GET", "\(base)\($0):lock"], ["PTTL", "\(base)\($0):lock"]] })
        for (index, id) in locked.enumerated() {
            guard case .text(let holder) = answers[2 * index] else { continue }
            let hasEnd = answers[2 * index + 1] != .number(-1)
            if places[id] != "active", !hasEnd { problems.append("job \(id) is locked for ever and not active") }
            if let token = tokens[id], token != holder {
                problems.append("job \(id) has a lock and a lease of two holders")
            }
        }
    }

    /// What is remembered for a while must end by itself.
    private mutating func checkTimes(_ ask: Asking) async throws {
        let memories = names.filter { $0.hasPrefix("drover:x-") }.sorted()
        for (name, answer) in zip(memories, try await ask(memories.map { ["PTTL", base + $0] }))
        where answer == .number(-1) {
            problems.append("\(name) is remembered for ever")
        }
    }
}
