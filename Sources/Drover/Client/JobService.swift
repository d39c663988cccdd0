public import DroverCore
public import Logging
public import ServiceLifecycle
import Synchronization

/// Enqueues jobs and works them: the one object that a program holds.
///
/// ```swift
/// let jobs = JobService(store: SQLiteStore(path: "jobs.sqlite"))
/// try await jobs.store.prepare()
/// jobs.work("email", concurrency: 5) { handlers in
///     handlers.on(SendWelcome.self) { welcome, context in
///         try await mailer.send(.welcome, to: welcome.userID)
///     }
/// }
/// try await jobs.add(SendWelcome(userID: "42"), delay: .seconds(2))
/// try await jobs.run()
/// ```
///
/// A program that only enqueues needs no ``run()``; it calls `store.prepare()` once. The store stays open when the
/// service has ended: whoever made it closes it.
public final class JobService: Service, Sendable {
    private struct State {
        var workers: [WorkerDefinition] = []
        /// What the program declared, and what was wrong with it.
        var schedules: [Result<Schedule, any Error>] = []
        /// What types that were named here say of the encryption of their payloads.
        var parts: [JobName: EncryptedParts] = [:]
        var hasRun = false
        var hasBegun = false
        /// The workers, while they work.
        var group: WorkerGroup?
    }

    /// Where the jobs are. Reading, administering and maintenance by hand go straight to it.
    public let store: any JobStore
    let configuration: ServiceConfiguration
    let logger: Logger
    /// Nil where the process has no tracer.
    let tracing: JobTracing?
    private let control = ShutdownControl()
    private let state = Mutex(State())

    /// A service on a store, with no workers yet.
    public init(
        store: any JobStore, configuration: ServiceConfiguration = ServiceConfiguration(),
        logger: Logger = Logger(label: "drover")
    ) {
        self.store = store
        self.configuration = configuration
        self.logger = logger
        tracing = JobTracing(configuration.tracer)
    }

    /// Adds a worker of one queue, which begins with ``run()``. Call it before.
    ///
    /// - Parameters:
    ///   - queue: the queue to work.
    ///   - concurrency: how many jobs run at once at most; at least 1.
    ///   - options: how the worker works.
    ///   - build: names the handlers.
    public func work(
        _ queue: QueueName, concurrency: Int = 1, options: WorkerOptions = WorkerOptions(),
        _ build: (inout Handlers) -> Void
    ) {
        var handlers = Handlers()
        build(&handlers)
        add(WorkerDefinition(queue: queue, concurrency: concurrency, options: options, handlers: handlers))
    }

    /// The workers, as they were named.
    var definitions: [WorkerDefinition] { state.withLock { $0.workers } }

    /// Adds a worker, unless the service runs.
    func add(_ definition: WorkerDefinition) {
        let isLate = state.withLock { state in
            if !state.hasRun { state.workers.append(definition) }
            state.parts.merge(definition.handlers.parts) { $1 }
            return state.hasRun
        }
        if isLate {
            logger.error(
                "worker added after the service began to run; it does not work",
                metadata: ["queue": .string(definition.queue.text)])
        }
    }

    /// What types that were named here say of the encryption of jobs of this name; nil for nothing.
    func parts(of name: JobName) -> EncryptedParts? { state.withLock { $0.parts[name] } }

    /// What types that were named here say of the encryption of their jobs.
    var allParts: [JobName: EncryptedParts] { state.withLock { $0.parts } }

    /// Takes a declared schedule, to be stored by ``run()``.
    ///
    /// - Parameter parts: what its job's type says of the encryption of its payload.
    package func add(_ schedule: Result<Schedule, any Error>, encryption parts: EncryptedParts? = nil) {
        let isLate = state.withLock { state in
            state.schedules.append(schedule)
            if let parts, let schedule = try? schedule.get() {  // its error is told when the service begins
                state.parts[schedule.name] = parts
            }
            return state.hasRun
        }
        if isLate { logger.error("schedule declared after the service began to run; it is not stored") }
    }

