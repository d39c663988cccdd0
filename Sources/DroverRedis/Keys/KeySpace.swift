import DroverCore

/// Spells every key of the store: the only place that does, with `keys.lua` and `keys-more.lua` of `Scripts/include`.
///
/// The layout is BullMQ's (PROTOCOL 2.1). What is Drover's own lies under `drover:` inside a queue, where neither
/// BullMQ's clients nor their removal of orphans look, or beside the queues under a name without a third part.
struct KeySpace: Sendable {
    /// What all keys begin with, before the first colon.
    let prefix: String

    /// The set of bases of the queues that Drover knows.
    var queues: String { "\(prefix):drover-queues" }
    /// The set of bases of the queues with jobs that several wait for, of which not all were told how they ended.
    var sharedQueues: String { "\(prefix):drover-shared" }
    /// There while nobody need look through those queues, since somebody has just done it.
    var sharedLook: String { "\(prefix):drover-shared-look" }
    /// The hash of reports of workers, by their names.
    var workers: String { "\(prefix):drover-workers" }

    /// What all keys of a queue begin with. Scripts are given it as a key and spell those that they need.
    func base(_ queue: QueueName) -> String { "\(prefix):\(queue.text):" }

    /// The queue of a base, or nil for a text that is none of this prefix.
    func queue(ofBase base: String) -> QueueName? {
        guard base.hasPrefix(prefix + ":"), base.hasSuffix(":") else { return nil }
        let name = base.dropFirst(prefix.count + 1).dropLast()
        return name.isEmpty || name.contains(":") ? nil : QueueName(stored: String(name))
    }

    /// The queue whose settings a key holds, or nil for another key.
    func queue(ofMeta key: String) -> QueueName? {
        key.hasSuffix(":meta") ? queue(ofBase: String(key.dropLast(4))) : nil
    }

    /// The pattern that the keys of all queues' settings match, for `SCAN`.
    var metaPattern: String {
        "\(patternOfPrefix):*:meta"
    }

    private var patternOfPrefix: String {
        prefix.map { "*?[]\\^-".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// The keys by which workers of queues are known: their reports, the queues that Drover knows, and the settings of
    /// each queue, in the places of the queues.
    func registry(of queues: [QueueName]) -> [String] { [workers, self.queues, sharedQueues] + queues.map(meta) }

    /// A queue's settings.
    func meta(_ queue: QueueName) -> String { base(queue) + "meta" }
    /// What wakes those who wait for work of a queue.
    func marker(_ queue: QueueName) -> String { base(queue) + "marker" }
    /// A queue's stream of events.
    func events(_ queue: QueueName) -> String { base(queue) + "events" }
    /// A job's log.
    func log(_ key: JobKey) -> String { base(key.queue) + key.id.text + ":logs" }
    /// The channel on which requests to stop jobs of a queue are told.
    func cancellations(_ queue: QueueName) -> String { base(queue) + "drover:cancellations" }

    /// What is remembered of an exchange, or of the last one of its lane. A colon in the name would make a third part of the
    /// key, as job ids may have.
    func memory(of id: ExchangeID, in queue: QueueName) -> String {
        base(queue) + "drover:x-" + Self.escaped(id.lane?.name ?? id.text)
    }

    /// The result that jobs of a name and a key may take (`Scripts/include/cached.lua`).
    func result(_ name: JobName, _ key: String, in queue: QueueName) -> String {
        let name = Self.escaped(name.text)
        return base(queue) + "drover:result-\(name.utf8.count)-" + name + Self.escaped(key)
    }

    /// What is reserved of an allowance.
    func allowance(_ key: String) -> String { "\(prefix):drover-allowance-" + Self.escaped(key) }

    /// The pattern that the keys of all allowances match, for `SCAN`.
    var allowancePattern: String { "\(patternOfPrefix):drover-allowance-*" }

    /// The allowance of such a key, or nil for another one.
    func allowance(ofKey key: String) -> String? {
        let start = "\(prefix):drover-allowance-"
        guard key.utf8.starts(with: start.utf8) else { return nil }
        let text = String(Substring(key.utf8.dropFirst(start.utf8.count)))
        return text.replacing("%3A", with: ":").replacing("%25", with: "%")
    }

    /// A text as part of a key.
    private static func escaped(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            String(unsafeUninitializedCapacity: 3 * bytes.count) { space in
                var end = 0
                for byte in bytes {
                    if byte == UInt8(ascii: "%") || byte == UInt8(ascii: ":") {
                        end = space[end...].update(fromContentsOf: byte == UInt8(ascii: ":") ? "%3A".utf8 : "%25".utf8)
                    } else {
                        space[end] = byte
                        end += 1
                    }
                }
                return end
            }
        }
    }
}
