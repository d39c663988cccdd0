import DroverCore

/// A job to be enqueued; `serial` is the number by which later operations name it.
struct ModelNewJob: Sendable {
    var serial: Int
    var job: NewJob
    /// Due at this span after the beginning of the sequence; replaces the job's own start.
    var at: Duration?
}

/// An outcome to store, under a lease that a sequence names.
struct ModelSettlement: Sendable {
    var lease: ModelLease
    var outcome: Outcome
    var retention: Retention

    /// The state in which the job is kept when this is accepted; nil when it goes on or is removed.
    var finished: JobState? {
        if retention.removesAtOnce { return nil }
        return switch outcome {
        case .completed: .completed
        case .failed, .cancelled: .failed
        case .retry, .snoozed, .released, .rateLimited, .waitingForChildren: nil
        }
    }
}

extension Outcome {
    /// Whether it puts the job before all others.
    var isPutBackFirst: Bool {
        switch self {
        case .released, .rateLimited: true
        case .completed, .failed, .retry, .snoozed, .cancelled, .waitingForChildren: false
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
    case workers
    case apply([ModelCommand])
    case configure([QueueSetting])
    /// Up to `steps` steps of a sweep, each going on where the last one ended.
    case sweep(Sweep, limit: Int, steps: Int)
    case look([ModelJobName])
    /// A whole list, page by page.
    case list(Int, JobState, limit: Int, Page.Order)
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
        case .exchange(_, _, let settle, _): settle.contains { $0.finished != nil }
        case .apply(let commands): commands.contains { $0.action.isCancel }
        default: false
        }
    }

    /// The operation with all but the first of the jobs that it finishes in one state removed at once, or not finished.
    var finishingOneByState: ModelOperation {
        var seen: Set<JobState> = []
        switch self {
        case .exchange(let queue, let number, var settle, let claim):
            for index in settle.indices {
                guard let state = settle[index].finished else { continue }
                if !seen.insert(state).inserted { settle[index].retention = .removeAtOnce }
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
            .list(let queue, _, _, _), .holder(let queue, _), .turnPage(let queue, _, _, _, _),
            .events(let queue, _, _),
            .waitForWork(let queue):
            queue
        case .log(let name, _, _): name.queue
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
