import DroverCore
import Logging

/// Says that the workers of a service live: one call for all of them, as often as the one that reports most often wants. What it is
/// told about parents that wait, ``ParentReleasing`` need not ask.
struct Heartbeat: Sendable {
    private let workers: [QueueWorker]
    private let scope: WorkerScope
    private let interval: Duration

    /// - Returns: nil without workers, of which there is nothing to say.
    init?(_ workers: [QueueWorker]) {
        guard let first = workers.first else { return nil }
        self.workers = workers
        scope = first.scope
        interval = workers.map(\.scope.options.heartbeatInterval).reduce(first.scope.options.heartbeatInterval, min)
    }

    /// Goes on until the task is cancelled.
    func run() async {
        var releasing = ParentReleasing(scope)
        let step = releasing == nil ? interval : min(interval, ParentReleasing.interval)
        var untilReport = Duration.zero
        // Whether there are jobs of which parents may have to be told, as the last report was answered.
        var isShared = false
        var wait: Duration
        repeat {
            var mayRelease = true
            // Rather half a step early than a whole one late.
            if untilReport <= step / 2 {
                let answer = await report { $0.options.heartbeatInterval * 3 }
                // A call that failed has told nothing.
                (isShared, mayRelease) = (answer ?? isShared, answer ?? true)
                untilReport = interval
            }
            let isLeft = mayRelease ? await releasing?.round() ?? false : false
            wait = isShared || isLeft ? step / 2 : step
            untilReport -= wait
        } while await scope.clock.sleep(for: wait)
    }

    /// Takes the workers off the list of the living.
    func sayGoodbye() async { await report { _ in .zero } }

    /// - Returns: whether there may be parents to be told; nil where the call failed.
    @discardableResult
    private func report(validFor: (WorkerScope) -> Duration) async -> Bool? {
        let reports = workers.map { worker in
            WorkerReport(
                id: worker.scope.name, queue: worker.scope.queue, host: HostIdentity.current.host,
                process: HostIdentity.current.process, concurrency: worker.concurrency,
                running: worker.runningCount, validFor: validFor(worker.scope))
        }
        do {
            return try await scope.store.heartbeat(reports)
        } catch {
            // The next one tries again. A call cut short by the end of the service is not worth a line.
            if !Task.isCancelled { scope.logger.warning("the heartbeat of the workers failed: \(error)") }
            return nil
        }
    }
}
