import DroverCore
import Synchronization

/// Why an attempt is to stop before its handler is done. The larger one wins when several come together: what makes
/// the outcome worthless is above what decides it.
enum StopReason: Int, Comparable, Sendable {
    /// The worker shuts down.
    case shutdown
    /// The attempt took longer than the job allows.
    case timedOut
    /// Somebody cancelled the job.
    case cancelRequested
    /// The lease is gone: another worker may run the job.
    case leaseLost

    static func < (left: StopReason, right: StopReason) -> Bool { left.rawValue < right.rawValue }
}

/// One attempt that is running: the claimed job, its lease, and the task that can be stopped.
final class Attempt: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var stop: StopReason?
        var traceID: String?
        var completion: Completion?
        /// Nil until the handler comes to a step.
        var steps: StepTable?
    }

    /// What a transaction of the handler's has done about the attempt.
    enum Completion: Sendable {
        /// It completes the job, and has not ended yet.
        case pending
        /// It has completed the job: there is nothing left to settle.
        case committed
    }

    /// What has come over an attempt while its handler ran.
    struct Fate: Sendable {
        /// Why it was asked to stop, if it was.
        var stop: StopReason?
        /// Whether a transaction of the handler's has completed the job.
        var isCompleted: Bool
    }

    /// Names the attempt inside this process.
    let number: Int
    /// The job and the right to run it.
    let claimed: ClaimedJob
    private let state = Mutex(State())

    init(number: Int, claimed: ClaimedJob) {
        self.number = number
        self.claimed = claimed
    }

    /// Gives the attempt the task that runs it; a stop that came before is passed on now.
    func attach(_ task: Task<Void, Never>) {
        let isStopped = state.withLock { state in
            state.task = task
            return state.stop != nil
        }
        if isStopped { task.cancel() }
    }

    /// Asks the attempt to stop, by cancelling its task. Once the job is completed there is no lease to lose and nothing to
    /// cancel; a handler that goes on is still bounded by its timeout and by a shutdown.
    func stop(_ reason: StopReason) {
        let task: Task<Void, Never>? = state.withLock { state in
            if state.completion == .committed, reason >= .cancelRequested { return nil }
            state.stop = max(reason, state.stop ?? reason)
            return state.task
        }
        task?.cancel()
    }

    /// The trace that the attempt belongs to: that of its span, else the one that the job carries.
    var traceID: String? {
        get { state.withLock { $0.traceID } ?? claimed.job.options.telemetry?.traceID }
        set { state.withLock { $0.traceID = newValue } }
    }

    /// Looks at the steps of the attempt, or changes what is known of them.
    func withSteps<Answer: Sendable, Problem: Error>(
        _ body: (inout StepTable) throws(Problem) -> Answer
    ) throws(Problem) -> Answer {
        try state.withLock { state throws(Problem) in
            var steps = state.steps ?? StepTable(recorded: claimed.job.steps)
            state.steps = nil  // a second reference would cost a copy of the table with each change
            defer { state.steps = steps }
            return try body(&steps)
        }
    }

    /// What has come over the attempt so far.
    var fate: Fate { state.withLock { Fate(stop: $0.stop, isCompleted: $0.completion == .committed) } }

    /// What a transaction of the handler's has done about the attempt; nil for nothing.
    var completion: Completion? { state.withLock { $0.completion } }

    /// A transaction of the handler's completes the job when it commits.
    func completes() { state.withLock { if $0.completion == nil { $0.completion = .pending } } }

    /// That transaction has ended.
    func completionEnded(isSettled: Bool) {
        state.withLock { state in
            if isSettled {
                state.completion = .committed
            } else if state.completion == .pending {
                state.completion = nil
            }
        }
    }
}
