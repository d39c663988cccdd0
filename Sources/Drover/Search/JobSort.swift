public import DroverCore

/// In which order a search shows what it finds.
public enum JobSort: String, Hashable, Sendable, CaseIterable {
    /// Queue by queue, state by state, each in its own order: the cheapest, since a page ends where it is full.
    case place
    /// By the time when the jobs were stored. No store keeps jobs in that order, so each page looks at every job that may match.
    case created
    /// By the time when they become claimable: finds delayed jobs only.
    case due
    /// By the time when they finished: finds completed and failed jobs only.
    case finished

    /// The field that gives the order; nil where the place does.
    var field: JobField? {
        switch self {
        case .place: nil
        case .created: .created
        case .due: .due
        case .finished: .finished
        }
    }

    /// The states of which jobs have the instant by which is sorted; nil for all.
    package var states: [JobState]? {
        switch self {
        case .place, .created: nil
        case .due: [.delayed]
        case .finished: [.completed, .failed]
        }
    }

    /// Whether a store lists the jobs of a state in this order.
    func isOrder(of state: JobState) -> Bool { states?.contains(state) ?? (self == .place) }

    /// The instant by which a job is sorted; nil for a job that has none.
    func instant(of job: JobRecord) -> Timestamp? {
        switch self {
        case .place: nil
        case .created: job.createdAt
        case .due: job.dueAt
        case .finished: job.finishedAt
        }
    }
}

/// A part of what a search has found.
public struct JobSearchPage: Hashable, Sendable {
    /// The jobs.
    public var jobs: [JobRecord]
    /// Where the next page begins; nil at the end.
    public var next: PageCursor?
    /// How many jobs the stores looked at for this page: what it has cost.
    public var examined: Int
}
