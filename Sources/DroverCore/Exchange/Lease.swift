/// Identifies the holder of a lease: any text, unique for each claim.
public struct LeaseToken: Hashable, Sendable, CustomStringConvertible {
    /// The token as text.
    public let text: String

    /// A token from its text.
    public init(_ text: String) { self.text = text }

    /// The text.
    public var description: String { text }
}

/// The time-limited right to run one attempt of a job.
///
/// It is the fence: only its holder may settle the job. A store accepts a
/// lease while the job is active under the same token, and forgets it when
/// the job is settled, reclaimed or removed.
public struct Lease: Hashable, Sendable {
    /// The job.
    public let job: JobKey
    /// Who holds it.
    public let token: LeaseToken
    /// For how long a renewal extends it, from the moment of the renewal.
    public let duration: Duration

    /// A lease from its parts.
    public init(job: JobKey, token: LeaseToken, duration: Duration) {
        self.job = job
        self.token = token
        self.duration = duration
    }
}

/// What a renewal found.
public enum LeaseStatus: Hashable, Sendable {
    /// Extended.
    case held
    /// The job is no longer held under this token: stop the attempt, its outcome will not be accepted.
    case lost
    /// Extended, and somebody asked for the job to be cancelled.
    case cancelRequested
}
