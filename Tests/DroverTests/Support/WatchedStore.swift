import Drover
import DroverTesting
import Synchronization

/// A reference store whose readers of events and renewals can be watched and disturbed.
final class WatchedStore: JobStore {
    private let base: ReferenceStore
    private let hidden = Mutex<Set<JobID>>([])
    private let renewing: @Sendable (ReferenceStore) async throws(StoreError) -> Void
    /// Signalled when somebody follows the events behind a place.
    let following = Probe<Void>("follows events")

    /// - Parameter renewing: called right before every renewal, by whoever renews.
    init(
        _ base: ReferenceStore,
        renewing: @escaping @Sendable (ReferenceStore) async throws(StoreError) -> Void = { _ in }
    ) {
        self.base = base
        self.renewing = renewing
    }

    /// Cuts the events of a job away; in their place the page has a gap.
    func hide(_ id: JobID) { hidden.withLock { _ = $0.insert(id) } }

    func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        if case .after = query.start { following.signal() }
        var page = try await base.events(query, waitingAtMost: wait)
        let hidden = hidden.withLock { $0 }
        let shown = page.events.filter { event in event.job.map { !hidden.contains($0) } ?? true }
        page.hasGap = page.hasGap || shown.count < page.events.count
        page.events = shown
        return page
    }

    func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
        try await renewing(base)
        return try await base.renew(leases)
    }

    var traits: StoreTraits { base.traits }
    func prepare() async throws(StoreError) { try await base.prepare() }
    func close() async { await base.close() }
    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        try await base.enqueue(queue, jobs)
    }
    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        try await base.exchange(queue, id: id, settle: settle, claim: claim)
    }
    func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] { try await base.record(reports) }
    func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try await base.waitForWork(interest, atMost: atMost)
    }
    func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try await base.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
    }
    func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await base.prune(queue, rule, limit: limit)
    }
    func heartbeat(_ report: WorkerReport) async throws(StoreError) { try await base.heartbeat(report) }
    func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] { try await base.jobs(keys) }
    func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try await base.jobs(matching: query, page: page)
    }
    func queues() async throws(StoreError) -> [QueueSummary] { try await base.queues() }
    func workers() async throws(StoreError) -> [WorkerSummary] { try await base.workers() }
    func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage { try await base.logs(key, page: page) }
    func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] { try await base.apply(commands) }
    func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try await base.configure(settings)
    }
    func sweep(_ sweep: Sweep, after cursor: PageCursor?, limit: Int) async throws(StoreError) -> SweepReport {
        try await base.sweep(sweep, after: cursor, limit: limit)
    }
}
