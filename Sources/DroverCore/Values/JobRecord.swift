/// A job as a store holds it at one moment.
public struct JobRecord: Hashable, Sendable {
    /// Its queue and id.
    public var key: JobKey
    /// The kind of job.
    public var name: JobName
    /// What the handler is given, byte for byte as it was enqueued or last updated.
    public var payload: JSONText
    /// How it is to be run, as enqueued.
    public var options: JobOptions
    /// Where it stands.
    public var state: JobState
    /// Its present priority, which may differ from the one in ``options``.
    public var priority: Int
    /// Attempts that have ended and count: completed, failed, retried, cancelled.
    public var attemptsMade = 0
    /// How often it has been claimed.
    public var attemptsStarted = 0
    /// How often a lease on it has expired.
    public var stalls = 0
    /// When it was stored.
    public var createdAt: Timestamp
    /// When a delayed job becomes claimable; nil in other states.
    public var dueAt: Timestamp?
    /// When it was last claimed.
    public var processedAt: Timestamp?
    /// When it finished.
    public var finishedAt: Timestamp?
    /// The worker that claimed it last.
    public var worker: String?
    /// The progress that its handler last reported.
    public var progress: JSONText?
    /// What steps of its handler have recorded, by time, and by name where that is the same; results as they are stored.
    public var steps: [JobStep] = []
    /// The result of a completed job.
    public var result: JSONText?
    /// Why its last failed attempt failed; kept when a later attempt succeeds.
    public var failedReason: String?
    /// Traces of failed attempts, oldest first.
    public var stacktrace: [String] = []
    /// It is active and held by a worker that is not Drover's, which hears no request to stop.
    public var isHeldElsewhere = false
    /// The holder of its lease has been asked to stop.
    public var isCancelRequested = false
    /// Set when it stalled too often, or was to be cancelled and its attempt ended otherwise: whoever claims it must
    /// fail it with this reason and not run it.
    public var deferredFailure: String?

    /// The job that waits, or waited, for this one; nil when none does. It may be gone.
    public var parent: JobParent?
    /// Further jobs that wait, or waited, for this one, in the order in which they hear of it; they may be gone.
    public var dependents: [JobParent] = []

    /// All jobs that wait, or waited, for this one: ``parent``, then ``dependents``.
    public var parents: [JobParent] {
        get { parent.map { [$0] + dependents } ?? dependents }
        set {
            parent = newValue.first
            dependents = Array(newValue.dropFirst())
        }
    }

    /// A record of a job that has just been stored.
    public init(
        key: JobKey, name: JobName, payload: JSONText, options: JobOptions, state: JobState, priority: Int,
        createdAt: Timestamp
    ) {
        self.key = key
        self.name = name
        self.payload = payload
        self.options = options
        self.state = state
        self.priority = priority
        self.createdAt = createdAt
    }
}
