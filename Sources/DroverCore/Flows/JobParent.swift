/// What the final failure of a child means to its parent. The effects are BullMQ's (PROTOCOL 14.3).
///
/// Attempts that are tried again mean nothing to the parent.
public enum ChildFailurePolicy: String, CaseIterable, Hashable, Sendable, Codable {
    /// The parent goes on waiting, until the child is retried and completes, or is removed.
    case keepWaiting = "none"
    /// The parent fails too: whoever takes it next settles it as failed, whatever its other children do.
    case failParent = "fail"
    /// The parent is run at once, also while other children are pending; it can read the reason.
    case continueParent = "continue"
    /// The parent no longer waits for this child, and can read the reason.
    case ignore
    /// The parent no longer waits for this child, and hears nothing of it.
    case remove
}

/// The job that waits for another one, its child.
public struct JobParent: Hashable, Sendable {
    /// The parent.
    public var key: JobKey
    /// What it means to the parent when the child fails for good.
    public var onFailure: ChildFailurePolicy

    /// A parent from its parts.
    public init(_ key: JobKey, onFailure: ChildFailurePolicy = .keepWaiting) {
        self.key = key
        self.onFailure = onFailure
    }

    /// The rule that the parent breaks by itself, or nil.
    var problem: ValidationError? { key.id.problemInFlow }
}

/// A job of a flow that another one of it waits for.
public struct ChildJob: Hashable, Sendable {
    /// Its queue, which may be another than its parent's.
    public var queue: QueueName
    /// The job, with the children that it waits for itself.
    public var job: NewJob
    /// What it means to the parent when the job fails for good.
    public var onFailure: ChildFailurePolicy
    /// Whether it only names a job: one of the same flow, or else one that is stored already.
    public private(set) var isReference = false

    /// A child from its parts.
    public init(_ queue: QueueName, _ job: NewJob, onFailure: ChildFailurePolicy = .keepWaiting) {
        self.queue = queue
        self.job = job
        self.onFailure = onFailure
    }

    /// A job that several wait for, named by all of them but at most one: one of the same flow that has this id, or one that
    /// is stored already, whoever waits for it.
    public init(reference key: JobKey, onFailure: ChildFailurePolicy = .keepWaiting) {
        self.init(key.queue, NewJob(id: key.id, name: "reference"), onFailure: onFailure)
        isReference = true
    }
}

/// A job that is stored with another one, all or none, though that does not wait for it.
public struct CompanionJob: Hashable, Sendable {
    /// Its queue.
    public var queue: QueueName
    /// The job, with the children that it waits for; it has no companions of its own.
    public var job: NewJob

    /// A companion from its parts.
    public init(_ queue: QueueName, _ job: NewJob) {
        self.queue = queue
        self.job = job
    }
}

extension JobID {
    /// Why a job of this id can't be part of a flow, or nil: BullMQ finds the queue of a job's key before the last colon
    /// (PROTOCOL 2.3).
    package var problemInFlow: ValidationError? {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        return ValidationError(
            "id", "\(ValidationError.quote(text)) has a colon, which a job with a parent or with children may not have")
    }
}

extension ValidationError {
    /// A job names a parent that is not there.
    package static func unknownParent(_ parent: JobKey) -> ValidationError {
        ValidationError("parent", "there is no job \(parent.id) in queue \(parent.queue); add the parent first")
    }

    /// A job names a parent that has completed or failed, and will not run for it.
    package static func endedParent(_ parent: JobKey) -> ValidationError {
        ValidationError(
            "parent",
            "the job \(parent.id) of queue \(parent.queue) has ended and waits for nothing; retry it first, or add the job without a parent"
        )
    }

    /// A known job is to get another parent than it has.
    package static func otherParent(of child: JobKey) -> ValidationError {
        ValidationError(
            "parent",
            "another job waits for the job \(child.id) of queue \(child.queue) already; in a graph name it by queue and id as a need of each that is to wait for it too, or detach it first"
        )
    }

    /// A known job is to wait for itself.
    package static func ancestor(_ child: JobKey) -> ValidationError {
        ValidationError("parent", "the job \(child.id) of queue \(child.queue) would wait for itself")
    }

    /// An inner job of a flow is known.
    package static func takenInFlow(_ key: JobKey) -> ValidationError {
        ValidationError(
            "id", "the job \(key.id) of queue \(key.queue) exists, and can't get children by a flow; add them to it")
    }

    /// A reference names a job that is nowhere.
    package static func unknownChild(_ key: JobKey) -> ValidationError {
        ValidationError(
            "children", "there is no job \(key.id) in queue \(key.queue), neither in the flow nor stored; add it first")
    }

    /// Jobs of a flow wait for each other in a circle; the first name is the last as well.
    package static func cycle(_ names: [String]) -> ValidationError {
        // A long one is told by its beginning and its end.
        let shown = names.count > 12 ? names.prefix(6) + ["…"] + names.suffix(5) : names[...]
        return ValidationError(
            "flow",
            "has a cycle, in which each waits for the next: \(shown.joined(separator: " → ")); take one of these needs away"
        )
    }

    /// A job of a flow is to wait for another one twice.
    package static func twice(_ parent: String, _ child: String) -> ValidationError {
        ValidationError("children", "\(parent) waits for \(child) twice; say it once")
    }

    /// More jobs are to wait for one than may.
    package static func tooManyParents(_ child: String) -> ValidationError {
        ValidationError(
            "parent", "more than 5,000 jobs would wait for \(child); let some wait for a job in between")
    }

    /// A job has no parent to be taken from.
    package static let noParent = ValidationError("parent", "the job is no child that its parent waits for")

    /// A flow has more jobs without children for a queue than this may ever hold.
    package static func flowTooLong(for queue: QueueName, maxLength: Int) -> ValidationError {
        ValidationError(
            "flow",
            "it has more jobs for the queue \(queue) than may wait there, whose maximum length is \(maxLength); raise that, or add the flow in parts"
        )
    }

    /// More jobs are to be removed than one call may.
    package static let flowTooLarge = ValidationError(
        "flow", "has more than 20,000 jobs; remove parts of it first")
}
