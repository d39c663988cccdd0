public import DroverCore

extension JobService {
    /// Enqueues a typed job. When the call returns, it is as durable as the store's traits say.
    ///
    /// - Parameters:
    ///   - payload: what the handler is given.
    ///   - id: an id of the program's own; a job that exists under it stays as it is, and its key is returned. With an
    ///     id, repeating the call after an error is safe. Nil takes that of ``JobPayload/unique``, or has the store make
    ///     one.
    ///   - delay: how long the job waits before it may be claimed.
    ///   - runAt: from when it may be claimed; give this or `delay`.
    ///   - options: how it is run; nil takes the type's.
    ///   - whenFull: what to do where the queue holds as many jobs as it may; nil takes
    ///     ``ServiceConfiguration/whenFull``.
    /// - Returns: the job's key.
    /// - Throws: ``DroverError`` with the code `refused`, `payloadTooLarge` or `queueFull`, an `EncodingError`,
    ///   `CancellationError` when the task was cancelled while it waited for room, and the job is not stored; or
    ///   `StoreError`, after which the job may have been stored or not.
    @discardableResult
    public func add<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, runAt: Timestamp? = nil, options: JobOptions? = nil,
        whenFull: WhenFull? = nil
    ) async throws -> JobKey {
        let job = try newJob(payload, id: id, delay: delay, runAt: runAt, options: options)
        let whenFull = whenFull ?? configuration.whenFull
        let results = try await enqueue([job], in: P.queue, whenFull)
        if whenFull != .refuse, results.first?.isQueueFull == true { try Task.checkCancellation() }
        return try key(of: job, in: P.queue, results)
    }

    /// The job that a call is to store.
    func newJob<P: JobPayload>(
        _ payload: P, id: JobID?, delay: Duration?, runAt: Timestamp?, options: JobOptions?
    ) throws -> NewJob {
        try configuration.newJob(payload, id: id, delay: delay, runAt: runAt, options: options)
    }

    /// The key under which a job was stored, or of the one that stands for it.
    func key(of job: NewJob, in queue: QueueName, _ results: [EnqueueResult]) throws -> JobKey {
        try job.key(in: queue, results)
    }

    /// Enqueues many jobs of one queue, in order.
    ///
    /// - Parameters:
    ///   - jobs: the jobs, their payloads plain.
    ///   - queue: where they go.
    ///   - parts: what of their payloads is encrypted; nil leaves it to what is said of the queue.
    ///   - whenFull: what to do where the queue holds as many jobs as it may; nil takes
    ///     ``ServiceConfiguration/whenFull``. There may be more jobs than the queue may hold: they are stored as it is
    ///     worked.
    /// - Returns: one result for each job, in its place. A job that is refused, also for the length of its payload, does
    ///   not keep the others back. When the queue is full the first jobs that fit are stored, and those for which there
    ///   is no room at the end of the wait, also when the task was cancelled, answer `queueFull`.
    /// - Throws: ``DroverError`` with the code `refused` when the payloads are to be encrypted and there is no key;
    ///   `StoreError`, after which any of the jobs may have been stored.
    @discardableResult
    public func add(
        _ jobs: [NewJob], to queue: QueueName, encryption parts: EncryptedParts? = nil, whenFull: WhenFull? = nil
    ) async throws -> [EnqueueResult] {
        let (accepted, problems) = try accepted(jobs, for: queue, parts)
        if accepted.isEmpty { return merge([], problems) }
        return merge(try await enqueue(accepted, in: queue, whenFull ?? configuration.whenFull), problems)
    }

    /// Those jobs that a store is to be given, in their stored form, and what is wrong with each of the others, in its
    /// place; nothing when that is none.
    func accepted(
        _ jobs: [NewJob], for queue: QueueName, _ parts: EncryptedParts?
    ) throws -> ([NewJob], problems: [ValidationError?]) {
        var jobs = jobs
        var problems: [ValidationError?] = []
        if configuration.encryption != nil || parts != nil {
            for index in jobs.indices {
                do {
                    jobs[index] = try configuration.stored(jobs[index], parts, in: queue)
                    problems.append(configuration.payloadProblem(of: jobs[index]))
                } catch let problem as ValidationError {
                    problems.append(problem)
                }
            }
        } else {
            problems = jobs.map { configuration.payloadProblem(of: $0) }
        }
        if problems.allSatisfy({ $0 == nil }) { return (jobs, []) }
        return (zip(jobs, problems).filter { $1 == nil }.map(\.0), problems)
    }

    /// The store's results and the problems, in the places of the jobs.
    func merge(_ results: [EnqueueResult], _ problems: [ValidationError?]) -> [EnqueueResult] {
        if problems.isEmpty { return results }
        var results = results[...]
        return problems.map { problem in problem.map { .refused($0) } ?? results.removeFirst() }
    }

    /// Has jobs stored, in their stored form, and traces that.
    func enqueue(
        _ jobs: [NewJob], in queue: QueueName, _ whenFull: WhenFull
    ) async throws -> [EnqueueResult] {
        guard let tracing else { return try await offer(jobs, to: queue, whenFull) }
        return try await tracing.enqueue(queue, jobs) { try await offer($0, to: queue, whenFull) }
    }
}
