import Drover
import DroverCore
import Logging

/// The workers and schedules of one configuration, while they run.
struct ServedWork: Sendable {
    private let service: JobService
    private var handlers: [any CommandHandler]

    /// The work that a configuration names, ready to begin: the store lets this process work, and has the schedules.
    ///
    /// - Throws: `ValidationError` when a handler can't be made; `StoreError` or ``DroverError`` when the store refuses
    ///   something. Nothing is left behind but schedules that were stored before.
    static func begin(
        _ configuration: ServeConfiguration, store: any JobStore, session: Session, logger: Logger
    ) async throws -> ServedWork {
        var settings = ServiceConfiguration(clock: session.clock, wallClock: session.wallClock)
        settings.encryption = configuration.encryption
        if configuration.log.jobs { settings.jobLogLevel = .info }
        let service = JobService(store: store, configuration: settings, logger: logger)
        var work = ServedWork(service: service, handlers: [])
        let caps = configuration.caps.mapValues { ConcurrencyCap($0) }
        do {
            for queue in configuration.workedQueues {
                try work.add(
                    queue, configuration, cap: queue.cap.flatMap { caps[$0] }, session: session, logger: logger)
            }
            for schedule in configuration.schedules { service.add(.success(schedule)) }
            try await service.begin()
            try await bound(configuration.queues, in: store)
            return work
        } catch {
            await work.close()
            throw error
        }
    }

    /// Bounds the queues that are to be bounded, or no longer; those of which nothing is said stay as they are.
    static func bound(_ queues: [QueueConfiguration], in store: any JobStore) async throws {
        let settings = queues.flatMap { queue -> [QueueSetting] in
            let groups = queue.groups.flatMap { $0.group.settings(of: $0.name, in: queue.name) }
            return [
                queue.maxLength.map { .maxLength(queue.name, $0.most) },
                queue.globalConcurrency.map { .concurrency(queue.name, $0.most) },
                queue.rate.map { .rateLimit(queue.name, $0.limit) },
            ].compactMap { $0 } + queue.everyGroup.settings(of: nil, in: queue.name) + groups
        }
        if settings.isEmpty { return }
        for case .refused(let problem) in try await store.configure(settings) { throw problem }
    }

    private mutating func add(
        _ queue: QueueConfiguration, _ configuration: ServeConfiguration, cap: ConcurrencyCap?, session: Session,
        logger: Logger
    ) throws {
        var session = session
        session.environment["DROVER_HTTP_SECRET"] = configuration.httpSecret
        var routes: [(name: JobName?, handler: any CommandHandler)] = []
        for route in queue.handlers {
            let handler = try route.spec.handler(in: session, logger: logger)
            handlers.append(handler)
            routes.append((route.name, handler))
        }
        var options = configuration.options(of: queue)
        options.cap = cap
        service.work(queue.name, concurrency: queue.concurrency, options: options) { handlers in
            for (name, handler) in routes {
                if let name {
                    handlers.on(name) { try await handler.run(HandledAttempt($0)) }
                } else {
                    handlers.otherwise { try await handler.run(HandledAttempt($0)) }
                }
            }
        }
    }

    /// Works until ``stop()`` or until the task is cancelled.
    func run() async throws {
        do { try await service.run() } catch {
            await close()
            throw error
        }
        await close()
    }

    /// Lets running jobs end, and claims no more.
    func stop() { service.stop() }

    /// Changes how many jobs of the queues run at once.
    func resize(_ queues: [QueueConfiguration]) throws {
        for queue in queues { try service.setConcurrency(queue.concurrency, of: queue.name) }
    }

    private func close() async {
        for handler in handlers { await handler.close() }
    }
}

extension ServeConfiguration {
    /// How a queue's worker works.
    fileprivate func options(of queue: QueueConfiguration) -> WorkerOptions {
        var options = WorkerOptions(
            lease: worker.lease, grace: worker.grace, maxStalled: worker.maxStalled,
            completedRetention: queue.defaults.keepCompleted, failedRetention: queue.defaults.keepFailed)
        options.attempts = queue.defaults.attempts
        options.backoff = queue.defaults.backoff
        options.retryFor = queue.defaults.retryFor
        options.timeout = queue.defaults.timeout
        options.rateLimit = queue.workerRate
        options.deadLetterQueue = queue.defaults.deadLetter?.queue
        return options
    }
}
