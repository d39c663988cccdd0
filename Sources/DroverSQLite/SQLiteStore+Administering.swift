public import DroverCore

extension SQLiteStore {
    /// Applies commands in one transaction.
    public func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        if commands.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.apply(commands) }
    }

    /// Changes settings in one transaction.
    public func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        if settings.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.configure(settings) }
    }

    /// Does one step of a sweep in one transaction.
    public func sweep(
        _ sweep: Sweep, after cursor: PageCursor?, limit: Int
    ) async throws(StoreError) -> SweepReport {
        let place = try cursor.map(PlaceCursor.init)
        return try await write { session throws(StoreError) in try session.sweep(sweep, after: place, limit: limit) }
    }
}
