/// Counting what is reserved of allowances.
public protocol AllowanceKeeping: Sendable {
    /// Applies commands, in order, each by itself (rule 3). A repeated reservation counts once.
    ///
    /// - Returns: one result for each command, in its place.
    func apply(_ commands: [AllowanceCommand]) async throws(StoreError) -> [AllowanceResult]
}
