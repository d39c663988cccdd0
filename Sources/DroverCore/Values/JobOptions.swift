/// How a job is to be run, beside its name and payload.
///
/// The defaults run a job once, in order of arrival, and keep it after it has
/// finished for as long as the worker's rules say.
public struct JobOptions: Hashable, Sendable {
    /// All options at once. A job is copied often and its options are changed rarely: a copy of theirs is one reference.
    private final class Box: Hashable, Sendable {
        let values: Values

        init(_ values: Values) { self.values = values }

        static let standard = Box(Values())

        static func == (left: Box, right: Box) -> Bool { left === right || left.values == right.values }

        func hash(into hasher: inout Hasher) { values.hash(into: &hasher) }
    }

    private struct Values: Hashable, Sendable {
        var attempts: Int = 1
        var backoff: Backoff?
        var retryFor: Duration?
        var expiresAfter: Duration?
        var start = NewJob.Start.now
        var priority: Int = 0
        var lifo: Bool = false
        var completedRetention: Retention?
        var failedRetention: Retention?
        var timeout: Duration?
        var keepLogs: Int?
        var stackTraceLimit: Int?
        var tags: [String] = []
        var tenant: String?
        var group: String?
        var correlationID: String?
        var deduplication: Deduplication?
        var telemetry: JobTelemetry?
        var inputs: [String: String] = [:]
        var metadata: [String: String] = [:]
        var deadLetterQueue: QueueName?
        var deadLetter: DeadLetter?
        var replay: JobReplay?
        var resultCache: ResultCache?
    }

    private var box = Box.standard

    private mutating func change(_ body: (inout Values) -> Void) {
        var values = box.values
        body(&values)
        box = Box(values)
    }

    /// How often the job may be tried in all; at least 1.
    public var attempts: Int {
        get { box.values.attempts }
        set { change { $0.attempts = newValue } }
    }
    /// The wait between attempts; nil tries again at once.
    public var backoff: Backoff? {
        get { box.values.backoff }
        set { change { $0.backoff = newValue } }
    }
    /// How long after it was stored the job may be tried again: a retry that would begin later is not made, however many
    /// attempts are left. Nil for no bound.
    public var retryFor: Duration? {
        get { box.values.retryFor }
        set { change { $0.retryFor = newValue } }
    }
    /// How long the job is good for: an attempt that would begin later is not made, and the job fails for good with the
    /// reason ``Failure/expiredReason``. It is counted from when the job was stored or, with a delay or an instant to run
    /// at, from when it was due by that; neither a later command nor children that it waits for move it. Nil for no bound.
    /// Other clients' workers do not know it.
    public var expiresAfter: Duration? {
        get { box.values.expiresAfter }
        set { change { $0.expiresAfter = newValue } }
    }
    /// From when the time of ``expiresAfter`` is counted, as the job was enqueued (``NewJob/storedOptions``).
    package var start: NewJob.Start {
        get { box.values.start }
        set { change { $0.start = newValue } }
    }
    /// 0 for none, else 1 (first) to 2,097,151 (last). Jobs without a priority go before all others.
    public var priority: Int {
        get { box.values.priority }
        set { change { $0.priority = newValue } }
    }
    /// Put the job before those that already wait. Has no effect on a job with a priority or a delay.
    public var lifo: Bool {
        get { box.values.lifo }
        set { change { $0.lifo = newValue } }
    }
    /// What to keep when the job completes; nil leaves it to the worker. As in BullMQ a rule speaks of all completed
    /// jobs of the queue, so a shorter one of another job, or of a worker's maintenance, removes this job too.
    public var completedRetention: Retention? {
        get { box.values.completedRetention }
        set { change { $0.completedRetention = newValue } }
    }
    /// What to keep when the job fails; nil leaves it to the worker. It speaks of all failed jobs of the queue.
    public var failedRetention: Retention? {
        get { box.values.failedRetention }
        set { change { $0.failedRetention = newValue } }
    }
    /// The longest time one attempt may take; nil for no bound.
    public var timeout: Duration? {
        get { box.values.timeout }
        set { change { $0.timeout = newValue } }
    }
    /// How many log lines are kept, the newest; nil keeps all.
    public var keepLogs: Int? {
        get { box.values.keepLogs }
        set { change { $0.keepLogs = newValue } }
    }
    /// How many stack traces of failed attempts are kept, the newest.
    public var stackTraceLimit: Int? {
        get { box.values.stackTraceLimit }
        set { change { $0.stackTraceLimit = newValue } }
    }
    /// Words to find the job by.
    public var tags: [String] {
        get { box.values.tags }
        set { change { $0.tags = newValue } }
    }
    /// Whom the job belongs to.
    public var tenant: String? {
        get { box.values.tenant }
        set { change { $0.tenant = newValue } }
    }
    /// The group that the job waits in when it is ready: groups of a queue take turns, so that none waits for the jobs of
    /// another one. 1 to 256 bytes; nil for none.
    public var group: String? {
        get { box.values.group }
        set { change { $0.group = newValue } }
    }
    /// Ties the job to the request or process that caused it.
    public var correlationID: String? {
        get { box.values.correlationID }
        set { change { $0.correlationID = newValue } }
    }
    /// When the job is not stored because another one stands for it; nil to store it in any case. It has no effect on the
    /// jobs of a schedule's slots, and a job with children or a parent may not have one.
    public var deduplication: Deduplication? {
        get { box.values.deduplication }
        set { change { $0.deduplication = newValue } }
    }
    /// The trace that the job belongs to; nil for none.
    public var telemetry: JobTelemetry? {
        get { box.values.telemetry }
        set { change { $0.telemetry = newValue } }
    }
    /// What of the payload is made from the result of the one job that this one waits for, when it is claimed: paths into the
    /// payload, and to each the path of a value, which begins with `result`, as `["text": "result.body"]`. At most 64.
    /// Workers of other clients do not know it, and give their handlers the payload as it is stored.
    public var inputs: [String: String] {
        get { box.values.inputs }
        set { change { $0.inputs = newValue } }
    }
    /// Anything else to keep beside the payload.
    public var metadata: [String: String] {
        get { box.values.metadata }
        set { change { $0.metadata = newValue } }
    }
    /// Where a copy of the job goes when it fails for good, in one step with that: because its attempts are used up, it is of no
    /// use to try again, it stalled too often or has expired, but not because somebody cancelled it. Another queue than the
    /// job's own; nil leaves it to the worker. Workers of other clients do not know it.
    public var deadLetterQueue: QueueName? {
        get { box.values.deadLetterQueue }
        set { change { $0.deadLetterQueue = newValue } }
    }
    /// Of which failure the job is the letter; nil for a job that is none. A letter that fails goes nowhere else.
    public var deadLetter: DeadLetter? {
        get { box.values.deadLetter }
        set { change { $0.deadLetter = newValue } }
    }
    /// Whether the job may take the result of an earlier one instead of running, and leaves its own for later ones; nil for
    /// neither. Workers of other clients do not know it.
    public var resultCache: ResultCache? {
        get { box.values.resultCache }
        set { change { $0.resultCache = newValue } }
    }
    /// Set on a job that was made of a dead letter, to be run again.
    public var replay: JobReplay? {
        get { box.values.replay }
        set { change { $0.replay = newValue } }
    }

