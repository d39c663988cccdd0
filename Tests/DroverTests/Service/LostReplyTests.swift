import Drover
import DroverTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct LostReplyTests {
    /// How many replies are lost in all.
    private static let wanted = TestRun.number("DROVER_LOST_REPLIES", default: 1500)

    @Test func howeverManyRepliesAreLostEveryJobRunsAndEndsOnce() async throws {
        let seed = TestRun.generator().seed
        let store = FaultInjectingStore(ReferenceStore())
        // The engine's time runs fast, so that the pauses between repeats are short. The leases are long for it, and
        // the grace: for so long a worker that stops repeats its last calls.
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock()))
        let options = WorkerOptions(lease: .seconds(36_000), grace: .seconds(36_000))
        let runs = Mutex<[JobID: Int]>([:])
        service.work("q", concurrency: 5, options: options) { handlers in
            handlers.otherwise { context in
                runs.withLock { $0[context.key.id, default: 0] += 1 }
                await Task.yield()
                return .null
            }
        }
        var plan = FaultPlan(
            seed: seed, rates: FaultRates(lostCall: 0.1, lostReply: 0.5, lateReply: 0.1), on: [.exchange],
            longestDelay: .milliseconds(1))
        plan.rates[.waitForWork] = FaultRates(lostReply: 0.05)
        store.follow(plan)
        var added = 0
        try await running(service) {
            while store.counts[.exchange, .lostReply] < Self.wanted {
                let results = try await store.enqueue("q", Array(repeating: NewJob(name: "n"), count: 500))
                added += results.count
                let last = JobKey(queue: "q", id: try #require(results.last?.id))
                _ = try await service.result(of: last, within: .seconds(36_000))
            }
        }
        TestRun.figure("\(store.counts[.exchange, .lostReply]) lost replies on the reference store, \(added) jobs")
        let counts = try #require(try await store.base.queues().first).counts
        // What the shutdown found claimed was given back; it runs later. Nothing else may be unfinished.
        #expect(counts[.active] == 0)
        #expect(counts[.failed] == 0)
        #expect(counts[.completed] + counts.ready == added)
        let seen = runs.withLock { $0 }
        var cursor: PageCursor?
        repeat {
            let page = try await store.base.jobs(
                matching: JobQuery(queue: "q", state: .completed), page: Page(limit: 1000, after: cursor))
            for job in page.jobs {
                #expect(job.attemptsStarted == 1 && job.attemptsMade == 1 && job.stalls == 0, "job \(job.key)")
                #expect(seen[job.key.id] == 1, "job \(job.key)")
            }
            cursor = page.next
        } while cursor != nil
    }
}
