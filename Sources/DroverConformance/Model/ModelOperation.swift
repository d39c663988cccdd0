import DroverCore

/// A job to be enqueued; `serial` is the number by which later operations name it.
struct ModelNewJob: Sendable {
    var serial: Int
    var job: NewJob
    /// Due at this span after the beginning of the sequence; replaces the job's own start.
    var at: Duration?
    /// A job that is to wait for it, which a sequence names; `job` names none itself.
    var parent: ModelParent?
}

extension ModelNewJob: CustomStringConvertible {
    var description: String {
        let parent = parent.map { " of \($0.job) \($0.onFailure)" } ?? ""
        let at = at.map { " at \($0)" } ?? ""
        return "\(serial):\(Self.text(job))\(at)\(parent)"
    }

    private static func text(_ job: NewJob) -> String {
        var coder = OptionsCoder()
        // Options that can't be written are shown as such.
        let options = (try? coder.text(job.options)) ?? "{}"
        let children = job.children.map { "\($0.queue) \($0.onFailure) \(text($0.job))" }.joined(separator: ", ")
        return "\(job.id?.text ?? "#") \(job.name) \(job.payload) \(job.start) \(options)"
            + (children.isEmpty ? "" : " [\(children)]")
            + job.companions.map { " & \($0.queue) \(text($0.job))" }.joined()
    }
}

/// The parent of a job to be enqueued.
struct ModelParent: Hashable, Sendable {
    var job: ModelJobName
    var onFailure: ChildFailurePolicy
}

/// An outcome to store, under a lease that a sequence names.
struct ModelSettlement: Sendable {
    var lease: ModelLease
    var outcome: Outcome
    var retention: Retention
    var letter: JobCopy?
    var kept: KeptResult?

    /// The state in which the job is kept when this is accepted; nil when it goes on or is removed.
    var finished: JobState? {
        if retention.removesAtOnce { return nil }
        return switch outcome {
        case .completed: .completed
        case .failed, .cancelled: .failed
        case .retry, .snoozed, .released, .rateLimited, .waitingForChildren: nil
        }
    }

    /// The states in which the job may be kept: one that has children may fail by them, and is kept then.
    func mayFinish(_ mayHaveChildren: (ModelJobName) -> Bool) -> Set<JobState> {
        var states = Set([finished].compactMap(\.self))
        switch outcome {
        case .completed, .waitingForChildren: if mayHaveChildren(lease.job) { states.insert(.failed) }
        case .failed, .cancelled, .retry, .snoozed, .released, .rateLimited: break
        }
        return states
    }
}

extension Outcome {
    /// Whether it puts the job before all others.
    var isPutBackFirst: Bool {
        switch self {
        // One that waits for children and has none that are pending is released.
        case .released, .rateLimited, .waitingForChildren: true
        case .completed, .failed, .retry, .snoozed, .cancelled: false
        }
    }
}

/// A report under a lease that a sequence names.
struct ModelReport: Sendable {
    var lease: ModelLease
    var content: JobReport.Content
}

/// A command for a job that a sequence names.
struct ModelCommand: Sendable {
    enum Action: Sendable {
        case retry(resetAttempts: Bool)
        case promote, remove, cancel
        case changePriority(Int, lifo: Bool)
        case changeDelay(Duration)
        case updatePayload(JSONText)
        case removeFlow, removeUnprocessedChildren, detach
        case copy(JobCopy, removesJob: Bool)

        var isCancel: Bool { if case .cancel = self { true } else { false } }
    }

    var job: ModelJobName
    var action: Action

    func command(for key: JobKey) -> JobCommand {
        switch action {
        case .retry(let reset): .retry(key, resetAttempts: reset)
        case .promote: .promote(key)
        case .remove: .remove(key)
        case .cancel: .cancel(key)
        case .changePriority(let priority, let lifo): .changePriority(key, to: priority, lifo: lifo)
        case .changeDelay(let delay): .changeDelay(key, to: delay)
        case .updatePayload(let payload): .updatePayload(key, to: payload)
        case .removeFlow: .removeFlow(key)
        case .removeUnprocessedChildren: .removeUnprocessedChildren(key)
        case .detach: .detach(key)
        case .copy(let copy, let removesJob): .copy(key, as: copy, removesJob: removesJob)
        }
    }
}

