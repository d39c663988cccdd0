/// The stored form: BullMQ's member names and units (PROTOCOL 5.2), so that every store
/// keeps the same text and jobs can move between stores. What BullMQ does not know is
/// stored under its own name, which its clients keep and ignore.
extension JobOptions: Codable {
    private enum Member: String, CodingKey {
        case attempts, backoff, priority, lifo, removeOnComplete, removeOnFail, timeout, stackTraceLimit
        case keepLogs = "kl"
        case tags, tenant, group, correlationId, metadata
    }

    /// Reads the stored form; missing members have their defaults, and `attempts: 0` means 1.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.init()
        attempts = max(1, try members.decodeIfPresent(Int.self, forKey: .attempts) ?? 1)
        backoff = try members.decodeIfPresent(StoredBackoff.self, forKey: .backoff)?.value
        priority = try members.decodeIfPresent(Int.self, forKey: .priority) ?? 0
        lifo = try members.decodeIfPresent(Bool.self, forKey: .lifo) ?? false
        completedRetention = try members.decodeIfPresent(StoredRetention.self, forKey: .removeOnComplete)?.value
        failedRetention = try members.decodeIfPresent(StoredRetention.self, forKey: .removeOnFail)?.value
        timeout = try members.decodeIfPresent(Int64.self, forKey: .timeout).map { .milliseconds($0) }
        stackTraceLimit = try members.decodeIfPresent(Int.self, forKey: .stackTraceLimit)
        keepLogs = try members.decodeIfPresent(Int.self, forKey: .keepLogs)
        tags = try members.decodeIfPresent([String].self, forKey: .tags) ?? []
        tenant = try members.decodeIfPresent(String.self, forKey: .tenant)
        group = try members.decodeIfPresent(String.self, forKey: .group)
        correlationID = try members.decodeIfPresent(String.self, forKey: .correlationId)
        metadata = try members.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
    }

    /// Writes the stored form, without members that have their default.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(attempts, forKey: .attempts)
        try members.encodeIfPresent(backoff.map(StoredBackoff.init), forKey: .backoff)
        if priority != 0 { try members.encode(priority, forKey: .priority) }
        if lifo { try members.encode(true, forKey: .lifo) }
        try members.encodeIfPresent(completedRetention.map(StoredRetention.init), forKey: .removeOnComplete)
        try members.encodeIfPresent(failedRetention.map(StoredRetention.init), forKey: .removeOnFail)
        try members.encodeIfPresent(timeout?.wholeMilliseconds, forKey: .timeout)
        try members.encodeIfPresent(stackTraceLimit, forKey: .stackTraceLimit)
        try members.encodeIfPresent(keepLogs, forKey: .keepLogs)
        if !tags.isEmpty { try members.encode(tags, forKey: .tags) }
        try members.encodeIfPresent(tenant, forKey: .tenant)
        try members.encodeIfPresent(group, forKey: .group)
        try members.encodeIfPresent(correlationID, forKey: .correlationId)
        if !metadata.isEmpty { try members.encode(metadata, forKey: .metadata) }
    }
}

/// BullMQ's `backoff`: a number of milliseconds, or an object.
private struct StoredBackoff: Codable {
    var value: Backoff

    init(_ value: Backoff) { self.value = value }

    private enum Member: String, CodingKey { case type, delay, jitter, maxDelay }

    init(from decoder: any Decoder) throws {
        if let wait = try? decoder.singleValueContainer().decode(Int64.self) {  // the short form; absent otherwise
            value = .fixed(.milliseconds(wait))
            return
        }
        let members = try decoder.container(keyedBy: Member.self)
        value = Backoff(
            kind: try members.decode(Backoff.Kind.self, forKey: .type),
            base: .milliseconds(try members.decodeIfPresent(Int64.self, forKey: .delay) ?? 0),
            jitter: try members.decodeIfPresent(Double.self, forKey: .jitter) ?? 0,
            maximum: try members.decodeIfPresent(Int64.self, forKey: .maxDelay).map { .milliseconds($0) })
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(value.kind, forKey: .type)
        try members.encode(value.base.wholeMilliseconds, forKey: .delay)
        if value.jitter != 0 { try members.encode(value.jitter, forKey: .jitter) }
        try members.encodeIfPresent(value.maximum?.wholeMilliseconds, forKey: .maxDelay)
    }
}

/// BullMQ's `removeOnComplete` and `removeOnFail`: a truth value, a count, or an object with the age in seconds.
private struct StoredRetention: Codable {
    var value: Retention

    init(_ value: Retention) { self.value = value }

    private enum Member: String, CodingKey { case count, age }

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if let removes = try? single.decode(Bool.self) {  // one of three forms; the next is tried otherwise
            value = removes ? .removeAtOnce : .keepAll
        } else if let count = try? single.decode(Int.self) {  // as above
            value = .keep(count)
        } else {
            let members = try decoder.container(keyedBy: Member.self)
            value = Retention(
                count: try members.decodeIfPresent(Int.self, forKey: .count),
                age: try members.decodeIfPresent(Double.self, forKey: .age).map { age in
                    guard (0...1e12).contains(age) else {
                        throw DecodingError.dataCorruptedError(
                            forKey: .age, in: members, debugDescription: "an age of \(age) s is out of range")
                    }
                    return .seconds(age)
                })
        }
    }

    func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        if value == .keepAll { return try single.encode(false) }
        if value.age == nil, let count = value.count { return try single.encode(count) }
        var members = encoder.container(keyedBy: Member.self)
        try members.encodeIfPresent(value.count, forKey: .count)
        try members.encodeIfPresent(value.age.map { Double($0.wholeMilliseconds) / 1000 }, forKey: .age)
    }
}
