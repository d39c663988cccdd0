/// Something that a running attempt says about itself, under its lease.
public struct JobReport: Hashable, Sendable {
    /// What is said.
    public enum Content: Hashable, Sendable {
        /// How far the attempt is; replaces what was said before.
        case progress(JSONText)
        /// A line for the job's log; `keep` is how many lines stay, the newest, or nil for all.
        case log(String, keep: Int?)
        /// A new payload for later attempts.
        case payload(JSONText)
        /// What a step has come to, for later attempts; one of the same name replaces it.
        case step(StepName, result: JSONText)
    }

    /// The attempt that speaks.
    public var lease: Lease
    /// What it says.
    public var content: Content

    /// A report from its parts.
    public init(lease: Lease, content: Content) {
        self.lease = lease
        self.content = content
    }
}

/// What became of one report.
public enum ReportStatus: Hashable, Sendable {
    /// Stored.
    case recorded
    /// The job is no longer held under this lease; nothing was stored.
    case leaseLost
}
