import DroverCore
import Logging

/// All workers of a service with what they share: the keeper of their leases and the wait for work.
final class WorkerGroup: Sendable {
    private let workers: [QueueWorker]
    private let keeper: LeaseKeeper
    private let watcher: WakeUpWatcher

    init(
        _ definitions: [WorkerDefinition], store: any JobStore, configuration: ServiceConfiguration, logger: Logger
    ) {
        let clock = EngineClock(configuration.clock)
        let shortest = definitions.map(\.options.withinBounds.lease).min() ?? .seconds(30)
        let keeper = LeaseKeeper(
            store: store, shortestLease: shortest, clock: clock,
            timer: configuration.clock is ContinuousClock ? nil : ClockDelayTimer(clock: clock), logger: logger)
        let watcher = WakeUpWatcher(
            store: store, queues: definitions.map(\.queue), clock: clock, logger: logger)
        self.keeper = keeper
        self.watcher = watcher
        workers = definitions.enumerated().map { index, definition in
            QueueWorker(
                scope: WorkerScope(
                    queue: definition.queue, concurrency: definition.concurrency, options: definition.options,
                    configuration: configuration, store: store, clock: clock, keeper: keeper, logger: logger,
                    parts: definition.handlers.parts, batches: definition.handlers.batches),
                handlers: definition.handlers, index: index, keeper: keeper, watcher: watcher)
        }
        for (worker, definition) in zip(workers, definitions) where definition.isHeld { worker.hold(true) }
    }

    /// The workers of a queue.
    func workers(of queue: QueueName) -> [QueueWorker] { workers.filter { $0.scope.queue == queue } }

    /// Works until every worker is done, and lets go of everything before it returns.
    func run(until control: ShutdownControl) async {
        // The keeper first: later its task might wait for a thread that a handler blocks.
        keeper.start()
        let heartbeat = Heartbeat(workers)
        await withTaskGroup { group in
            group.addTask { [watcher, workers, keeper] in
                await watcher.run(wake: { workers[$0.worker].wakeUp($0.cause) }, hasten: { keeper.hasten($0) })
            }
            for worker in workers { group.addTask { await QueueMaintenance(scope: worker.scope).run() } }
            group.addTask { await heartbeat?.run() }
            await work(until: control)
            group.cancelAll()
        }
        await heartbeat?.sayGoodbye()
        await keeper.stop()
    }

    private func work(until control: ShutdownControl) async {
        control.listen { [workers] phase in
            for worker in workers { worker.shutDown(gracefully: phase == .graceful) }
        }
        if workers.isEmpty { return await control.wait() }
        await withTaskGroup { group in
            for worker in workers { group.addTask { await worker.run() } }
        }
    }
}

/// What a program said of one worker.
struct WorkerDefinition: Sendable {
    var queue: QueueName
    var concurrency: Int
    var options: WorkerOptions
    var handlers: Handlers
    /// Whether it begins without claiming.
    var isHeld = false
}
