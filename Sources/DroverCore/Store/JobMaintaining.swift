/// What keeps a store in order while workers run. Every call is bounded and safe to repeat.
public protocol JobMaintaining: Sendable {
    /// Puts jobs whose lease has expired back to the front of the line and counts a stall on each.
    ///
    /// A job that has now stalled more than `maxStalled` times, or that
    /// somebody asked to cancel, carries a deferred failure
    /// (`JobRecord.deferredFailure`). The job that a schedule made for a slot
    /// carries none for its stalls while there is that schedule.
    ///
    /// - Returns: what was put back, at most `limit` jobs; fewer means that nothing is left.
    func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob]

    /// Removes finished jobs that a rule no longer keeps, oldest first.
    ///
    /// - Returns: how many were removed, at most `limit`; fewer means that nothing is left.
    func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int

    /// Says that workers live: one call for all of a process.
    ///
    /// Reports are taken in order, all or none; of two that name the same worker the later one counts. Without any
    /// nothing happens.
    ///
    /// - Returns: whether ``releaseParents(after:limit:)`` may have something to do.
    @discardableResult
    func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool

    /// Tells parents how their children ended where another client ended them that knows only of the first of several
    /// parents (`JobRecord.dependents`). Where only Drover ends jobs there is nothing to do. A job that was told is not told
    /// twice. A store may leave a round to another process that has begun and ended one less than
    /// ``ParentRelease/freshness`` ago.
    ///
    /// - Parameters:
    ///   - cursor: what the step before returned; nil for the first.
    ///   - limit: how many jobs to look at, about.
    func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease
}
