import Drover
import DroverCore
import DroverSQLite
import DroverTesting
import Logging
import ProcessTesting
import Testing

/// A worker whose line to the store loses calls and replies.
@Suite("Lost replies")
struct LostReplyTests {
    private struct Refusal: Error {}

    /// Whether the first attempt of a job fails: every third one's.
    private static func failsFirst(_ id: JobID) -> Bool {
        Int(id.text.dropFirst("job-".count)).map { $0 % 3 == 0 } ?? false
    }

    /// Enqueues again until it is known to have happened: jobs with ids of their own make that safe.
    private func add(_ jobs: [NewJob], to store: FaultInjectingStore) async throws {
        for _ in 0..<1000 {
            do throws(StoreError) {
                let results = try await store.enqueue("q", jobs)
                #expect(results.map(\.id) == jobs.map(\.id))
                return
            } catch {
                #expect(error.isTransient)
            }
        }
        Issue.record("the store never answered")
    }

    @Test("However many replies are lost, no claimed job leaks and nothing is counted twice")
    func nothingLeaksOrCountsTwice() async throws {
        let wanted = TestRun.number("DROVER_LOST_REPLIES", default: 300)
        let random = TestRun.generator()
        let base = SQLiteStore(path: ":memory:")
        try await base.prepare()
        let plan = FaultPlan(
            seed: random.seed, rates: FaultRates(lostCall: 0.1, lostReply: 0.4),
            on: [.enqueue, .exchange, .renew, .reclaimStalled, .heartbeat])
        let store = FaultInjectingStore(base, plan: plan)
        var logger = Logger(label: "lost replies")
        logger.logLevel = .critical
        let service = JobService(store: store, logger: logger)
        let runs = Probe<JobID>("runs of jobs")
        // A lease that outlasts the test: whatever stalls has leaked.
        service.work("q", concurrency: 8, options: WorkerOptions(lease: .seconds(3600))) { handlers in
            handlers.otherwise { context in
                runs.signal(context.key.id)
                if Self.failsFirst(context.key.id), context.attempt == 1 { throw Refusal() }
                return context.payload
            }
        }
        async let running: Void = service.run()

        var added = 0
        // Attempts of all of them, the second ones included.
        var attempts = 0
        while store.counts.total(.lostReply) < wanted {
            let jobs = try (added..<added + 100).map {
                NewJob(
                    id: try JobID.custom("job-\($0)"), name: "work", payload: try JSONText("\($0)"),
                    options: JobOptions(attempts: 2, backoff: .fixed(.zero)))
            }
            try await add(jobs, to: store)
            added += jobs.count
            attempts += jobs.count + jobs.count { $0.id.map(Self.failsFirst) ?? false }
            try await runs.wait(for: attempts, timeout: .seconds(300))
        }
        service.stop()
        try await running

        let lost = store.counts.total(.lostReply)
        TestRun.figure("\(lost) lost replies on SQLite, \(store.counts.total(.lostCall)) lost calls, \(added) jobs")
        #expect(runs.values.count == attempts)
        #expect(Set(runs.values).count == added)
        #expect(try await base.queues().map(\.counts) == [JobCounts([.completed: added])])
        let keys = try (0..<added).map { JobKey(queue: "q", id: try JobID.custom("job-\($0)")) }
        for record in try await base.jobs(keys) {
            let record = try #require(record)
            let attempts = Self.failsFirst(record.key.id) ? 2 : 1
            #expect(record.attemptsStarted == attempts)
            #expect(record.attemptsMade == attempts)
            #expect(record.stalls == 0)
            #expect(record.result == record.payload)
        }
        await base.close()
    }
}
