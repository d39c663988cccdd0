public import DroverCore

extension SQLiteStore {
    /// Applies commands to allowances in one transaction.
    public func apply(_ commands: [AllowanceCommand]) async throws(StoreError) -> [AllowanceResult] {
        if commands.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.apply(commands) }
    }
}
