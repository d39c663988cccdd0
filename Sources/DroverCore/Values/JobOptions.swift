/// How a job is to be run, beside its name and payload.
///
/// The defaults run a job once, in order of arrival, and keep it after it has
/// finished for as long as the worker's rules say.
public struct JobOptions: Hashable, Sendable {
    /// How often the job may be tried in all; at least 1.
    public var attempts = 1
    /// The wait between attempts; nil tries again at once.
    public var backoff: Backoff?
    /// 0 for none, else 1 (first) to 2,097,151 (last). Jobs without a priority go before all others.
    public var priority = 0
    /// Put the job before those that already wait. Has no effect on a job with a priority or a delay.
    public var lifo = false
    /// What to keep when the job completes; nil leaves it to the worker. As in BullMQ a rule speaks of all completed
    /// jobs of the queue, so a shorter one of another job, or of a worker's maintenance, removes this job too.
    public var completedRetention: Retention?
    /// What to keep when the job fails; nil leaves it to the worker. It speaks of all failed jobs of the queue.
    public var failedRetention: Retention?
    /// The longest time one attempt may take; nil for no bound.
    public var timeout: Duration?
    /// How many log lines are kept, the newest; nil keeps all.
    public var keepLogs: Int?
    /// How many stack traces of failed attempts are kept, the newest.
    public var stackTraceLimit: Int?
    /// Words to find the job by.
    public var tags: [String] = []
    /// Whom the job belongs to.
    public var tenant: String?
    /// The group the job belongs to.
    public var group: String?
    /// Ties the job to the request or process that caused it.
    public var correlationID: String?
    /// Anything else to keep beside the payload.
    public var metadata: [String: String] = [:]

    /// Options with every default.
    public init(
        attempts: Int = 1, backoff: Backoff? = nil, priority: Int = 0, lifo: Bool = false, timeout: Duration? = nil
    ) {
        self.attempts = attempts
        self.backoff = backoff
        self.priority = priority
        self.lifo = lifo
        self.timeout = timeout
    }

    /// The largest priority: 2^21 − 1, so that a score stays exact in a double (PROTOCOL 7.1).
    public static let largestPriority = 2_097_151

    /// The first rule that these options break, or nil.
    public var problem: ValidationError? {
        if !(1...1_000_000).contains(attempts) {
            return ValidationError("attempts", "\(attempts) is out of range; give 1 to 1,000,000")
        }
        if !(0...Self.largestPriority).contains(priority) {
            return ValidationError(
                "priority", "\(priority) is out of range; give 0 (none) or 1 (first) to \(Self.largestPriority)")
        }
        if let backoff, backoff.base < .zero || !(0...1).contains(backoff.jitter) {
            return ValidationError("backoff", "the wait must not be negative and the jitter must lie in 0…1")
        }
        if let timeout, timeout <= .zero {
            return ValidationError("timeout", "\(timeout) is not a time a job can finish in; give more than zero")
        }
        for rule in [completedRetention, failedRetention] {
            if let rule, (rule.count ?? 0) < 0 || (rule.age ?? .zero) < .zero {
                return ValidationError("retention", "a count or an age must not be negative")
            }
        }
        if (keepLogs ?? 0) < 0 || (stackTraceLimit ?? 0) < 0 {
            return ValidationError("limits", "the number of kept log lines and stack traces must not be negative")
        }
        return nil
    }
}
