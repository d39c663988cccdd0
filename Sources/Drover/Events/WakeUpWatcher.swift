import DroverCore
import Logging
import Synchronization

/// Waits for work for all workers of a process, with one pending call to the store.
///
/// A worker with an empty queue says that it is hungry; it is woken when its queue may have work or its wait is over. A
/// queue that becomes hungry while the call is pending cuts it short, so that the next one includes it, and so does one
/// whose workers shut down.
final class WakeUpWatcher: Sendable {
    private let store: any JobExchanging
    private let queues: [QueueName]
    private let clock: EngineClock
    private let logger: Logger
    private let state: Mutex<WakeUpState>
    private let pending = Mutex<Task<WakeUp, any Error>?>(nil)

    /// - Parameter queues: the queue of each worker, by the worker's index.
    init(store: any JobExchanging, queues: [QueueName], clock: EngineClock, logger: Logger) {
        self.store = store
        self.queues = queues
        self.clock = clock
        self.logger = logger
        state = Mutex(WakeUpState(queues: queues))
    }

    /// The worker has free slots and an empty queue, and wants to be woken within the span at the latest.
    ///
    /// - Returns: whether ``restart()`` is to follow.
    func hungry(_ worker: Int, for span: Duration) -> Bool {
        state.withLock { $0.hungry(worker, until: clock.now() + span, now: clock.now()) }
    }

    /// The worker can't use any work for now.
    func sated(_ worker: Int) { state.withLock { $0.sated(worker) } }

    /// The worker takes no work any more.
    func left(_ worker: Int) { if state.withLock({ $0.left(worker) }) { restart() } }

    /// Cuts the pending call short.
    func restart() { pending.withLock { $0 }?.cancel() }

    /// Waits and wakes until the task is cancelled.
    ///
    /// - Parameters:
    ///   - wake: called with a worker by its index, and why it is woken.
    ///   - hasten: called with a queue of which an active job was cancelled.
    func run(
        wake: @escaping @Sendable (WakeUpState.Woken) -> Void, hasten: @escaping @Sendable (QueueName) -> Void
    ) async {
        if queues.isEmpty { return }
        var failures = 0
        while !Task.isCancelled {
            let call = state.withLock { $0.begin(now: clock.now()) }
            // Unstructured, because it is cancelled by itself when another queue becomes hungry.
            let task = Task { try await store.waitForWork(call.interest, atMost: call.atMost) as WakeUp }
            pending.withLock { $0 = task }
            if state.withLock({ $0.mustRestart }) { task.cancel() }
            let result = await withTaskCancellationHandler {
                await task.result
            } onCancel: {
                task.cancel()
            }
            pending.withLock { $0 = nil }
            if Task.isCancelled { return }
            switch result {
            case .success(let wakeUp):
                let (woken, isFailing) = state.withLock { ($0.ended(wakeUp, now: clock.now()), $0.isFailing) }
                if !isFailing { failures = 0 }
                for woken in woken { wake(woken) }
                for queue in wakeUp.cancellations { hasten(queue) }
            case .failure(let error):
                failures += 1
                logger.log(level: failures == 1 ? .warning : .debug, "waiting for work failed: \(error)")
                let pause = Backoff.exponential(base: .milliseconds(20), maximum: .seconds(1))
                _ = await clock.sleep(for: pause.wait(afterAttempt: failures, random: 0))
                for woken in state.withLock({ $0.failed(now: clock.now()) }) { wake(woken) }
            }
        }
    }
}
