import DroverCore
import RedisClient

/// A key of a queue, with what must lie under it.
struct TypedKey: Sendable {
    /// What a key may hold, in the server's words.
    enum Kind: String {
        case list, zset, hash, set, string, stream

        /// The kind in words for people.
        var text: String {
            switch self {
            case .zset: "a sorted set"
            default: "a \(rawValue)"
            }
        }
    }

    let key: String
    let kind: Kind
    /// The state of the jobs that are counted by it, if any are.
    var state: JobState?

    /// Asks for its size, or for nothing of it: the answer is an error where it holds something else.
    var probe: RedisCommand {
        switch kind {
        case .list: .make("LLEN", key)
        case .zset: .make("ZCARD", key)
        case .hash: .make("HLEN", key)
        case .set: .make("SCARD", key)
        case .string: .make("GET", key)
        case .stream: .make("XRANGE", key, "0-1", "0-1")
        }
    }
}

extension KeySpace {
    /// The keys that are looked at when a queue is listed: those that make its counts, and those without which nothing
    /// can be added or handed out.
    func listed(_ queue: QueueName) -> [TypedKey] {
        let base = base(queue)
        return [
            TypedKey(key: base + "wait", kind: .list, state: .waiting),
            TypedKey(key: base + "paused", kind: .list, state: .waiting),
            TypedKey(key: base + "active", kind: .list, state: .active),
            TypedKey(key: base + "prioritized", kind: .zset, state: .prioritized),
            TypedKey(key: base + "delayed", kind: .zset, state: .delayed),
            TypedKey(key: base + "waiting-children", kind: .zset, state: .waitingChildren),
            TypedKey(key: base + "completed", kind: .zset, state: .completed),
            TypedKey(key: base + "failed", kind: .zset, state: .failed),
            TypedKey(key: base + "id", kind: .string), TypedKey(key: marker(queue), kind: .zset),
            TypedKey(key: events(queue), kind: .stream), TypedKey(key: base + "drover:leases", kind: .hash),
        ]
    }

    /// All keys of a queue whose type is known by their names.
    func typed(_ queue: QueueName) -> [TypedKey] {
        let base = base(queue)
        return [TypedKey(key: meta(queue), kind: .hash)] + listed(queue) + [
            TypedKey(key: base + "repeat", kind: .zset), TypedKey(key: base + "pc", kind: .string),
            TypedKey(key: base + "limiter", kind: .string),
            TypedKey(key: base + "drover:slices", kind: .hash),
            TypedKey(key: base + "stalled", kind: .set), TypedKey(key: base + "drover:move", kind: .hash),
        ]
    }
}
