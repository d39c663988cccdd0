/// Why an attempt failed.
public struct Failure: Hashable, Sendable {
    /// One line for people, stored as the job's failed reason.
    public var reason: String
    /// More about where it failed; appended to the job's stack traces.
    public var trace: String?
    /// How many traces the job keeps, the newest.
    public var keepTraces: Int
    /// Whether the job had no attempts left, which adds the event `retries-exhausted`.
    public var isExhausted: Bool

    /// A failure from its parts.
    public init(reason: String, trace: String? = nil, keepTraces: Int = 10, isExhausted: Bool = false) {
        self.reason = reason
        self.trace = trace
        self.keepTraces = keepTraces
        self.isExhausted = isExhausted
    }

    /// The reason of a job that somebody cancelled.
    public static let cancelledReason = "cancelled"
    /// The reason of a job that was claimed after its time (`JobOptions.expiresAfter`).
    public static let expiredReason = "expired"
    /// BullMQ's reason for a job whose leases expired too often (PROTOCOL 11.7).
    public static let stalledReason = "job stalled more than allowable limit"
    /// BullMQ's reason for a job that completed while it had children to wait for (PROTOCOL 11.7).
    package static func pendingChildren(_ id: JobID) -> String { "Job \(id) has pending dependencies. moveToFinished" }
    /// BullMQ's reason for a job that completed, or was to wait for others, though a child of it had failed.
    package static func failedChild(_ id: JobID, by call: String) -> String {
        "Cannot complete job \(id) because it has at least one failed child. \(call)"
    }
    /// The reason of a parent that fails by a child, in a store without a prefix of keys.
    package static func failedWith(child: JobKey) -> String { "child \(child.queue):\(child.id) failed" }
    /// How the reason of a job begins that a worker had no handler for; the job's name follows.
    public static let noHandlerPrefix = "no handler for "
}

/// How an attempt ended. The engine decides it; the store applies it.
public enum Outcome: Hashable, Sendable {
    /// Done, with this result. Counts an attempt.
    case completed(JSONText)
    /// Failed for good. Counts an attempt.
    case failed(Failure)
    /// Failed, to be tried again after a wait: zero puts it at the back of the line. Counts an attempt.
    case retry(after: Duration, Failure)
    /// To be run again after a wait, without counting an attempt.
    case snoozed(Duration)
    /// Stopped because somebody cancelled it: stored as failed with the reason `cancelled`. Counts an attempt.
    case cancelled
    /// Given back unrun or unfinished, to the front of the line, without counting an attempt.
    case released
    /// To be run again when all of its children are done, without counting an attempt. Without a child to wait for it is
    /// put back to the front at once; one that failed with `ChildFailurePolicy.failParent` fails it.
    case waitingForChildren
    /// Given back as ``released``, and the queue hands out nothing for this long, or longer where it is held already.
    case rateLimited(Duration)
}

/// One outcome to store, under the lease of its attempt.
public struct Settlement: Hashable, Sendable {
    /// The right to settle.
    public var lease: Lease
    /// How the attempt ended.
    public var outcome: Outcome
    /// What to keep of the jobs that end as this one does; without effect where the job does not finish.
    public var retention: Retention
    /// Few outcomes have one, so it costs the others one empty reference.
    private var extras: Extras?

    private final class Extras: Hashable, Sendable, CustomStringConvertible {
        let letter: JobCopy?
        let kept: KeptResult?
        var description: String {
            [letter.map { "\($0)" }, kept.map { "\($0)" }].compactMap(\.self).joined(separator: " ")
        }

        init?(_ letter: JobCopy?, _ kept: KeptResult?) {
            if letter == nil, kept == nil { return nil }
            self.letter = letter
            self.kept = kept
        }

        static func == (left: Extras, right: Extras) -> Bool {
            left === right || left.letter == right.letter && left.kept == right.kept
        }

        func hash(into hasher: inout Hasher) {
            letter.hash(into: &hasher)
            kept.hash(into: &hasher)
        }
    }

    /// The letter that is stored in the same step when the outcome is ``Outcome/failed(_:)``; without effect otherwise. Nil for
    /// none.
    public var deadLetter: JobCopy? {
        get { extras?.letter }
        set { extras = Extras(newValue, extras?.kept) }
    }

    /// As what the result is kept for other jobs when the outcome is ``Outcome/completed(_:)``; without effect otherwise. Nil for
    /// not at all. With one that breaks a rule the settlement is refused.
    public var keptResult: KeptResult? {
        get { extras?.kept }
        set { extras = Extras(extras?.letter, newValue) }
    }

    /// A settlement from its parts.
    public init(lease: Lease, outcome: Outcome, retention: Retention = .keepAll, deadLetter: JobCopy? = nil) {
        self.lease = lease
        self.outcome = outcome
        self.retention = retention
        extras = Extras(deadLetter, nil)
    }

    /// The first rule that the settlement breaks in an exchange of this queue, or nil.
    package func problem(in queue: QueueName) -> ValidationError? {
        if lease.job.queue != queue {
            return ValidationError("settlement", "the lease is of queue \(lease.job.queue), the exchange of \(queue)")
        }
        guard let extras else { return nil }
        return extras.letter?.problem(from: queue) ?? extras.kept?.problem
    }

    /// The letter to store with the outcome; nil for none.
    package var routedLetter: JobCopy? {
        if let letter = extras?.letter, case .failed = outcome { return letter }
        return nil
    }
}

/// What became of one settlement.
public enum SettlementStatus: Hashable, Sendable {
    /// Stored.
    case settled
    /// The job is no longer held under this lease; nothing was stored.
    case leaseLost
    /// The settlement itself is wrong, for example of another queue; nothing was stored.
    case refused(ValidationError)
}
