package import DroverCore

/// Works the jobs of a service's queues one by one in the caller's task, for tests of programs.
///
/// All that a worker does to a job happens: middleware, timeout, retry, schedules. Nothing is worked at the same time, no
/// lease is renewed, and nobody waits for work. Caps, limits and paused workers do not count.
package struct Drainer: Sendable {
    /// What one step did.
    package enum Step: Sendable {
        /// An attempt was run at a job as it was claimed. It ended so, or lost its lease, for which there is nil.
        case ran(JobRecord, Outcome?)
        /// Nothing can be claimed; the next job is due in so long, or never.
        case idle(nextDueIn: Duration?)
    }

    private let workers: [(scope: WorkerScope, executor: AttemptExecutor)]
    private let service: JobService
    private let prefix = HostIdentity.randomPart()

    /// - Parameter service: one that does not run.
    package init(_ service: JobService) {
        self.service = service
        let clock = EngineClock(service.configuration.clock)
        // It keeps nothing: what completes in a transaction tells it so.
        let keeper = LeaseKeeper(
            store: service.store, shortestLease: .seconds(30), clock: clock, timer: nil, logger: service.logger)
        workers = service.definitions.map { definition in
            let scope = WorkerScope(
                queue: definition.queue, concurrency: 1, options: definition.options,
                configuration: service.configuration, store: service.store, clock: clock, keeper: keeper,
                logger: service.logger, parts: definition.handlers.parts)
            return (scope, AttemptExecutor(scope: scope, handlers: definition.handlers))
        }
    }

    /// Prepares the store and stores the declared schedules, once.
    package func begin() async throws { try await service.begin() }

    /// Runs one attempt: the next of the first queue that has one.
    ///
    /// - Parameter number: another one for each step of this drainer.
    package func step(_ number: Int) async throws(StoreError) -> Step {
        var next: Duration?
        for (index, worker) in workers.enumerated() {
            let scope = worker.scope
            let claim = Claim(limit: 1, lease: scope.options.lease, worker: scope.name)
            let id = ExchangeID("\(prefix):\(number):\(index)")
            let reply = try await scope.store.exchange(scope.queue, id: id, settle: [], claim: claim)
            guard let claimed = reply.claimed.first else {
                if !reply.isPaused { next = [next, reply.nextDueIn].compactMap(\.self).min() }
                continue
            }
            let attempt = Attempt(number: number, claimed: claimed)
            let settlement = await worker.executor.execute(attempt)
            // Without a settlement the handler has completed the job in a transaction of its own.
            guard let settlement else {
                let isCompleted = attempt.fate.isCompleted
                return .ran(claimed.job, isCompleted ? .completed(.null) : nil)
            }
            let end = try await scope.store.exchange(
                scope.queue, id: ExchangeID("\(id.text):end"), settle: [settlement], claim: nil)
            return .ran(claimed.job, end.settled == [.settled] ? settlement.outcome : nil)
        }
        return .idle(nextDueIn: next)
    }
}

extension JobService {
    /// A job's payload as its type.
    ///
    /// - Throws: an error that names what does not fit.
    package func payload<P: JobPayload>(of job: JobRecord, as type: P.Type) throws -> P {
        let opened = try PayloadSealer.open(job.payload, of: job.name, with: configuration.encryption?.keys)
        return try PayloadCoding().decode(type, from: opened?.payload ?? job.payload)
    }

    /// A stored result as what the handler returned.
    ///
    /// - Throws: an error that names what does not fit.
    package func result<P: JobPayload>(_ result: JSONText, of type: P.Type) throws -> P.Result {
        let opened = try SealedResult.open(result, of: P.name, with: configuration.encryption?.keys)
        return try PayloadCoding().decode(P.Result.self, from: opened)
    }

    /// A service with the same workers on another store, which does not run.
    package func copy(on store: any JobStore) -> JobService {
        let copy = JobService(store: store, configuration: configuration, logger: logger)
        for definition in definitions { copy.add(definition) }
        return copy
    }
}
