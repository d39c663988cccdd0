public import DroverCore

extension FaultInjectingStore {
    /// Applies commands, in order.
    public func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        try await perform(.apply) { () async throws(StoreError) in
            try await base.apply(commands)
        }
    }

    /// Changes settings of queues, in order.
    public func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try await perform(.configure) { () async throws(StoreError) in
            try await base.configure(settings)
        }
    }

    /// Does one bounded step of a sweep.
    public func sweep(
        _ sweep: Sweep, after cursor: PageCursor?, limit: Int
    ) async throws(StoreError) -> SweepReport {
        try await perform(.sweep) { () async throws(StoreError) in
            try await base.sweep(sweep, after: cursor, limit: limit)
        }
    }
}
