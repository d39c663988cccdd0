import DroverCore

/// What a look at a store found.
struct Diagnosis: Sendable {
    /// One thing that needs attention.
    struct Finding: Hashable, Sendable {
        /// A word for programs, kept from version to version.
        var code: String
        /// The queue it is about; nil for the store.
        var queue: QueueName?
        /// The schedule of that queue it is about; nil for the queue as a whole.
        var schedule: ScheduleID?
        /// What was found.
        var problem: String
        /// What to do about it.
        var advice: String
    }

    /// The store's traits.
    var traits: StoreTraits
    /// What its server tells of itself; nil for a store without one.
    var server: ServerReport?
    /// Its queues.
    var queues: [QueueSummary]
    /// Its workers.
    var workers: [WorkerSummary]
    /// How many active jobs of each queue are held by workers that are not Drover's; only queues that have such.
    var heldElsewhere: [QueueName: Int]
    /// The queues that `drover move` has taken away whole, each with the store that has its jobs now.
    var movedAway: [QueueName: String]
    /// What needs attention; empty when all is well.
    var findings: [Finding]

    /// How many jobs of one state are looked at in each queue: enough to see what is wrong, and soon done.
    private static let looks = 1000

    /// Looks at a store.
    ///
    /// - Parameter clock: this host's, for stores that go by it.
    /// - Throws: `StoreError` when the store can't be reached.
    static func look(at store: any JobStore, clock: any WallClock) async throws -> Diagnosis {
        var findings: [Finding] = []
        let server = try await ServerReport(of: store)
        findings += server?.findings ?? []
        if let finding = await unwritable(store) { findings.append(finding) }
        let queues = try await store.queues()
        var active: [QueueName: [JobRecord]] = [:]
        var damage: [QueueName: Finding] = [:]
        for queue in queues {
            if let problem = queue.problem {
                damage[queue.name] = damaged(queue, problem)
                continue
            }
            // What lies under one queue's names on a server says nothing of the others; a damaged file is damaged as a whole.
            do {
                if queue.counts[.active] > 0 { active[queue.name] = try await activeJobs(queue, store) }
            } catch let error as StoreError where error.code == .corrupt && server != nil {
                damage[queue.name] = damaged(queue, error.message)
            }
        }
        // After the jobs: whoever holds one of them is listed by now, unless it has gone.
        let workers = try await store.workers()
        let now = try await store.now(clock)
        var heldElsewhere: [QueueName: Int] = [:]
        var movedAway: [QueueName: String] = [:]
        for queue in queues where damage[queue.name] == nil {
            let alive = workers.filter { $0.report.queue == queue.name }
            let jobs = active[queue.name] ?? []
            let others = jobs.count(where: \.isHeldElsewhere)
            if others > 0 { heldElsewhere[queue.name] = others }
            do {
                if let mark = try await moveMark(queue, in: store) {
                    let found = unmoved(queue, mark)
                    findings += found
                    if found.isEmpty { movedAway[queue.name] = mark.peer }
                    continue
                }
                let hasWorkers = !alive.isEmpty || others > 0
                findings += standing(queue)
                if !hasWorkers { findings += try await unworked(queue, in: store, now: now) }
                let holders = jobs.filter { !$0.isHeldElsewhere }.map { $0.worker ?? "" }
                if let finding = abandoned(queue, holders, workers: alive) { findings.append(finding) }
                if let finding = try await unhandled(queue, in: store) { findings.append(finding) }
                if let finding = try await stuckParents(queue, in: store) { findings.append(finding) }
            } catch let error as StoreError where error.code == .corrupt && server != nil {
                damage[queue.name] = damaged(queue, error.message)
            }
        }
        findings += queues.compactMap { damage[$0.name] }
        return Diagnosis(
            traits: store.traits, server: server, queues: queues, workers: workers, heldElsewhere: heldElsewhere,
            movedAway: movedAway, findings: findings)
    }

