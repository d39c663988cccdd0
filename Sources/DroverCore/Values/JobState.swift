/// Where a job stands in its life.
///
/// The raw values are the words used everywhere: in the API, the command line,
/// JSON and SQL. `docs/state-machine.md` draws the transitions, and a test holds
/// that picture against ``JobState/next``.
public enum JobState: String, CaseIterable, Hashable, Sendable, Codable {
    /// Ready to be claimed, without a priority.
    case waiting
    /// Ready to be claimed, with a priority from 1 (first) up; after all ``waiting`` jobs.
    case prioritized
    /// Waits for its time.
    case delayed
    /// Claimed by a worker that holds a lease on it.
    case active
    /// Ready, and waits for the turn of its group.
    case grouped
    /// Waits until its children are done.
    case waitingChildren = "waiting-children"
    /// Ended with a result.
    case completed
    /// Ended without one: out of attempts, unrecoverable or cancelled.
    case failed

    /// Whether a job in this state has ended.
    public var isFinished: Bool { self == .completed || self == .failed }

    /// The states that a job can enter from this one.
    public var next: Set<JobState> {
        switch self {
        case .waiting, .prioritized: [.active, .failed, .waiting, .prioritized]
        case .grouped: [.active, .failed, .grouped]
        case .delayed: [.waiting, .prioritized, .grouped, .delayed, .failed]
        case .active: [.waiting, .prioritized, .grouped, .delayed, .waitingChildren, .completed, .failed]
        case .waitingChildren: [.waiting, .prioritized, .grouped, .delayed, .failed]
        case .completed, .failed: [.waiting, .prioritized, .grouped, .waitingChildren]
        }
    }

    /// The states in which a new job can be stored.
    public static let initial: Set<JobState> = [.waiting, .prioritized, .grouped, .delayed, .waitingChildren]
}
