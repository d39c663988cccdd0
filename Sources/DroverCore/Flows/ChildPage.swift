/// How a child of a job stands, as the parent knows it.
public enum ChildStatus: String, CaseIterable, Hashable, Sendable, Codable {
    /// The parent waits for it.
    case pending
    /// It completed; the parent has its result.
    case processed
    /// It failed, and the parent goes on without it (`continueParent`, `ignore`); the parent has the reason.
    case ignored
    /// It failed, and so does the parent (`failParent`).
    case failed
}

/// A child of a job, as the parent knows it. It stays when the child is removed.
public struct ChildRecord: Hashable, Sendable {
    /// The child.
    public var key: JobKey
    /// How it stands.
    public var status: ChildStatus
    /// The result of one that is processed.
    public var result: JSONText?
    /// The reason of one that is ignored.
    public var reason: String?

    /// A child from its parts.
    public init(key: JobKey, status: ChildStatus, result: JSONText? = nil, reason: String? = nil) {
        self.key = key
        self.status = status
        self.result = result
        self.reason = reason
    }
}

/// How many children a job has of each status.
public struct ChildCounts: Hashable, Sendable {
    /// Those that the job waits for.
    public var pending: Int
    /// Those that completed.
    public var processed: Int
    /// Those that failed and are passed over.
    public var ignored: Int
    /// Those by which the job fails.
    public var failed: Int

    /// Counts from their parts.
    public init(pending: Int = 0, processed: Int = 0, ignored: Int = 0, failed: Int = 0) {
        self.pending = pending
        self.processed = processed
        self.ignored = ignored
        self.failed = failed
    }

    /// The number of children of one status.
    public subscript(status: ChildStatus) -> Int {
        get {
            switch status {
            case .pending: pending
            case .processed: processed
            case .ignored: ignored
            case .failed: failed
            }
        }
        set {
            switch status {
            case .pending: pending = newValue
            case .processed: processed = newValue
            case .ignored: ignored = newValue
            case .failed: failed = newValue
            }
        }
    }

    /// All children.
    public var total: Int { pending + processed + ignored + failed }
}

/// A part of the list of a job's children of one status.
public struct ChildPage: Hashable, Sendable {
    /// The children.
    public var children: [ChildRecord]
    /// How many children the job has of each status now.
    public var counts: ChildCounts
    /// Where the next page begins; nil at the end.
    public var next: PageCursor?

    /// A page from its parts.
    public init(children: [ChildRecord] = [], counts: ChildCounts = ChildCounts(), next: PageCursor? = nil) {
        self.children = children
        self.counts = counts
        self.next = next
    }
}
