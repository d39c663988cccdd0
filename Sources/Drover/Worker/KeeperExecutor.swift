import Dispatch

/// Runs a task on a queue of its own, beside the shared pool of threads.
///
/// A serial queue takes its thread from Dispatch's pool that may grow, so it runs even while handlers block every
/// thread of the pool that tasks share. A task executor and not that of an actor: a continuation that is resumed goes
/// back to the task's executor, and from an actor's method by way of the shared pool.
final class KeeperExecutor: TaskExecutor {
    let queue = DispatchQueue(label: "drover.leases", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
