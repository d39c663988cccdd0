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

    /// Asks the attempt to stop, by cancelling its task.
    func stop(_ reason: StopReason) {
        let task = state.withLock { state in
            state.stop = max(reason, state.stop ?? reason)
            return state.task
        }
        task?.cancel()
    }

    /// Why the attempt was asked to stop, if it was.
    var stopReason: StopReason? { state.withLock { $0.stop } }
}
