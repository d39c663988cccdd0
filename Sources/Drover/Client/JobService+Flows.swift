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
