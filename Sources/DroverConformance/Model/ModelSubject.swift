import DroverCore

/// One store of a model run, with what translates between the names of the sequence and the store's own.
struct ModelSubject {
    /// An exchange as the store was asked for it.
    struct Exchange {
        var queue: Int
        var text: String
        /// Whether it settled or claimed something; a store need not remember one that did neither.
        var hadEffect: Bool
    }

    let fixture: any ConformanceFixture
    /// Whether instants and spans are compared, or only that they are there.
    let comparesTimes: Bool
    /// The store's time at the beginning of the sequence.
    let start: Timestamp
    private var keys: [ModelJobName: JobKey] = [:]
    private var shown: [JobKey: JobKey] = [:]
    /// How many exchange ids were made, so that each is new.
    private var madeIDs = 0
    var exchanges: [Int: Exchange] = [:]
    var followed: [Int: EventPosition] = [:]
    var keptCursors: [Int: PageCursor] = [:]
    var keptSchedules: [Int: PageCursor] = [:]

    var store: any JobStore { fixture.store }

    init(_ fixture: any ConformanceFixture, comparesTimes: Bool) async throws {
        self.fixture = fixture
        self.comparesTimes = comparesTimes
        // A job in a queue of its own tells the store's time.
        let queue = QueueName(stored: "model-start")
        let results = try await fixture.store.enqueue(queue, [NewJob(name: "start")])
        guard let id = results.first?.id,
            let job = try await fixture.store.jobs([JobKey(queue: queue, id: id)]).first ?? nil
        else { throw ConformanceFailure("a store must store and show one job, got \(results)") }
        start = job.createdAt
    }

    // MARK: To the store

    func key(_ name: ModelJobName) -> JobKey {
        switch name {
        case .chosen(let queue, let id):
            JobKey(queue: ModelQueues.name(queue), id: JobID(stored: id).absolute(from: start))
        case .generated(let queue, let serial):
            keys[name] ?? JobKey(queue: ModelQueues.name(queue), id: JobID(stored: "unknown-\(serial)"))
        }
    }

    func lease(_ lease: ModelLease) -> Lease {
        let text = exchanges[lease.exchange]?.text ?? "unknown-\(lease.exchange)"
        return Lease(job: key(lease.job), token: LeaseToken(text), duration: lease.duration)
    }

    func newJob(_ new: ModelNewJob) -> NewJob {
        var job = new.job
        job.id = job.id?.absolute(from: start)
        if let at = new.at { job.start = .at(start + at) }
        if let parent = new.parent { job.parent = JobParent(key(parent.job), onFailure: parent.onFailure) }
        return job
    }

    /// An instant that counts from the beginning of the sequence, as the store has it.
    func absolute(_ instant: Timestamp) -> Timestamp { start + .milliseconds(instant.milliseconds) }

    /// The id of an exchange: the same one again, unless the store need not remember it.
    mutating func exchangeID(_ number: Int, of queue: Int) -> ExchangeID {
        if let known = exchanges[number], known.hadEffect { return ExchangeID(known.text) }
        madeIDs += 1
        let text = "x\(number).\(madeIDs)"
        exchanges[number] = Exchange(queue: queue, text: text, hadEffect: false)
        return ExchangeID(text)
    }

    // MARK: From the store

    mutating func learn(_ name: ModelJobName, is key: JobKey) {
        keys[name] = key
        shown[key] = name.shown
    }

    /// Forgets the names of a queue that was obliterated: its ids may be used again, its positions are void.
    mutating func forget(_ queue: Int) {
        for (name, key) in keys where name.queue == queue {
            keys[name] = nil
            shown[key] = nil
        }
        followed[queue] = nil
        keptCursors = [:]
        keptSchedules = [:]
        // Whether an exchange is remembered across the obliteration of its queue is not said.
        exchanges = exchanges.filter { $0.value.queue != queue }
    }

    func show(_ key: JobKey) -> JobKey { shown[key] ?? JobKey(queue: key.queue, id: key.id.relative(to: start)) }

    func show(_ instant: Timestamp) -> Timestamp {
        Timestamp(milliseconds: comparesTimes ? instant.milliseconds - start.milliseconds : 0)
    }

    func show(_ span: Duration) -> Duration { comparesTimes ? span : .zero }

    func show(_ job: JobRecord) -> JobRecord {
        var job = job
        // How a store keeps the begin of its time is left to it: when the job expires is not.
        if let end = job.expiresAt { job.options.start = .at(show(end)) }
        job.key = show(job.key)
        job.createdAt = show(job.createdAt)
        job.dueAt = job.dueAt.map { show($0) }
        job.processedAt = job.processedAt.map { show($0) }
        job.finishedAt = job.finishedAt.map { show($0) }
        job.parents = job.parents.map { JobParent(show($0.key), onFailure: $0.onFailure) }
        job.failedReason = job.failedReason.map { show(reason: $0) }
        job.deferredFailure = job.deferredFailure.map { show(reason: $0) }
        for index in job.steps.indices { job.steps[index].recordedAt = show(job.steps[index].recordedAt) }
        if !comparesTimes { job.steps = job.steps.inOrder() }
        return job
    }

    func show(_ claimed: ClaimedJob, number: Int) -> ClaimedJob {
        // The token is the exchange's id; shown as the number, so that a wrong token is a difference.
        let isOwn = claimed.lease.token.text == exchanges[number]?.text
        let lease = Lease(
            job: show(claimed.lease.job), token: LeaseToken(isOwn ? "\(number)" : claimed.lease.token.text),
            duration: claimed.lease.duration)
        var shown = ClaimedJob(job: show(claimed.job), lease: lease, leaseFor: show(claimed.leaseFor))
        shown.cachedResult = claimed.cachedResult
        return shown
    }

    func show(_ event: JobEvent, of queue: QueueName) -> JobEvent {
        var kind = event.kind
        if case .delayed(let due) = kind { kind = .delayed(until: show(due)) }
        if case .failed(let reason) = kind { kind = .failed(show(reason: reason)) }
        let job = event.job.map { show(JobKey(queue: queue, id: $0)).id }
        return JobEvent(position: EventPosition(""), at: show(event.at), job: job, kind: kind)
    }
}
