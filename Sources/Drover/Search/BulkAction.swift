public import DroverCore

/// What is done to each job that a filter finds.
public enum BulkAction: Hashable, Sendable {
    /// Run it again; its attempts count from zero with `resetAttempts`. Only failed jobs, unless the filter speaks of states.
    case retry(resetAttempts: Bool)
    /// Delete it. Not active ones.
    case remove
    /// Let it run now. Delayed ones.
    case promote
    /// Stop it. All that have not finished.
    case cancel
    /// Give it another priority. All that are not active and have not finished.
    case setPriority(Int)

    /// The states in which jobs are acted on, in the order in which they are gone over: a job that is moved is not met again.
    func states(_ filter: JobFilter) -> [JobState] {
        let allowed: [JobState] =
            switch self {
            case .retry: filter.namesStates ? [.failed, .completed] : [.failed]
            case .remove: JobState.allCases.filter { $0 != .active }
            case .promote: [.delayed]
            case .cancel: JobState.allCases.filter { !$0.isFinished && $0 != .active } + [.active]
            case .setPriority:
                [.prioritized] + JobState.allCases.filter { !$0.isFinished && $0 != .active && $0 != .prioritized }
            }
        return allowed.filter(filter.mayMatch)
    }

    /// The filter without the jobs that are as they are to be.
    func filter(_ filter: JobFilter) -> JobFilter {
        guard case .setPriority(let priority) = self else { return filter }
        return filter.and(.compares(.priority, .notEqual, .number(DecimalNumber(priority))))
    }

    /// The command for a job.
    package func command(_ job: JobKey) -> JobCommand {
        switch self {
        case .retry(let resetAttempts): .retry(job, resetAttempts: resetAttempts)
        case .remove: .remove(job)
        case .promote: .promote(job)
        case .cancel: .cancel(job)
        case .setPriority(let priority): .changePriority(job, to: priority, lifo: false)
        }
    }
}

/// How far a bulk operation has come, and what it came to.
public struct BulkReport: Hashable, Sendable {
    /// One job to which nothing was done.
    public struct Problem: Hashable, Sendable {
        /// Which job.
        public var job: JobKey
        /// Why.
        public var problem: ValidationError
    }

    /// How many jobs of a kind are told one by one.
    public static let mostProblems = 10

    /// How many jobs were looked at.
    public var examined = 0
    /// Of about how many: those that were in the states that are gone over when it began.
    public var total = 0
    /// How many matched.
    public var matched = 0
    /// How many were changed.
    public var done = 0
    /// How many are active, and were asked to stop.
    public var requested = 0
    /// How many were gone or in another state when it was their turn.
    public var skipped = 0
    /// How many the store refused.
    public var refused = 0
    /// The first that were refused.
    public var problems: [Problem] = []
    /// How many were already what they were to become: nothing was done to them.
    public var unchanged = 0
    /// The first of those, and why nothing was done.
    public var unchangedJobs: [Problem] = []

    /// A report of nothing.
    public init() {}

    mutating func add(_ job: JobKey, _ answer: BulkAnswer) {
        switch answer {
        case .settled(let result): add(job, result)
        case .unchanged(let reason):
            unchanged += 1
            if unchangedJobs.count < Self.mostProblems { unchangedJobs.append(Problem(job: job, problem: reason)) }
        case .onlyFound: break
        }
    }

    private mutating func add(_ job: JobKey, _ result: CommandResult) {
        switch result {
        case .done: done += 1
        case .requested: requested += 1
        case .notFound, .wrongState: skipped += 1
        case .refused(let problem):
            refused += 1
            if problems.count < Self.mostProblems { problems.append(Problem(job: job, problem: problem)) }
        }
    }
}
