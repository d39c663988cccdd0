public import DroverCore

extension JobService {
    /// Stores a tree of jobs, all or none.
    ///
    /// - Parameters:
    ///   - flow: the tree.
    ///   - whenFull: what to do where a queue of it holds as many jobs as it may; nil takes
    ///     ``ServiceConfiguration/whenFull``. A flow of more jobs than a queue may ever hold is refused at once.
    /// - Returns: the key of the first job. If there is one under its id, nothing is stored.
    /// - Throws: as ``add(_:id:delay:runAt:options:whenFull:)``.
    @discardableResult
    public func add(_ flow: Flow, whenFull: WhenFull? = nil) async throws -> JobKey {
        let job = try flow.job(configuration)
        let whenFull = whenFull ?? configuration.whenFull
        let results = try await enqueue([job], in: flow.queue, whenFull)
        if whenFull != .refuse, results.first?.isQueueFull == true { try Task.checkCancellation() }
        return try job.key(in: flow.queue, results)
    }

    /// Stores a graph of jobs, all or none.
    ///
    /// - Parameters:
    ///   - graph: the jobs, and which waits for which.
    ///   - whenFull: as in ``add(_:whenFull:)-(Flow,_)``.
    /// - Returns: the keys by the names in the graph. If the first job of it that nobody waits for has an id that is known, nothing is
    ///   stored, and those are told of jobs with ids of their own.
    /// - Throws: as ``add(_:id:delay:runAt:options:whenFull:)``; ``DroverError`` with the code `refused` also for a cycle, told by
    ///   its names, and for a name that is there twice, not at all, or no name: empty, longer than 512 bytes or of several lines.
    @discardableResult
    public func add(_ graph: Graph, whenFull: WhenFull? = nil) async throws -> [String: JobKey] {
        let plan: NamedGraph.Assembled
        do {
            plan = try graph.named(configuration).assembled()
        } catch let problem as ValidationError {
            throw DroverError(.refused, "the graph was not stored: \(problem)", cause: problem)
        }
        let whenFull = whenFull ?? configuration.whenFull
        let results = try await enqueue([plan.job], in: plan.queue, whenFull)
        if whenFull != .refuse, results.first?.isQueueFull == true { try Task.checkCancellation() }
        _ = try plan.job.key(in: plan.queue, results)
        let isStored = if case .added? = results.first { true } else { false }
        var keys: [String: JobKey] = [:]
        for (place, node) in graph.nodes.enumerated() where isStored || plan.hasOwnID[place] {
            keys[node.name] = plan.keys[place]
        }
        return keys
    }

    /// Reads a job with what is below it in its flow.
    ///
    /// - Parameters:
    ///   - key: the job at the top.
    ///   - depth: how many levels below it are read; 0 for the job alone.
    ///   - limit: how many children of each status are read of each job, about; 1 to 1,000.
    /// - Returns: the tree, or nil when there is no such job. Payloads and results are as they are stored.
    /// - Throws: `StoreError`.
    public func flow(_ key: JobKey, depth: Int = 10, limit: Int = 20) async throws(StoreError) -> FlowTree? {
        try await FlowTree.read(key, from: store, depth: depth, limit: limit)
    }
}