    /// Options with every default.
    public init(
        attempts: Int = 1, backoff: Backoff? = nil, retryFor: Duration? = nil, priority: Int = 0, lifo: Bool = false,
        timeout: Duration? = nil
    ) {
        // One box for all that have the defaults: they are compared and checked by it.
        if attempts == 1, backoff == nil, retryFor == nil, priority == 0, !lifo, timeout == nil { return }
        change { values in
            values.attempts = attempts
            values.backoff = backoff
            values.retryFor = retryFor
            values.priority = priority
            values.lifo = lifo
            values.timeout = timeout
        }
    }

    /// The largest priority: 2^21 − 1, so that a score stays exact in a double (PROTOCOL 7.1).
    public static let largestPriority = 2_097_151

    /// Whether many jobs may have the same options. Those that say something of one job alone are not worth remembering.
    var areShared: Bool {
        let values = box.values
        return values.deduplication == nil && values.deadLetter == nil && values.replay == nil
            && values.resultCache == nil
    }

    /// The first rule that these options break, or nil.
    public var problem: ValidationError? {
        if box === Box.standard { return nil }
        if !(1...1_000_000).contains(attempts) {
            return ValidationError("attempts", "\(attempts) is out of range; give 1 to 1,000,000")
        }
        if !(0...Self.largestPriority).contains(priority) {
            return ValidationError(
                "priority", "\(priority) is out of range; give 0 (none) or 1 (first) to \(Self.largestPriority)")
        }
        let span = Duration.zero...NewJob.longestDelay
        if let backoff, !span.contains(backoff.base) || !(0...1).contains(backoff.jitter) {
            return ValidationError("backoff", "the wait must lie in 0…100 years and the jitter in 0…1")
        }
        if let backoff, case .custom(let name) = backoff.kind, !(1...256).contains(name.utf8.count) {
            return ValidationError("backoff", "the name of a strategy has 1 to 256 bytes")
        }
        if let retryFor, retryFor <= .zero || retryFor > span.upperBound {
            return ValidationError(
                "retry-for", "\(retryFor) is out of range; give more than zero and at most 100 years")
        }
        if let expiresAfter, expiresAfter <= .zero || expiresAfter > span.upperBound {
            return ValidationError(
                "expires-after", "\(expiresAfter) is out of range; give more than zero and at most 100 years")
        }
        if let timeout, timeout <= .zero || timeout > span.upperBound {
            return ValidationError(
                "timeout", "\(timeout) is out of range; give more than zero and at most 100 years")
        }
        for rule in [completedRetention, failedRetention] {
            if let rule, (rule.count ?? 0) < 0 || (rule.age ?? .zero) < .zero {
                return ValidationError("retention", "a count or an age must not be negative")
            }
        }
        if (keepLogs ?? 0) < 0 || (stackTraceLimit ?? 0) < 0 {
            return ValidationError("limits", "the number of kept log lines and stack traces must not be negative")
        }
        if inputs.count > 64
            || inputs.contains(where: { !(1...512).contains($0.utf8.count) || !(1...512).contains($1.utf8.count) })
        {
            return ValidationError(
                "inputs", "there are too many or too long ones; give at most 64, with paths of 1 to 512 bytes")
        }
        return group.flatMap(GroupSetting.problem(ofName:)) ?? deduplication?.problem ?? resultCache?.problem
    }

    /// What is wrong with where a job of this queue goes when it fails, or nil.
    package func problemOfRoute(in queue: QueueName) -> ValidationError? {
        guard let target = deadLetterQueue, target == queue else { return nil }
        return ValidationError(
            "dead-letter queue", "\(queue) is the job's own queue, in which it would fail again; name another one")
    }
}
