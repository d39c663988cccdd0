package import DroverCore

/// A store in front of another one, which changes some calls and passes the others on.
package protocol ForwardingStore: JobStore {
    /// The store behind.
    var base: any JobStore { get }
}

extension ForwardingStore {
    package var traits: StoreTraits { base.traits }

    package var callExecutor: (any TaskExecutor)? { base.callExecutor }

    package func prepare() async throws(StoreError) { try await base.prepare() }

    package func close() async { await base.close() }

    package func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        try await base.enqueue(queue, jobs)
    }

    package func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        try await base.exchange(queue, id: id, settle: settle, claim: claim)
    }

    package func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] { try await base.renew(leases) }

    package func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] {
        try await base.record(reports)
    }

    package func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try await base.waitForWork(interest, atMost: atMost)
    }

    package func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try await base.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
    }

    package func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await base.prune(queue, rule, limit: limit)
    }

    @discardableResult
    package func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool {
        try await base.heartbeat(reports)
    }

    package func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease {
        try await base.releaseParents(after: cursor, limit: limit)
    }

    package func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] { try await base.jobs(keys) }

    package func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try await base.jobs(matching: query, page: page)
    }

    package func children(of key: JobKey, _ status: ChildStatus, page: Page) async throws(StoreError) -> ChildPage {
        try await base.children(of: key, status, page: page)
    }

    package func queues() async throws(StoreError) -> [QueueSummary] { try await base.queues() }

    package func workers() async throws(StoreError) -> [WorkerSummary] { try await base.workers() }

    package func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        try await base.logs(key, page: page)
    }

    package func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        try await base.events(query, waitingAtMost: wait)
    }

    package func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        try await base.apply(commands)
    }

    package func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try await base.configure(settings)
    }

    package func sweep(_ sweep: Sweep, after cursor: PageCursor?, limit: Int) async throws(StoreError) -> SweepReport {
        try await base.sweep(sweep, after: cursor, limit: limit)
    }

    package func put(_ plans: [SchedulePlan]) async throws(StoreError) -> [PlanResult] { try await base.put(plans) }

    package func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult] { try await base.fire(firings) }

    package func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult] {
        try await base.apply(commands)
    }

    package func apply(_ commands: [AllowanceCommand]) async throws(StoreError) -> [AllowanceResult] {
        try await base.apply(commands)
    }

    package func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        try await base.schedules(query, page: page)
    }

    package func movePage(_ query: MoveQuery, page: Page) async throws(StoreError) -> MovePage {
        try await base.movePage(query, page: page)
    }

    package func move(_ step: MoveStep) async throws(StoreError) -> MoveReply { try await base.move(step) }
}
