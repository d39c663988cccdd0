public import DroverCore

extension FaultInjectingStore {
    /// Puts jobs whose lease has expired back.
    public func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try await perform(.reclaimStalled) { () async throws(StoreError) in
            try await base.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
        }
    }

    /// Removes finished jobs that a rule no longer keeps.
    public func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await perform(.prune) { () async throws(StoreError) in
            try await base.prune(queue, rule, limit: limit)
        }
    }

    /// Says that workers live.
    @discardableResult
    public func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool {
        try await perform(.heartbeat) { () async throws(StoreError) in
            try await base.heartbeat(reports)
        }
    }

    /// Tells parents how their children ended.
    public func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease {
        try await perform(.releaseParents) { () async throws(StoreError) in
            try await base.releaseParents(after: cursor, limit: limit)
        }
    }
}
