import DroverCore

/// Which keys have shown in one claim by hand that they are the right ones: only then is a payload that does not open with one
/// of them a changed one. Else another key may have its id here, and every job would open elsewhere.
struct KeyEvidence {
    /// In this order other jobs of the queue are looked at, so many of each state: the first are the likeliest to have the key.
    private static let places: [JobState] = [
        .waiting, .prioritized, .grouped, .delayed, .waitingChildren, .active, .completed, .failed,
    ]
    private static let lookedAt = 50

    private var proven: Set<String> = []
    /// Those that were looked for, so that a call does so once for each.
    private var sought: Set<String> = []

    /// Notes what was opened.
    mutating func take(_ opened: OpenedPayload?) {
        if let opened { proven.formUnion(opened.keys) }
    }

    /// Whether a key has opened something, be it in another job of the queue that is looked at for it. Nothing is claimed for that:
    /// a limit of the queue may leave no room.
    mutating func proves(_ key: String, in scope: WorkerScope) async -> Bool {
        if proven.contains(key) { return true }
        if !sought.insert(key).inserted { return false }
        for state in Self.places {
            // A store that does not answer proves nothing, and the job is given back.
            let page = try? await scope.store.jobs(
                matching: JobQuery(queue: scope.queue, state: state),
                page: Page(limit: Self.lookedAt, order: state.isFinished ? .descending : .ascending))
            guard let page else { return false }
            // What does not open here proves nothing either.
            for job in page.jobs { take(try? scope.open(job)) }
            if proven.contains(key) { return true }
        }
        return false
    }
}
