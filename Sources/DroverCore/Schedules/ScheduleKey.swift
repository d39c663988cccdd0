/// The id of a schedule inside its queue.
public struct ScheduleID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The id as text.
    public let text: String

    /// An id of 1 to 200 bytes without a colon and without control characters.
    ///
    /// The colon parts the ids of the schedule's jobs (``job(at:)``), which must have exactly three parts.
    ///
    /// - Throws: ``ValidationError`` that says which rule the text breaks.
    public init(_ text: String) throws(ValidationError) {
        try ValidationError.checkText(text, subject: "schedule id", limit: 200)
        if text.utf8.contains(UInt8(ascii: ":")) {
            throw ValidationError("schedule id", "\(ValidationError.quote(text)) contains a colon; use another sign")
        }
        self.text = text
    }

    /// An id that a store wrote. Other clients may have chosen one with a colon.
    package init(stored text: String) { self.text = text }

    /// The id of the job that runs for a slot (PROTOCOL 15.1).
    public func job(at slot: Timestamp) -> JobID { JobID(stored: "repeat:\(text):\(slot.milliseconds)") }

    /// The id itself.
    public var description: String { text }

    /// Equal when the bytes are.
    public static func == (left: ScheduleID, right: ScheduleID) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combineText(text) }

    /// Orders ids by their bytes of UTF-8.
    public static func < (left: ScheduleID, right: ScheduleID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

/// Names one schedule everywhere: its queue and its id there.
public struct ScheduleKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The queue to which the schedule adds its jobs.
    public let queue: QueueName
    /// The schedule's id in that queue.
    public let id: ScheduleID

    /// Names the schedule `id` of `queue`.
    public init(queue: QueueName, id: ScheduleID) {
        self.queue = queue
        self.id = id
    }

    /// `queue/id`, for people.
    public var description: String { "\(queue)/\(id)" }

    /// Orders by queue, then id.
    public static func < (left: ScheduleKey, right: ScheduleKey) -> Bool {
        (left.queue, left.id) < (right.queue, right.id)
    }
}
