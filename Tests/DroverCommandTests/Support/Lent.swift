import DroverCore
import DroverTesting

/// A store that stays open when a command closes it, so that the next command finds the same jobs.
struct Lent: JobStore {
    private let store: any JobStore
    private let claimed: Probe<Void>?

    /// - Parameter claimed: signalled when an exchange has handed out a job.
    init(_ store: any JobStore, claimed: Probe<Void>? = nil) {
        self.store = store
        self.claimed = claimed
    }

    var traits: StoreTraits { store.traits }
    func prepare() async throws(StoreError) { try await store.prepare() }
    func close() async {}

    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        try await store.enqueue(queue, jobs)
    }
    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        let reply = try await store.exchange(queue, id: id, settle: settle, claim: claim)
        if !reply.claimed.isEmpty { claimed?.signal() }
        return reply
    }
    func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] { try await store.renew(leases) }
    func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] {
        try await store.record(reports)
    }
    func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try await store.waitForWork(interest, atMost: atMost)
    }
    func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try await store.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
    }
    func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await store.prune(queue, rule, limit: limit)
    }
    func heartbeat(_ report: WorkerReport) async throws(StoreError) { try await store.heartbeat(report) }
    func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] { try await store.jobs(keys) }
    func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try await store.jobs(matching: query, page: page)
    }
    func queues() async throws(StoreError) -> [QueueSummary] { try await store.queues() }
    func workers() async throws(StoreError) -> [WorkerSummary] { try await store.workers() }
    func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        try await store.logs(key, page: page)
    }
    func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        try await store.events(query, waitingAtMost: wait)
    }
    func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        try await store.apply(commands)
    }
    func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try await store.configure(settings)
    }
    func sweep(
        _ sweep: Sweep, after cursor: PageCursor?, limit: Int
    ) async throws(StoreError) -> SweepReport {
        try await store.sweep(sweep, after: cursor, limit: limit)
    }
}