/// One step of a model run, as a value that can be done on any store, again and again.
enum ModelOperation: Sendable {
    case advance(Duration)
    case enqueue(Int, [ModelNewJob])
    /// The exchange with this number; the same number again repeats it.
    case exchange(Int, number: Int, settle: [ModelSettlement], claim: Claim?)
    case renew([ModelLease])
    case record([ModelReport])
    case reclaim(Int, maxStalled: Int, limit: Int)
    case prune(Int, PruneRule, limit: Int)
    case heartbeat([WorkerReport])
    /// Telling parents what nobody but other clients leaves untold: of no job.
    case releaseParents(limit: Int)
    case workers
    case apply([ModelCommand])
    case configure([QueueSetting])
    /// Up to `steps` steps of a sweep, each going on where the last one ended.
    case sweep(Sweep, limit: Int, steps: Int)
    case look([ModelJobName])
    case applyToAllowances([AllowanceCommand])
    /// A whole list, page by page.
    case list(Int, JobState, limit: Int, Page.Order)
    /// What a job knows of its children of one status, page by page.
    case children(ModelJobName, ChildStatus, limit: Int)
    /// A whole search, in calls that look at so many jobs, and the number that it finds. Instants count from the beginning of the
    /// sequence.
    case search(Int, JobFilter, JobState, limit: Int, mostExamined: Int, Page.Order)
    /// Who holds a deduplication id.
    case holder(Int, of: String)
    /// All groups, page by page.
    case groups(Int, limit: Int, Page.Order)
    /// The jobs that wait in a group, page by page.
    case inGroup(Int, String, limit: Int, Page.Order)
    /// The next page of a list, behind the cursor that is kept under a number; other operations may lie between two.
    case turnPage(Int, JobState, limit: Int, Page.Order, kept: Int)
    case queues
    /// A whole log, page by page.
    case log(ModelJobName, limit: Int, Page.Order)
    /// All events since the last such operation, or all that there are.
    case events(Int, limit: Int, fromBeginning: Bool)
    /// A wait for nothing long; what wakes is a hint and is not compared.
    case waitForWork(Int)
    /// Schedules to store; the instants in them count from the beginning of the sequence.
    case put([SchedulePlan])
    case fire([ModelFiring])
    case applyToSchedules([ModelScheduleCommand])
    /// A whole list of schedules, page by page.
    case schedules(ScheduleQuery, limit: Int, Page.Order)
    /// The next page of such a list, behind the cursor that is kept under a number.
    case turnSchedules(ScheduleQuery, limit: Int, Page.Order, kept: Int)

    /// Whether it may finish jobs that are then kept.
    var mayFinish: Bool {
        switch self {
        case .exchange(_, _, let settle, _): settle.contains { !$0.mayFinish { _ in true }.isEmpty }
        case .apply(let commands): commands.contains { $0.action.isCancel }
        default: false
        }
    }

    /// Whether it removes jobs in an order that is left to the store, by which the order of parents that go to work by it
    /// is left to it too.
    var removesInAnyOrder: Bool {
        switch self {
        case .sweep(.obliterate, _, _), .sweep(.clean(_, .active, _), _, _),
            .sweep(.clean(_, .waitingChildren, _), _, _):
            true
        case .apply(let commands):
            commands.contains { command in
                switch command.action {
                case .removeFlow, .removeUnprocessedChildren: true
                default: false
                }
            }
        default: false
        }
    }

    /// The operation with all but the first of the jobs that it may finish in one state removed at once, or not finished.
    func finishingOneByState(_ mayHaveChildren: (ModelJobName) -> Bool) -> ModelOperation {
        var seen: Set<JobState> = []
        switch self {
        case .exchange(let queue, let number, var settle, let claim):
            for index in settle.indices {
                let states = settle[index].mayFinish(mayHaveChildren)
                if seen.isDisjoint(with: states) {
                    seen.formUnion(states)
                } else if mayHaveChildren(settle[index].lease.job) {
                    settle[index].outcome = .snoozed(.seconds(30))
                } else {
                    settle[index].retention = .removeAtOnce
                }
            }
            return .exchange(queue, number: number, settle: settle, claim: claim)
        case .apply(var commands):
            for index in commands.indices where commands[index].action.isCancel {
                if !seen.insert(.failed).inserted { commands[index].action = .promote }
            }
            return .apply(commands)
        default: return self
        }
    }

    /// The queue that it is about; nil when that is none, or several.
    var queue: Int? {
        switch self {
        case .enqueue(let queue, _), .exchange(let queue, _, _, _), .reclaim(let queue, _, _), .prune(let queue, _, _),
            .list(let queue, _, _, _), .search(let queue, _, _, _, _, _), .holder(let queue, _),
            .turnPage(let queue, _, _, _, _),
            .events(let queue, _, _),
            .waitForWork(let queue):
            queue
        case .log(let name, _, _), .children(let name, _, _): name.queue
        case .put(let plans): Self.queue(of: plans.map(\.schedule.key))
        case .fire(let firings): Self.queue(of: firings.map(\.key))
        case .applyToSchedules(let commands): Self.queue(of: commands.map(\.key))
        case .schedules(let query, _, _), .turnSchedules(let query, _, _, _): ModelQueues.index(query.queue)
        default: nil
        }
    }

    private static func queue(of keys: [ScheduleKey]) -> Int? {
        let queues = Set(keys.map(\.queue))
        return queues.count == 1 ? queues.first.flatMap(ModelQueues.index) : nil
    }

    /// The name of its kind.
    var kind: String { String(FoundDifference.text(of: self).prefix { $0 != "(" }) }
}
