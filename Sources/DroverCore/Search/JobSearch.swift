/// A search among the jobs of one state, in that state's order. A part of it is done in each call: see ``JobQuery``.
public struct JobSearch: Hashable, Sendable {
    /// What is answered.
    public enum Answer: Hashable, Sendable {
        /// The jobs that were found.
        case jobs
        /// How many were found, in ``SearchTally/matched``; the limit of the page has no meaning.
        case count
    }

    /// The most jobs that one call looks at.
    public static let mostExamined = 10_000

    /// Which jobs are sought.
    public var filter: JobFilter
    /// The state that they are in.
    public var state: JobState
    /// What is answered.
    public var answer: Answer
    /// How many jobs this call looks at, at most; 1 to 10,000. Then the page ends, with a cursor,
    /// however few it has found.
    public var mostExamined: Int { didSet { mostExamined = Self.bounded(mostExamined) } }

    /// A search from its parts. `mostExamined` is brought into 1…10,000.
    public init(
        _ filter: JobFilter, in state: JobState, answer: Answer = .jobs, mostExamined: Int = JobSearch.mostExamined
    ) {
        self.filter = filter
        self.state = state
        self.answer = answer
        self.mostExamined = Self.bounded(mostExamined)
    }

    private static func bounded(_ count: Int) -> Int { min(max(count, 1), Self.mostExamined) }

    /// The instants that order the jobs of the state and may match; of states that no instant orders, all.
    package var window: InstantRange {
        switch state {
        case .delayed: filter.range(of: .due)
        case .completed, .failed: filter.range(of: .finished)
        default: InstantRange()
        }
    }

    /// Whether a call finds nothing without looking at any job.
    package var isVain: Bool { !filter.mayMatch(in: state) || window.isEmpty }
}

/// What a part of a search has cost and found.
public struct SearchTally: Hashable, Sendable {
    /// How many jobs were looked at.
    public var examined: Int
    /// How many of them matched.
    public var matched: Int

    /// A tally from its parts.
    public init(examined: Int = 0, matched: Int = 0) {
        self.examined = examined
        self.matched = matched
    }
}
