/// A place in a queue's stream of events. Its text is the store's own business.
public struct EventPosition: Hashable, Sendable {
    /// The place, for the store that made it.
    public let text: String

    /// A position from a text that a store gave.
    public init(_ text: String) { self.text = text }
}

/// Something that happened in a queue. The names are BullMQ's (PROTOCOL 8.1).
public struct JobEvent: Hashable, Sendable {
    /// What happened.
    public enum Kind: Hashable, Sendable {
        /// A job was stored.
        case added(JobName)
        /// It waits to be claimed; `from` is the state it left, nil when it is new.
        case waiting(from: JobState?)
        /// It waits for its time.
        case delayed(until: Timestamp)
        /// It waits for its children; `from` is the state it left, nil when it is new.
        case waitingChildren(from: JobState?)
        /// It was claimed.
        case active
        /// Its handler reported progress.
        case progress(JSONText)
        /// It ended with this result.
        case completed(JSONText)
        /// It failed for good, for this reason.
        case failed(String)
        /// It failed and had no attempts left.
        case retriesExhausted(attemptsMade: Int)
        /// It failed, and a letter of it was stored: under this key, in a dead-letter queue.
        case deadLettered(to: JobKey)
        /// Its lease expired and it was put back.
        case stalled
        /// It was removed, from this state.
        case removed(from: JobState)
        /// It was enqueued again while it existed.
        case duplicated
        /// Another job was not stored because this one stands for it; or this one was stored in the place of a delayed one,
        /// which was removed. `other` is the id of the other job, `id` that of the deduplication.
        case deduplicated(id: String, other: JobID)
        /// Its holder was asked to stop it.
        case cancelRequested
        /// Nothing waits and nothing runs in the queue any more.
        case drained
        /// The queue was paused.
        case paused
        /// The queue was resumed.
        case resumed
        /// So many jobs were cleaned away.
        case cleaned(Int)
    }

    /// Where it stands in the queue's stream.
    public var position: EventPosition
    /// When it happened, by the store's clock.
    public var at: Timestamp
    /// The job; nil for events of the queue.
    public var job: JobID?
    /// What happened.
    public var kind: Kind

    /// An event from its parts.
    public init(position: EventPosition, at: Timestamp, job: JobID?, kind: Kind) {
        self.position = position
        self.at = at
        self.job = job
        self.kind = kind
    }
}

extension JobEvent.Kind {
    /// The event's name on the wire, as BullMQ writes it.
    public var name: String {
        switch self {
        case .added: "added"
        case .waiting: "waiting"
        case .delayed: "delayed"
        case .waitingChildren: "waiting-children"
        case .active: "active"
        case .progress: "progress"
        case .completed: "completed"
        case .failed: "failed"
        case .retriesExhausted: "retries-exhausted"
        case .deadLettered: "dead-lettered"
        case .stalled: "stalled"
        case .removed: "removed"
        case .duplicated: "duplicated"
        case .deduplicated: "deduplicated"
        case .cancelRequested: "cancel-requested"
        case .drained: "drained"
        case .paused: "paused"
        case .resumed: "resumed"
        case .cleaned: "cleaned"
        }
    }
}

/// Which events to read.
public struct EventQuery: Hashable, Sendable {
    /// Where to begin.
    public enum Start: Hashable, Sendable {
        /// At the oldest event that is kept.
        case beginning
        /// Behind the newest: only what happens from now on.
        case end
        /// Behind a place that an earlier page gave.
        case after(EventPosition)
    }

    /// Of which queue.
    public var queue: QueueName
    /// Where to begin.
    public var start: Start
    /// How many events at most; 1 to 1,000.
    public var limit: Int { didSet { limit = min(max(limit, 1), 1000) } }

    /// A query from its parts. `limit` is brought into 1…1,000.
    public init(queue: QueueName, start: Start, limit: Int = 100) {
        self.queue = queue
        self.start = start
        self.limit = min(max(limit, 1), 1000)
    }
}

/// A part of a queue's stream of events.
public struct EventPage: Hashable, Sendable {
    /// The events, oldest first.
    public var events: [JobEvent]
    /// Where to read on; also set when there were no events.
    public var next: EventPosition
    /// Whether events between the asked place and the first one here are no longer kept. A reader that sees this
    /// must read the state of what it follows.
    public var hasGap: Bool

    /// A page from its parts.
    public init(events: [JobEvent], next: EventPosition, hasGap: Bool) {
        self.events = events
        self.next = next
        self.hasGap = hasGap
    }

    /// How many events a queue keeps at least: BullMQ's default length of its stream.
    public static let keptEvents = 10_000
}
