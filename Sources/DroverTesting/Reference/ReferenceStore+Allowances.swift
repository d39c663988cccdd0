public import DroverCore

extension ReferenceStore {
    /// Applies commands to allowances, in order, each by itself.
    public func apply(_ commands: [AllowanceCommand]) async throws(StoreError) -> [AllowanceResult] {
        try withState { state, now throws(StoreError) in
            commands.map { state.allowances.apply($0, now: now) }
        }
    }
}