    /// Prepares the store, stores the schedules and works until a graceful shutdown, ``stop()``, the cancellation of the
    /// task, or until every worker has reached its limit.
    ///
    /// A graceful shutdown lets running jobs go on for `WorkerOptions.grace`, cancellation does not. Jobs that are not
    /// done then are cancelled and given back without spending an attempt. Every outcome is stored before the call
    /// returns; a handler that ignores its cancellation holds it up for 5 seconds at most.
    ///
    /// - Throws: ``DroverError`` with the code `refused` when a schedule was declared that can't be stored, or a
    ///   worker's own queue is its dead-letter queue; `StoreError` when the store can't be prepared, or does not let this process wait for work of the queues
    ///   and that would not mend by itself, such as missing rights; ``DroverError`` with the code `alreadyRun` on a second
    ///   call.
    public func run() async throws {
        try state.withLock { state throws(DroverError) in
            if state.hasRun { throw DroverError(.alreadyRun, "a service runs once; make another one") }
            state.hasRun = true
        }
        try await begin()
        let workers = state.withLock { state in
            let group = WorkerGroup(state.workers, store: store, configuration: configuration, logger: logger)
            state.group = group
            return group
        }
        // Unstructured, because what runs must outlive the cancellation of this task until its outcomes are stored.
        let work = Task { [control] in await workers.run(until: control) }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await work.value
            } onGracefulShutdown: { [control] in
                control.request(.graceful)
            }
        } onCancel: { [control] in
            control.request(.immediate)
        }
    }

    /// What ``run()`` begins with, for who wants to know that it went well before something else ends: prepares the store,
    /// looks whether it lets this process wait for work, and stores the declared schedules. Done once.
    ///
    /// - Throws: as ``run()``.
    package func begin() async throws {
        let (queues, schedules) = state.withLock { state in
            state.hasBegun ? ([], []) : (state.workers.map(\.queue), state.schedules)
        }
        for worker in definitions where worker.options.deadLetterQueue == worker.queue {
            throw DroverError(
                .refused, "the worker of \(worker.queue) has its own queue as dead-letter queue; name another one")
        }
        do {
            // All of them before the first is stored.
            for schedule in schedules { try check(schedule.get()) }
        } catch let problem as ValidationError {
            throw DroverError(.refused, "a schedule was not stored: \(problem)", cause: problem)
        }
        try await store.prepare()
        try await checkQueues(queues)
        for schedule in schedules { try await keep(schedule.get()) }
        state.withLock { $0.hasBegun = true }
    }

    /// Looks for work of the queues once, without waiting: what does not mend by itself is better met here than in each
    /// call of the workers. They look anyway, so what was found needs no telling.
    private func checkQueues(_ queues: [QueueName]) async throws(StoreError) {
        if queues.isEmpty { return }
        let interest = WakeInterest(work: Set(queues), cancellations: Set(queues))
        do { _ = try await store.waitForWork(interest, atMost: .zero) } catch {
            if !error.isTransient { throw error }
        }
    }

    /// Changes the workers of a queue, those that are to run and those that do.
    func change(
        _ queue: QueueName, _ definition: (inout WorkerDefinition) -> Void, running: (QueueWorker) -> Void
    ) throws(DroverError) {
        let group = state.withLock { state -> WorkerGroup?? in
            let indices = state.workers.indices.filter { state.workers[$0].queue == queue }
            if indices.isEmpty { return nil }
            for index in indices { definition(&state.workers[index]) }
            return .some(state.group)
        }
        guard let group else { throw DroverError(.notFound, "this service has no worker of the queue \(queue)") }
        for worker in group?.workers(of: queue) ?? [] { running(worker) }
    }

    /// Begins a graceful shutdown from inside the program. Returns at once; ``run()`` returns when it is done.
    public func stop() {
        control.request(.graceful)
    }
}
