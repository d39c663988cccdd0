/// When a new job is the same as one that is there, so that it is not stored.
///
/// The first job of an id is stored and holds the id. While it does, further jobs of the id are not stored: enqueuing
/// answers ``EnqueueResult/deduplicated(_:)`` with the holder. How long it holds, and what a later job changes, is said
/// by these rules, whose meaning is BullMQ's:
///
/// | rule | the id is held |
/// |---|---|
/// | ``simple(_:)`` | until the holder has completed, has failed for good, or is removed |
/// | ``throttle(_:for:)`` | for a time from its start, also when the holder has finished before |
/// | ``extended(_:for:)`` | for a time from the last job that was given |
/// | ``debounce(_:for:)`` | as before, and a later job takes the place of a delayed one |
/// | ``keepLast(_:)`` | as the simple one; the last job that is given while the holder is active runs after it |
///
/// Removing the holder frees the id under every rule; a retry keeps it. A job that is retried by hand when it has
/// finished does not hold it again.
public struct Deduplication: Hashable, Sendable {
    /// What jobs have in common that are the same. Ids are compared by their bytes, within a queue.
    public var id: String
    /// How long the id is held; nil until the holder has finished. In whole milliseconds, rounded up.
    public var ttl: Duration? { didSet { ttl = Self.inWholeMilliseconds(ttl) } }
    /// A job that is not stored lets ``ttl`` begin again. Without effect where that is nil.
    public var extend: Bool
    /// A job takes the place of a holder that is delayed: the delayed one is removed. With another holder it is not stored.
    public var replace: Bool
    /// Of the jobs that are given while the holder is active the last one is kept, and is enqueued when the holder has
    /// finished. ``ttl`` then has no effect: the id is held until the holder has finished.
    public var keepLastIfActive: Bool

    /// A rule from its parts.
    public init(
        id: String, ttl: Duration? = nil, extend: Bool = false, replace: Bool = false, keepLastIfActive: Bool = false
    ) {
        self.id = id
        self.ttl = Self.inWholeMilliseconds(ttl)
        self.extend = extend
        self.replace = replace
        self.keepLastIfActive = keepLastIfActive
    }

    private static func inWholeMilliseconds(_ time: Duration?) -> Duration? {
        time.map { .milliseconds($0.wholeMilliseconds) }
    }

    /// One job at a time: until the holder has finished, no other is stored.
    public static func simple(_ id: String) -> Deduplication { Deduplication(id: id) }

    /// One job in each such time.
    public static func throttle(_ id: String, for time: Duration) -> Deduplication { Deduplication(id: id, ttl: time) }

    /// One job until none was given for such a time.
    public static func extended(_ id: String, for time: Duration) -> Deduplication {
        Deduplication(id: id, ttl: time, extend: true)
    }

    /// The last job of a series, when none was given for such a time: give each job that time as its delay.
    public static func debounce(_ id: String, for time: Duration) -> Deduplication {
        Deduplication(id: id, ttl: time, extend: true, replace: true)
    }

    /// One job at a time, and after it the last one that was given while it was active.
    public static func keepLast(_ id: String) -> Deduplication { Deduplication(id: id, keepLastIfActive: true) }

    /// The longest ``ttl``: 100 years.
    public static let longestTTL = NewJob.longestDelay

    /// The rule that this one breaks by itself, or nil.
    public var problem: ValidationError? {
        if let problem = Self.problem(ofID: id) { return problem }
        if let ttl, ttl <= .zero || ttl > Self.longestTTL {
            return ValidationError("deduplication", "\(ttl) is out of range; give more than 0 and up to 100 years")
        }
        return nil
    }

    /// Why a text is no deduplication id, or nil when it is one: it has 1 to 255 bytes without control characters.
    public static func problem(ofID id: String) -> ValidationError? {
        do throws(ValidationError) {
            try ValidationError.checkText(id, subject: "deduplication id", limit: 255)
            return nil
        } catch {
            return error
        }
    }

    /// How long a holder that is stored now holds the id; nil until it has finished.
    package var lifetime: Duration? { keepLastIfActive ? nil : ttl }

    /// Whether a job that is not stored lets the time begin again.
    package var restarts: Bool { extend && ttl != nil }

    /// Equal when the bytes of the ids are, and all else is.
    public static func == (left: Deduplication, right: Deduplication) -> Bool {
        left.id.hasSameBytes(as: right.id) && left.ttl == right.ttl && left.extend == right.extend
            && left.replace == right.replace && left.keepLastIfActive == right.keepLastIfActive
    }

    /// Hashes what is compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combineText(id)
        hasher.combine(ttl)
        hasher.combine(extend)
        hasher.combine(replace)
        hasher.combine(keepLastIfActive)
    }
}

/// Who holds a deduplication id.
public struct DeduplicationHold: Hashable, Sendable {
    /// The job that holds it. One whose time goes on after its end may have been removed.
    public var holder: JobID
    /// How long it is still held; nil until the holder has finished.
    public var remaining: Duration?
    /// The job that is enqueued when the holder has finished; nil for none.
    public var next: JobID?

    /// A hold from its parts.
    public init(holder: JobID, remaining: Duration? = nil, next: JobID? = nil) {
        self.holder = holder
        self.remaining = remaining
        self.next = next
    }
}
