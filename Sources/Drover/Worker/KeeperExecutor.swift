import Dispatch

/// Runs the jobs of an actor one after another on a queue of its own, beside the shared pool of threads.
///
/// A serial queue takes its thread from Dispatch's pool that may grow, so it runs even while handlers block every
/// thread of the pool that tasks share.
final class KeeperExecutor: SerialExecutor {
    let queue = DispatchQueue(label: "drover.leases", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}
