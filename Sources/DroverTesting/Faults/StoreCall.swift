/// The calls of a store, by name, so that faults can be aimed and counted.
public enum StoreCall: String, CaseIterable, Hashable, Sendable {
    /// `prepare()`.
    case prepare
    /// `enqueue(_:_:)`.
    case enqueue
    /// `exchange(_:id:settle:claim:)`.
    case exchange
    /// `renew(_:)`.
    case renew
    /// `record(_:)`.
    case record
    /// `waitForWork(_:atMost:)`.
    case waitForWork
    /// `reclaimStalled(_:maxStalled:limit:)`.
    case reclaimStalled
    /// `prune(_:_:limit:)`.
    case prune
    /// `heartbeat(_:)`.
    case heartbeat
    /// `releaseParents(after:limit:)`.
    case releaseParents
    /// `jobs(_:)`.
    case readJobs
    /// `jobs(matching:page:)`.
    case listJobs
    /// `queues()`.
    case queues
    /// `workers()`.
    case workers
    /// `children(of:_:page:)`.
    case children
    /// `logs(_:page:)`.
    case logs
    /// `events(_:waitingAtMost:)`.
    case events
    /// `apply(_:)`.
    case apply
    /// `configure(_:)`.
    case configure
    /// `sweep(_:after:limit:)`.
    case sweep
    /// `put(_:)`.
    case putSchedules
    /// `fire(_:)`.
    case fire
    /// `apply(_:)` of commands to allowances.
    case applyToAllowances
    /// `apply(_:)` of commands to schedules.
    case applyToSchedules
    /// `schedules(_:page:)`.
    case listSchedules
    /// `movePage(_:page:)`.
    case movePage
    /// `move(_:)`.
    case move
}
