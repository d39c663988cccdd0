/// The stored form: BullMQ's member names and units (PROTOCOL 5.2), so that every store
/// keeps the same text and jobs can move between stores. What BullMQ does not know is
/// stored under its own name, which its clients keep and ignore.
extension JobOptions: Codable {
    private enum Member: String, CodingKey {
        case attempts, backoff, priority, lifo, removeOnComplete, removeOnFail, timeout, stackTraceLimit
        case keepLogs = "kl"
        case deduplication = "de"
        case telemetry = "tm"
        case omitContext = "omc"
        case expiresAfter, delay, notBefore
        case retryFor, tags, tenant, group, correlationId, inputs, metadata
        case deadLetterQueue, deadLetter, replay, resultCache
    }

    /// Reads the stored form; missing members have their defaults, and `attempts: 0` means 1.
    ///
    /// Each member is read by itself. One that another program stored in a form that is not known here counts as not
    /// given: its job is run all the same.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.init()
        attempts = max(1, members.number(.attempts) ?? 1)
        backoff = members.read(StoredBackoff.self, .backoff)?.value
        retryFor = members.number(.retryFor).flatMap { $0 > 0 ? .milliseconds($0) : nil }
        expiresAfter = members.number(.expiresAfter).flatMap { $0 > 0 ? .milliseconds($0) : nil }
        if expiresAfter != nil {
            if let instant = members.number(.notBefore) {
                start = .at(Timestamp(milliseconds: Int64(instant)))
            } else if let delay = members.number(.delay), delay > 0 {
                start = .after(.milliseconds(delay))
            }
        }
        priority = members.number(.priority) ?? 0
        lifo = members.read(Bool.self, .lifo) ?? false
        completedRetention = members.read(StoredRetention.self, .removeOnComplete)?.value
        failedRetention = members.read(StoredRetention.self, .removeOnFail)?.value
        timeout = members.number(.timeout).flatMap { $0 > 0 ? .milliseconds($0) : nil }
        stackTraceLimit = members.number(.stackTraceLimit).map { max(0, $0) }
        keepLogs = members.number(.keepLogs).map { max(0, $0) }
        tags = members.read([String].self, .tags) ?? []
        tenant = members.read(String.self, .tenant)
        group = members.read(String.self, .group)
        correlationID = members.read(String.self, .correlationId)
        inputs = members.read([String: String].self, .inputs) ?? [:]
        metadata = members.read([String: String].self, .metadata) ?? [:]
        deduplication = members.read(StoredDeduplication.self, .deduplication)?.value
        // A name that no queue can have is nobody's.
        deadLetterQueue = members.read(String.self, .deadLetterQueue).flatMap { try? QueueName($0) }
        deadLetter = members.read(StoredDeadLetter.self, .deadLetter)?.value
        replay = members.read(StoredReplay.self, .replay)?.value
        resultCache = members.read(StoredResultCache.self, .resultCache).flatMap {
            $0.value.problem == nil ? $0.value : nil
        }
        let context = members.read(String.self, .telemetry)
        let omitsContext = members.read(Bool.self, .omitContext) ?? false
        if context != nil || omitsContext { telemetry = JobTelemetry(metadata: context, omitContext: omitsContext) }
    }

    /// Writes the stored form, without members that have their default.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(attempts, forKey: .attempts)
        try members.encodeIfPresent(backoff.map(StoredBackoff.init), forKey: .backoff)
        try members.encodeIfPresent(retryFor?.wholeMilliseconds, forKey: .retryFor)
        if let expiresAfter {
            try members.encode(expiresAfter.wholeMilliseconds, forKey: .expiresAfter)
            switch start {
            case .now: break
            case .after(let delay): try members.encode(delay.wholeMilliseconds, forKey: .delay)
            case .at(let instant): try members.encode(instant.milliseconds, forKey: .notBefore)
            }
        }
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
        if !inputs.isEmpty { try members.encode(inputs, forKey: .inputs) }
        if !metadata.isEmpty { try members.encode(metadata, forKey: .metadata) }
        try members.encodeIfPresent(deduplication.map(StoredDeduplication.init), forKey: .deduplication)
        try members.encodeIfPresent(deadLetterQueue?.text, forKey: .deadLetterQueue)
        try members.encodeIfPresent(deadLetter.map(StoredDeadLetter.init), forKey: .deadLetter)
        try members.encodeIfPresent(replay.map(StoredReplay.init), forKey: .replay)
        try members.encodeIfPresent(resultCache.map(StoredResultCache.init), forKey: .resultCache)
        try members.encodeIfPresent(telemetry?.metadata, forKey: .telemetry)
        if telemetry?.omitContext == true { try members.encode(true, forKey: .omitContext) }
    }
}

