/// A job to be stored.
public struct NewJob: Hashable, Sendable {
    /// When the job may first be claimed.
    public enum Start: Hashable, Sendable {
        /// At once.
        case now
        /// After a span, counted by the store's clock from the moment it stores the job.
        case after(Duration)
        /// At an instant; one that has passed means at once.
        case at(Timestamp)
    }

    /// The id, or nil to have the store generate one.
    public var id: JobID?
    /// The kind of job.
    public var name: JobName
    /// What the handler is given.
    public var payload: JSONText
    /// When the job may first be claimed.
    public var start: Start
    /// How it is to be run.
    public var options: JobOptions
    /// What makes the job a part of a flow. Few jobs are, so it costs the others one empty reference.
    private var family: Family?

    private struct Bonds: Hashable, Sendable {
        var parent: JobParent?
        var children: [ChildJob] = []
        var companions: [CompanionJob] = []
    }

    private final class Family: Hashable, Sendable, CustomStringConvertible {
        let bonds: Bonds
        var description: String { "\(bonds)" }

        init?(_ bonds: Bonds) {
            if bonds.parent == nil, bonds.children.isEmpty, bonds.companions.isEmpty { return nil }
            self.bonds = bonds
        }

        static func == (left: Family, right: Family) -> Bool { left === right || left.bonds == right.bonds }

        func hash(into hasher: inout Hasher) { bonds.hash(into: &hasher) }
    }

    private var bonds: Bonds {
        get { family?.bonds ?? Bonds() }
        set { family = Family(newValue) }
    }

    /// The jobs that this one waits for. They are stored with it, all or none, at most 20,000 in all with their own
    /// children, and at most 100,000 times one waits for another; a job with children waits for them before its delay begins and its priority counts.
    public var children: [ChildJob] {
        get { bonds.children }
        set { bonds.children = newValue }
    }

    /// A stored job that is to wait for this one, too; nil for none. In a flow only the first job may name one. One that has
    /// completed or failed is refused. One that is not active must wait itself when it runs (`Outcome.waitingForChildren`): until
    /// then it stays where it is, and an attempt that completes before its children fails the job.
    public var parent: JobParent? {
        get { bonds.parent }
        set { bonds.parent = newValue }
    }

    /// Further jobs that are stored with this one, all or none, and may wait for each other by references
    /// (``ChildJob/init(reference:onFailure:)``): with them a flow is a graph that ends in several jobs. None of the graph
    /// waits for this one.
    public var companions: [CompanionJob] {
        get { bonds.companions }
        set { bonds.companions = newValue }
    }

    /// Whether other jobs are stored with this one that it need not wait for.
    var hasCompanions: Bool { !(family?.bonds.companions.isEmpty ?? true) }

    /// Whether the job has children, a parent or companions.
    public var isInFlow: Bool { family != nil }

    /// A job from its parts.
    public init(
        id: JobID? = nil, name: JobName, payload: JSONText = .emptyObject, start: Start = .now,
        options: JobOptions = JobOptions(), parent: JobParent? = nil, children: [ChildJob] = [],
        companions: [CompanionJob] = []
    ) {
        self.id = id
        self.name = name
        self.payload = payload
        self.start = start
        self.options = options
        if parent != nil || !children.isEmpty || !companions.isEmpty {
            bonds = Bonds(parent: parent, children: children, companions: companions)
        }
    }

    /// The job with each of those that are stored with it as `change` makes it; references stay.
    package func changingOthers(_ change: (QueueName, NewJob) throws -> NewJob) rethrows -> NewJob {
        guard let bonds = family?.bonds else { return self }
        var job = self
        if !bonds.children.isEmpty {
            job.children = try bonds.children.map { child in
                var child = child
                if !child.isReference { child.job = try change(child.queue, child.job) }
                return child
            }
        }
        if !bonds.companions.isEmpty {
            job.companions = try bonds.companions.map { CompanionJob($0.queue, try change($0.queue, $0.job)) }
        }
        return job
    }

    /// The options as a store keeps them: those of a job that expires say from when on that counts.
    package var storedOptions: JobOptions {
        if options.expiresAfter == nil { return options }
        var options = options
        options.start = start
        if case .after(let delay) = start {
            options.start = delay > .zero ? .after(.milliseconds(delay.wholeMilliseconds)) : .now
        }
        return options
    }

    /// The job to be stored in any case.
    package var withoutDeduplication: NewJob {
        if options.deduplication == nil { return self }
        var job = self
        job.options.deduplication = nil
        return job
    }

    /// The longest delay: 100 years. Beyond it a due time no longer fits a BullMQ score (PROTOCOL 7.2).
    public static let longestDelay: Duration = .seconds(100 * 366 * 86_400)

    /// The first rule that the job, or one of its children, breaks; or nil. Stores answer it as the item's own status
    /// (rule 3).
    public var problem: ValidationError? {
        guard let family else { return ownProblem }
        if let parent = family.bonds.parent, let problem = parent.problem { return problem }
        return FlowPlan("root", self).problem(checkingRoot: false)
    }

    /// The first rule that the job, or one of its children, breaks as a job of this queue; or nil.
    public func problem(in queue: QueueName) -> ValidationError? {
        guard let family else { return ownProblem ?? problemOfRoute(in: queue) }
        if let parent = family.bonds.parent, let problem = parent.problem { return problem }
        return FlowPlan(queue, self).problem(checkingRoot: true)
    }

    /// What is wrong with where the job goes when it fails, or nil.
    func problemOfRoute(in queue: QueueName) -> ValidationError? { options.problemOfRoute(in: queue) }

    /// The first rule that the job by itself breaks, or nil.
    var ownProblem: ValidationError? {
        if let problem = id?.problemAsCustom { return problem }
        if case .after(let delay) = start, delay < .zero || delay > Self.longestDelay {
            return ValidationError("delay", "\(delay) is out of range; give 0 to 100 years")
        }
        if case .at(let instant) = start, instant.milliseconds > 253_402_300_799_999 {
            return ValidationError("run-at", "the instant lies after the year 9999")
        }
        return options.problem
    }
}

/// What became of one job of an enqueue call.
public enum EnqueueResult: Hashable, Sendable {
    /// Stored, under this id.
    case added(JobID)
    /// A job with this id exists; its data, options and state are untouched.
    case duplicate(JobID)
    /// Not stored: this job stands for it, by the rule of its deduplication (`JobOptions.deduplication`). Under
    /// `keepLastIfActive` it may be enqueued when that one has finished.
    case deduplicated(JobID)
    /// Not stored, because of this. Of a flow nothing was.
    case refused(ValidationError)
    /// Not stored: the queue holds as many jobs as it may (`QueueSetting.maxLength`). The same job may be taken later.
    case queueFull(maxLength: Int)

    /// The id of the stored job, new or known before, or of the one that stands for it; nil when there is none.
    public var id: JobID? {
        switch self {
        case .added(let id), .duplicate(let id), .deduplicated(let id): id
        case .refused, .queueFull: nil
        }
    }

    /// Why the job was not stored; nil when it is, or another one stands for it.
    public var problem: ValidationError? {
        switch self {
        case .added, .duplicate, .deduplicated: nil
        case .refused(let problem): problem
        case .queueFull(let most):
            ValidationError("queue", "is full: its maximum length is \(most)")
        }
    }

    /// Whether the queue had no room for the job.
    public var isQueueFull: Bool { if case .queueFull = self { true } else { false } }
}
