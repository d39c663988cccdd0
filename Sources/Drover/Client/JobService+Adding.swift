public import DroverCore

extension JobService {
    /// Enqueues a typed job. When the call returns, it is as durable as the store's traits say.
    ///
    /// - Parameters:
    ///   - payload: what the handler is given.
    ///   - id: an id of the program's own; a job that exists under it stays as it is, and its key is returned. With an
    ///     id, repeating the call after an error is safe. Nil has the store make one.
    ///   - delay: how long the job waits before it may be claimed.
    ///   - runAt: from when it may be claimed; give this or `delay`.
    ///   - options: how it is run; nil takes the type's.
    /// - Returns: the job's key.
    /// - Throws: ``DroverError`` with the code `refused` or `payloadTooLarge`, an `EncodingError`, or `StoreError`, after
    ///   which the job may have been stored or not.
    @discardableResult
    public func add<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, runAt: Timestamp? = nil, options: JobOptions? = nil
    ) async throws -> JobKey {
        let text = try PayloadCoding().encode(payload)
        try configuration.checkPayload(text)
        let start: NewJob.Start
        switch (delay, runAt) {
        case (nil, nil): start = .now
        case (let delay?, nil): start = .after(delay)
        case (nil, let instant?): start = .at(instant)
        case (_?, _?): throw DroverError(.refused, "the job has a delay and an instant to run at; give one of them")
        }
        let job = NewJob(id: id, name: P.name, payload: text, start: start, options: options ?? P.options)
        switch try await store.enqueue(P.queue, [job]).first {
        case .added(let id)?, .duplicate(let id)?:
            return JobKey(queue: P.queue, id: id)
        case .refused(let problem)?:
            throw DroverError(.refused, "the job \(P.name) was not stored: \(problem)", cause: problem)
        case nil:
            throw StoreError(.corrupt, "the store \(store.traits.name) gave no answer for an enqueued job")
        }
    }

    /// Enqueues many jobs of one queue, in order.
    ///
    /// - Returns: one result for each job, in its place. A job that is refused, also for the length of its payload, does
    ///   not keep the others back.
    /// - Throws: `StoreError`, after which any of the jobs may have been stored.
    @discardableResult
    public func add(_ jobs: [NewJob], to queue: QueueName) async throws -> [EnqueueResult] {
        let problems = jobs.map { configuration.payloadProblem($0.payload) }
        if problems.allSatisfy({ $0 == nil }) { return try await store.enqueue(queue, jobs) }
        let accepted = zip(jobs, problems).filter { $1 == nil }.map(\.0)
        var results = accepted.isEmpty ? [] : try await store.enqueue(queue, accepted)[...]
        return problems.map { problem in problem.map { .refused($0) } ?? results.removeFirst() }
    }
}
