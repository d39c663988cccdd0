import Drover
import DroverCore
import Logging

/// The workers and schedules of one configuration, while they run.
struct ServedWork: Sendable {
    private let service: JobService
    private let handlers: [any CommandHandler]

    /// The work that a configuration names, not yet begun.
    ///
    /// - Throws: `ValidationError` when a handler can't be made.
    init(_ configuration: ServeConfiguration, store: any JobStore, session: Session, logger: Logger) throws {
        var session = session
        session.environment["DROVER_HTTP_SECRET"] = configuration.httpSecret
        service = JobService(
            store: store,
            configuration: ServiceConfiguration(clock: session.clock, wallClock: session.wallClock), logger: logger)
        var made: [any CommandHandler] = []
        for queue in configuration.workedQueues {
            var routes: [(name: JobName?, handler: any CommandHandler)] = []
            for route in queue.handlers {
                routes.append((route.name, try route.spec.handler(in: session, logger: logger)))
            }
            made += routes.map(\.handler)
            service.work(queue.name, concurrency: queue.concurrency, options: configuration.options(of: queue)) {
                handlers in
                for (name, handler) in routes {
                    if let name {
                        handlers.on(name) { try await handler.run(HandledAttempt($0)) }
                    } else {
                        handlers.otherwise { try await handler.run(HandledAttempt($0)) }
                    }
                }
            }
        }
        handlers = made
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

    /// Stores the configuration's schedules.
    func put(_ schedules: [DroverCore.Schedule]) async throws {
        for schedule in schedules { try await service.put(schedule) }
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
        options.timeout = queue.defaults.timeout
        return options
    }
}
