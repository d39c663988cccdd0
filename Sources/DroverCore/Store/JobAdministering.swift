/// Acting on jobs and queues by hand.
public protocol JobAdministering: Sendable {
    /// Applies commands, in order, each by itself (rule 3).
    ///
    /// - Returns: one result for each command, in its place.
    func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult]

    /// Changes settings of queues, in order. A queue that does not exist begins to, unless there is
    /// nothing to be changed in it.
    ///
    /// - Returns: one result for each setting, in its place.
    func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult]

    /// Does one bounded step of a sweep: looks at no more than `limit` jobs.
    ///
    /// - Parameters:
    ///   - sweep: what to remove.
    ///   - cursor: what the step before returned; nil for the first.
    ///   - limit: how many jobs to look at, at most.
    func sweep(_ sweep: Sweep, after cursor: PageCursor?, limit: Int) async throws(StoreError) -> SweepReport
}
