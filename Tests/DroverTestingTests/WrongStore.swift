import DroverCore

/// A store that is wrong in one way on purpose, to prove that a suite notices.
struct WrongStore: JobStore {
    enum Fault: CaseIterable, Sendable {
        /// Hands out the jobs of one exchange backwards.
        case claimsBackwards
        /// Keeps every finished job, whatever the settlement says.
        case losesRetention
        /// Gives nothing when an exchange is repeated after a while.
        case forgetsExchanges
        /// Does not say when the next job is due.
        case losesDueTime
        /// Encodes payloads again: an empty array becomes an empty object.
        case encodesPayloadsAgain
        /// Leaves out the last line of a log.
        case cutsLogs
    }

    let right: any JobStore
    let fault: Fault

    var traits: StoreTraits { right.traits }
    func prepare() async throws(StoreError) { try await right.prepare() }
    func close() async { await right.close() }

    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        guard fault == .encodesPayloadsAgain else { return try await right.enqueue(queue, jobs) }
        let again = jobs.map { job in
            var job = job
            if job.payload.text == "[]" { job.payload = .emptyObject }
            return job
        }
        return try await right.enqueue(queue, again)
    }

    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        var settle = settle
        if fault == .losesRetention { for index in settle.indices { settle[index].retention = .keepAll } }
        var reply = try await right.exchange(queue, id: id, settle: settle, claim: claim)
        switch fault {
        case .claimsBackwards: reply.claimed.reverse()
        case .forgetsExchanges where reply.claimed.contains { $0.leaseFor < $0.lease.duration }: reply.claimed = []
        case .losesDueTime: reply.nextDueIn = nil
        default: break
        }
        return reply
    }

    func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] { try await right.renew(leases) }
    func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] { try await right.record(reports) }
    func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try await right.waitForWork(interest, atMost: atMost)
    }
    func reclaimStalled(_ queue: QueueName, maxStalled: Int, limit: Int) async throws(StoreError) -> [StalledJob] {
        try await right.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
    }
    func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await right.prune(queue, rule, limit: limit)
    }
    func heartbeat(_ report: WorkerReport) async throws(StoreError) { try await right.heartbeat(report) }
    func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] { try await right.jobs(keys) }
    func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try await right.jobs(matching: query, page: page)
    }
    func queues() async throws(StoreError) -> [QueueSummary] { try await right.queues() }
    func workers() async throws(StoreError) -> [WorkerSummary] { try await right.workers() }
    func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        var page = try await right.logs(key, page: page)
        if fault == .cutsLogs && page.next == nil { page.lines.removeLast(min(1, page.lines.count)) }
        return page
    }
    func events(_ query: EventQuery, waitingAtMost wait: Duration) async throws(StoreError) -> EventPage {
        try await right.events(query, waitingAtMost: wait)
    }
    func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] { try await right.apply(commands) }
    func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try await right.configure(settings)
    }
    func sweep(_ sweep: Sweep, after cursor: PageCursor?, limit: Int) async throws(StoreError) -> SweepReport {
        try await right.sweep(sweep, after: cursor, limit: limit)
    }
}
