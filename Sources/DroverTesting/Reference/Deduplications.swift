import DroverCore

/// A deduplication id, compared by its bytes.
struct DeduplicationID: Hashable, Sendable {
    var text: String

    init(_ text: String) { self.text = text }

    static func == (left: Self, right: Self) -> Bool { left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}

/// Who holds which deduplication id of a queue, and what is kept until the holder has finished.
struct Deduplications: Sendable {
    /// Who holds an id.
    struct Hold: Sendable {
        var holder: JobID
        /// When the hold ends by itself; nil when it ends with the holder's work.
        var expiry: Timestamp?
    }

    /// A job that is enqueued when the holder has finished.
    struct Kept: Sendable {
        var id: JobID
        var job: NewJob
    }

    private var holds: [DeduplicationID: Hold] = [:]
    private var kept: [DeduplicationID: Kept] = [:]

    /// Who holds an id now.
    func hold(of key: DeduplicationID, now: Timestamp) -> Hold? {
        guard let hold = holds[key] else { return nil }
        if let expiry = hold.expiry, expiry <= now { return nil }
        return hold
    }

    /// The job that is kept until the holder has finished.
    func next(of key: DeduplicationID) -> JobID? { kept[key]?.id }

    mutating func take(_ key: DeduplicationID, _ hold: Hold) { holds[key] = hold }

    mutating func keep(_ key: DeduplicationID, _ job: Kept) {
        kept[key] = job
        holds[key]?.expiry = nil
    }

    mutating func takeKept(_ key: DeduplicationID) -> Kept? { kept.removeValue(forKey: key) }

    /// The holder's work is done: a hold without a time ends.
    mutating func end(_ key: DeduplicationID, heldBy id: JobID) {
        if let hold = holds[key], hold.holder == id, hold.expiry == nil { holds[key] = nil }
    }

    /// A job is removed: the id is free when the job held it.
    mutating func free(_ key: DeduplicationID, heldBy id: JobID, now: Timestamp) {
        guard hold(of: key, now: now)?.holder == id else { return }
        holds[key] = nil
        kept[key] = nil
    }

    /// Whether somebody held the id, which nobody does now.
    mutating func forget(_ key: DeduplicationID, now: Timestamp) -> Bool {
        let isHeld = hold(of: key, now: now) != nil
        holds[key] = nil
        return isHeld
    }
}
