public import DroverCore

/// Jobs that run one after another, each with a payload made from the result of the one before.
///
/// ```swift
/// let chain = Chain(FetchPage(url: "https://example.org"))
///     .then(Translate.self, mapping: ["text": "result.body"])
///     .then(SendMail(to: "me@example.org"), mapping: ["body": "result"])
/// let key = try await jobs.add(chain)
/// ```
///
/// It is a flow in which each job waits for one: stored as a whole or not at all, over any queues. When a job fails for good
/// those behind it fail, too.
public struct Chain: Sendable {
    private let queue: QueueName
    /// The last job with all before it.
    private let make: @Sendable (ServiceConfiguration) throws -> NewJob

    private init(queue: QueueName, make: @escaping @Sendable (ServiceConfiguration) throws -> NewJob) {
        self.queue = queue
        self.make = make
    }

    /// A chain of one job.
    ///
    /// - Parameters:
    ///   - payload: what its handler is given.
    ///   - id: an id of the program's own.
    ///   - delay: how long it waits before it may be claimed.
    ///   - options: how it is run; nil takes the type's.
    public init<P: JobPayload>(
        _ payload: P, id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil
    ) {
        self.init(queue: P.queue) { service in
            try service.newJob(payload, id: id, delay: delay, runAt: nil, options: options)
        }
    }

    /// The chain with one more job, whose payload is the given one but for what the mapping replaces.
    ///
    /// - Parameters:
    ///   - payload: what its handler is given where the mapping says nothing.
    ///   - mapping: where in the payload stands what of the result of the job before, as `["text": "result.body"]`: a path to
    ///     the left, which is added where it is missing, and to the right one that begins with `result`. A path names members with
    ///     dots between them and places in arrays, as `items[0].body`; a name with a dot, a bracket, a quote or a blank stands in
    ///     quotes.
    ///   - id: an id of the program's own. On the last job it makes the call safe to repeat.
    ///   - delay: how long it waits once the job before has completed.
    ///   - options: how it is run; nil takes the type's.
    public func then<P: JobPayload>(
        _ payload: P, mapping: [String: String] = [:], id: JobID? = nil, delay: Duration? = nil,
        options: JobOptions? = nil
    ) -> Chain {
        followed(by: P.queue, mapping) { service in
            try service.newJob(payload, id: id, delay: delay, runAt: nil, options: options)
        }
    }

    /// The chain with one more job, whose payload is made by the mapping alone.
    ///
    /// - Parameters:
    ///   - type: of the payload.
    ///   - mapping: as with a payload.
    ///   - id: an id of the program's own.
    ///   - delay: how long it waits once the job before has completed.
    ///   - options: how it is run; nil takes the type's.
    public func then<P: JobPayload>(
        _ type: P.Type, mapping: [String: String], id: JobID? = nil, delay: Duration? = nil, options: JobOptions? = nil
    ) -> Chain {
        followed(by: P.queue, mapping) { service in
            let payload = try service.stored(.emptyObject, P.encryption, of: P.name, in: P.queue)
            return NewJob(
                id: id, name: P.name, payload: payload, start: delay.map { .after($0) } ?? .now,
                options: options ?? P.options)
        }
    }

    private func followed(
        by queue: QueueName, _ mapping: [String: String],
        _ next: @escaping @Sendable (ServiceConfiguration) throws -> NewJob
    ) -> Chain {
        Chain(queue: queue) { [make, before = self.queue] service in
            var job = try next(service)
            job.options.inputs = mapping
            if let problem = job.options.problem ?? InputMapping.problem(of: mapping) {
                throw DroverError(.refused, "the job \(job.name) of a chain was not stored: \(problem)", cause: problem)
            }
            job.children = [ChildJob(before, try make(service), onFailure: .failParent)]
            return job
        }
    }

    /// The last job, which waits for those before it.
    func job(_ service: ServiceConfiguration) throws -> (queue: QueueName, job: NewJob) { (queue, try make(service)) }
}

extension JobService {
    /// Stores a chain of jobs, all or none.
    ///
    /// - Parameters:
    ///   - chain: the jobs.
    ///   - whenFull: as in ``add(_:whenFull:)-(Flow,_)``.
    /// - Returns: the key of the last job, whose result is that of the chain.
    /// - Throws: ``DroverError`` with the code `refused` for a mapping that can't be read; else as
    ///   ``add(_:id:delay:runAt:options:whenFull:)``.
    @discardableResult
    public func add(_ chain: Chain, whenFull: WhenFull? = nil) async throws -> JobKey {
        let (queue, job) = try chain.job(configuration)
        let whenFull = whenFull ?? configuration.whenFull
        let results = try await enqueue([job], in: queue, whenFull)
        if whenFull != .refuse, results.first?.isQueueFull == true { try Task.checkCancellation() }
        return try job.key(in: queue, results)
    }
}
