public import DroverCore

extension FaultInjectingStore {
    /// Reads jobs by key.
    public func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] {
        try await perform(.readJobs) { () async throws(StoreError) in
            try await base.jobs(keys)
        }
    }

    /// Lists jobs of one state.
    public func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try await perform(.listJobs) { () async throws(StoreError) in
            try await base.jobs(matching: query, page: page)
        }
    }

    /// Lists the queues.
    public func queues() async throws(StoreError) -> [QueueSummary] {
        try await perform(.queues) { () async throws(StoreError) in
            try await base.queues()
        }
    }

    /// Lists the living workers.
    public func workers() async throws(StoreError) -> [WorkerSummary] {
        try await perform(.workers) { () async throws(StoreError) in
            try await base.workers()
        }
    }

    /// Lists the children of a job.
    public func children(
        of key: JobKey, _ status: ChildStatus, page: Page
    ) async throws(StoreError) -> ChildPage {
        try await perform(.children) { () async throws(StoreError) in
            try await base.children(of: key, status, page: page)
        }
    }

    /// Reads a job's log.
    public func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        try await perform(.logs) { () async throws(StoreError) in
            try await base.logs(key, page: page)
        }
    }

    /// Reads a queue's events.
    public func events(
        _ query: EventQuery, waitingAtMost wait: Duration
    ) async throws(StoreError) -> EventPage {
        try await perform(.events) { () async throws(StoreError) in
            try await base.events(query, waitingAtMost: wait)
        }
    }
}
