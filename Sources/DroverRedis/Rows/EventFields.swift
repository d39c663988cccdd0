import DroverCore
import RedisClient

/// Reads entries of a queue's stream of events (PROTOCOL 8.1).
enum EventFields {
    /// The event of an entry, or nil for one that Drover has no word for, as custom events.
    static func event(_ entry: RESPValue) -> JobEvent? {
        guard let parts = entry.items, parts.count == 2, let id = parts[0].text, let values = parts[1].fields else {
            return nil
        }
        let fields = values.compactMapValues(\.text)
        guard let name = fields["event"], let kind = kind(name, fields) else { return nil }
        return JobEvent(
            position: EventPosition(id), at: Timestamp(milliseconds: Int64(id.prefix { $0 != "-" }) ?? 0),
            job: fields["jobId"].map(JobID.init(stored:)), kind: kind)
    }

    private static func kind(_ name: String, _ fields: [String: String]) -> JobEvent.Kind? {
        switch name {
        case "added": .added(JobName(stored: fields["name"] ?? ""))
        case "waiting": .waiting(from: fields["prev"].flatMap(state))
        case "delayed": .delayed(until: Timestamp(milliseconds: fields["delay"].flatMap(Int64.init) ?? 0))
        case "waiting-children": .waitingChildren(from: fields["prev"].flatMap(state))
        case "active": .active
        case "progress": .progress(JSONText(trusted: fields["data"] ?? "null"))
        case "completed": .completed(JSONText(trusted: fields["returnvalue"] ?? "null"))
        case "failed": .failed(FlowField.reason(fields["failedReason"] ?? ""))
        case "retries-exhausted": .retriesExhausted(attemptsMade: fields["attemptsMade"].flatMap(Int.init) ?? 0)
        case "dead-lettered":
            .deadLettered(
                to: JobKey(
                    queue: QueueName(stored: fields["deadLetterQueue"] ?? ""),
                    id: JobID(stored: fields["deadLetterJobId"] ?? "")))
        case "stalled": .stalled
        case "removed": fields["prev"].flatMap(state).map { .removed(from: $0) }
        case "duplicated": .duplicated
        case "deduplicated":
            .deduplicated(
                id: fields["deduplicationId"] ?? "", other: JobID(stored: fields["deduplicatedJobId"] ?? ""))
        case "cancel-requested": .cancelRequested
        case "drained": .drained
        case "paused": .paused
        case "resumed": .resumed
        case "cleaned": .cleaned(fields["count"].flatMap(Int.init) ?? 0)
        default: nil
        }
    }

    /// The state that an event names, where both the key's suffix and the public name occur.
    private static func state(_ name: String) -> JobState? {
        name == "wait" || name == "paused" ? .waiting : JobState(rawValue: name)
    }
}