    private static func damaged(_ queue: QueueSummary, _ problem: String) -> Finding {
        Finding(
            code: "damaged", queue: queue.name, problem: problem,
            advice:
                "until this is mended the queue can't be worked; find the program that wrote it, and rename or delete "
                + "what nobody needs")
    }

    /// Writes a report that counts for no time at all, and so leaves nothing behind.
    private static func unwritable(_ store: any JobStore) async -> Finding? {
        let report = WorkerReport(
            id: "doctor", queue: "doctor", host: "", process: 0, concurrency: 0, running: 0, validFor: .zero)
        do {
            try await store.heartbeat([report])
            return nil
        } catch {
            return unwritable(error)
        }
    }

    /// A lock that somebody else holds passes by itself; what else keeps a write out has to be mended.
    static func unwritable(_ error: StoreError) -> Finding {
        error.code == .busy
            ? Finding(
                code: "busy", queue: nil, problem: "somebody else holds the store for long: \(error.message)",
                advice: "adding and working wait meanwhile; look again, and find who holds it")
            : Finding(
                code: "not-writable", queue: nil, problem: "the store can't be written to: \(error.message)",
                advice: "nothing can be added or worked until this is mended")
    }

    private static func standing(_ queue: QueueSummary) -> [Finding] {
        var findings: [Finding] = []
        if queue.isPaused {
            findings.append(
                Finding(
                    code: "paused", queue: queue.name,
                    problem: "paused with \(Counted.text(queue.counts.ready, "job")) waiting",
                    advice: "drover resume --queue \(queue.name)"))
        }
        if let finding = full(queue, advice: "start more workers, or drover limit --queue \(queue.name)") {
            findings.append(finding)
        }
        return findings
    }

    /// A queue that takes no more new jobs.
    static func full(_ queue: QueueSummary, advice: String) -> Finding? {
        guard let most = queue.maxLength, queue.isFull else { return nil }
        return Finding(
            code: "full", queue: queue.name,
            problem:
                "full: it holds \(Counted.text(queue.counts.length, "job")) to run and its maximum length is \(most)",
            advice: "producers are refused or wait; \(advice)")
    }

    /// What brings a queue a worker: only a Swift program has the handlers of typed jobs.
    static func startWorker(_ queue: QueueName) -> String {
        "start the program that works it, or drover work --queue \(queue) --handler SPEC"
    }

    private static func activeJobs(
        _ queue: QueueSummary, _ store: any JobStore
    ) async throws -> [JobRecord] {
        try await store.jobs(matching: JobQuery(queue: queue.name, state: .active), page: Page(limit: looks)).jobs
    }

    private static func abandoned(
        _ queue: QueueSummary, _ holders: [String], workers: [WorkerSummary]
    ) -> Finding? {
        let alive = Set(workers.map(\.report.id))
        let count = holders.count { !alive.contains($0) }
        if count == 0 { return nil }
        return Finding(
            code: "stalled", queue: queue.name,
            problem: "\(Counted.text(count, "active job")) \(count == 1 ? "belongs" : "belong") to no living worker",
            advice: workers.isEmpty
                ? "a worker takes such jobs over when their leases expire; \(startWorker(queue.name))"
                : "the living workers take such jobs over when their leases expire; look again in a minute")
    }

    private static func unhandled(_ queue: QueueSummary, in store: any JobStore) async throws -> Finding? {
        if queue.counts[.failed] == 0 { return nil }
        let page = try await store.jobs(
            matching: JobQuery(queue: queue.name, state: .failed), page: Page(limit: looks, order: .descending))
        let jobs = page.jobs.filter { $0.failedReason?.hasPrefix(Failure.noHandlerPrefix) ?? false }
        if jobs.isEmpty { return nil }
        let names = Set(jobs.map(\.name.text)).sorted().prefix(5).joined(separator: ", ")
        return Finding(
            code: "no-handler", queue: queue.name,
            problem: "\(Counted.text(jobs.count, "job")) failed for want of a handler: \(names)",
            advice: "start a worker that has one, then drover retry --queue \(queue.name) ID")
    }
}
