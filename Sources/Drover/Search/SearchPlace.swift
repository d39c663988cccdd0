import DroverCore

/// How far a search that follows the places of jobs has come: the queue, the state, and the store's cursor in it.
struct SearchPlace {
    var queue: QueueName
    var state: JobState
    var inner: PageCursor?

    init(queue: QueueName, state: JobState, inner: PageCursor? = nil) {
        self.queue = queue
        self.state = state
        self.inner = inner
    }

    /// The place of a cursor. Names of queues have no colon.
    init(_ cursor: PageCursor) throws(DroverError) {
        let parts = cursor.text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].isEmpty, let state = JobState(rawValue: parts[1]) else {
            throw .unknownSearchCursor(cursor)
        }
        self.init(
            queue: QueueName(stored: parts[0]), state: state, inner: parts[2].isEmpty ? nil : PageCursor(parts[2]))
    }

    var cursor: PageCursor { PageCursor("\(queue):\(state.rawValue):\(inner?.text ?? "")") }
}

/// Where a job stands in a search that is sorted by an instant: that instant, then queue and id, so that no two are equal.
struct SortedPlace: Hashable, Comparable {
    var instant: Timestamp
    var job: JobKey

    init?(_ job: JobRecord, by sort: JobSort) {
        guard let instant = sort.instant(of: job) else { return nil }
        self.instant = instant
        self.job = job.key
    }

    /// The place of a cursor. The id comes last: it may have colons.
    init(_ cursor: PageCursor) throws(DroverError) {
        let parts = cursor.text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let milliseconds = Int64(parts[0]), !parts[1].isEmpty, !parts[2].isEmpty else {
            throw .unknownSearchCursor(cursor)
        }
        instant = Timestamp(milliseconds: milliseconds)
        job = JobKey(queue: QueueName(stored: parts[1]), id: JobID(stored: parts[2]))
    }

    var cursor: PageCursor { PageCursor("\(instant.milliseconds):\(job.queue):\(job.id)") }

    static func < (left: SortedPlace, right: SortedPlace) -> Bool {
        if left.instant != right.instant { return left.instant < right.instant }
        return (left.job.queue, left.job.id) < (right.job.queue, right.job.id)
    }
}

extension DroverError {
    /// A cursor that no search in this order gave.
    static func unknownSearchCursor(_ cursor: PageCursor) -> DroverError {
        DroverError(
            .refused,
            "\(ValidationError.quote(cursor.text)) is not a cursor of a search in this order; use one that a page returned"
        )
    }
}