extension KeyedDecodingContainer {
    /// A member, or nil when it is missing or of another kind.
    fileprivate func read<Value: Decodable>(_: Value.Type, _ member: Key) -> Value? {
        // Whoever wrote another kind means something that is not known here. Nothing else fails: the text has been read.
        try? decodeIfPresent(Value.self, forKey: member)
    }

    /// A whole number, of which a fraction is cut off; far beyond what any option means it is bounded.
    fileprivate func number(_ member: Key) -> Int? {
        read(Double.self, member).map { Int(min(max($0, -1e15), 1e15)) }
    }
}

extension Decoder {
    /// The value itself, or nil when it is of another kind.
    fileprivate func read<Value: Decodable>(_: Value.Type) -> Value? {
        // As above.
        try? singleValueContainer().decode(Value.self)
    }
}

/// BullMQ's `backoff`: a number of milliseconds, or an object.
///
/// A type of somebody's own names a strategy of the worker's.
private struct StoredBackoff: Codable {
    var value: Backoff

    init(_ value: Backoff) { self.value = value }

    private enum Member: String, CodingKey { case type, delay, jitter, maxDelay }

    init(from decoder: any Decoder) throws {
        if let wait = decoder.read(Double.self) {
            value = .fixed(.milliseconds(Int(min(max(wait, 0), 1e15))))
            return
        }
        let members = try decoder.container(keyedBy: Member.self)
        value = Backoff(
            kind: members.read(Backoff.Kind.self, .type) ?? .fixed,
            base: .milliseconds(max(0, members.number(.delay) ?? 0)),
            jitter: min(max(members.read(Double.self, .jitter) ?? 0, 0), 1),
            maximum: members.number(.maxDelay).map { .milliseconds(max(0, $0)) })
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(value.kind, forKey: .type)
        try members.encode(value.base.wholeMilliseconds, forKey: .delay)
        if value.jitter != 0 { try members.encode(value.jitter, forKey: .jitter) }
        try members.encodeIfPresent(value.maximum?.wholeMilliseconds, forKey: .maxDelay)
    }
}

/// BullMQ's `de`. A time that is not above zero counts as none, as to BullMQ.
private struct StoredDeduplication: Codable {
    var value: Deduplication

    init(_ value: Deduplication) { self.value = value }

    private enum Member: String, CodingKey { case id, ttl, extend, replace, keepLastIfActive }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        value = Deduplication(
            id: try members.decode(String.self, forKey: .id),
            ttl: members.number(.ttl).flatMap { $0 > 0 ? .milliseconds($0) : nil },
            extend: members.read(Bool.self, .extend) ?? false, replace: members.read(Bool.self, .replace) ?? false,
            keepLastIfActive: members.read(Bool.self, .keepLastIfActive) ?? false)
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(value.id, forKey: .id)
        try members.encodeIfPresent(value.ttl?.wholeMilliseconds, forKey: .ttl)
        if value.extend { try members.encode(true, forKey: .extend) }
        if value.replace { try members.encode(true, forKey: .replace) }
        if value.keepLastIfActive { try members.encode(true, forKey: .keepLastIfActive) }
    }
}

/// BullMQ's `removeOnComplete` and `removeOnFail`: a truth value, a count, or an object with the age in seconds.
/// A count below zero means no bound, as to BullMQ.
private struct StoredRetention: Codable {
    var value: Retention

    init(_ value: Retention) { self.value = value }

    private enum Member: String, CodingKey { case count, age }

    init(from decoder: any Decoder) throws {
        if let removes = decoder.read(Bool.self) {
            value = removes ? .removeAtOnce : .keepAll
        } else if let count = decoder.read(Int.self) {
            value = count < 0 ? .keepAll : .keep(count)
        } else {
            let members = try decoder.container(keyedBy: Member.self)
            value = Retention(
                count: members.number(.count).flatMap { $0 < 0 ? nil : $0 },
                age: members.read(Double.self, .age).flatMap { (0...1e12).contains($0) ? .seconds($0) : nil })
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
