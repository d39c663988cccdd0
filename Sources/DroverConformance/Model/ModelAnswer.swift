import DroverCore

/// What a store answered to a ``ModelOperation``, without what stores may choose freely: ids that it generated,
/// cursors and positions, the instant at which it began, the words of a refusal.
enum ModelAnswer: Equatable, Sendable {
    case nothing
    case enqueued([EnqueueResult])
    case exchanged(ExchangeReply)
    case renewed([LeaseStatus])
    case recorded([ReportStatus])
    case reclaimed([StalledJob])
    case pruned(Int)
    /// Of how many jobs parents were told.
    case released(Int)
    case commanded([CommandResult])
    case allowed([AllowanceResult])
    case swept([SweepStep])
    case looked([JobRecord?])
    case listed([JobRecord], goesOn: Bool)
    /// The active jobs, of which no order is promised.
    case gathered(Set<JobRecord>)
    /// Children, of whom no order is promised, and the counts that the pages told.
    case children(Set<ChildRecord>, [ChildCounts])
    /// What a search found, as a set where no order is promised, and the number that a count found.
    case searched([JobRecord], Set<JobRecord>, count: Int)
    case held(DeduplicationHold?, JobRecord?)
    case groups([GroupSummary], GroupLimits)
    case queues([QueueSummary])
    case workers([WorkerSummary])
    case log([String], totals: Set<Int>)
    case events([JobEvent], hasGap: Bool)
    case planned([PlanResult])
    case fired([FiringResult])
    case schedules([ScheduleRecord], goesOn: Bool)
    case threw(StoreError.Code, String)

    /// One step of a sweep.
    enum SweepStep: Equatable, Sendable { case removed(Int, isLast: Bool), refused }

    /// A refusal without its words.
    static let refusal = ValidationError("refused", "")
}
