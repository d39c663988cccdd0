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
                return context.payload
            }
        }
        async let running: Void = service.run()

        var added = 0
        while store.counts.total(.lostReply) < wanted {
            let jobs = try (added..<added + 100).map {
                NewJob(id: try JobID.custom("job-\($0)"), name: "work", payload: try JSONText("\($0)"))
            }
            try await add(jobs, to: store)
            added += jobs.count
            try await runs.wait(for: added, timeout: .seconds(60))
        }
        service.stop()
        try await running

        let lost = store.counts.total(.lostReply)
        print("figure: \(lost) lost replies, \(store.counts.total(.lostCall)) lost calls, \(added) jobs")
        #expect(runs.values.count == added)
        #expect(Set(runs.values).count == added)
        #expect(try await base.queues().map(\.counts) == [JobCounts([.completed: added])])
        let keys = try (0..<added).map { JobKey(queue: "q", id: try JobID.custom("job-\($0)")) }
        for record in try await base.jobs(keys) {
            let record = try #require(record)
            #expect(record.attemptsStarted == 1)
            #expect(record.attemptsMade == 1)
            #expect(record.stalls == 0)
            #expect(record.result == record.payload)
        }
        await base.close()
    }
}
