import Dispatch
import Drover
import DroverTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct LeaseKeeperTests {
    @Test func handlersThatBlockEveryThreadOfThePoolForLongerThanALeaseLoseNone() async throws {
        let base = ReferenceStore()
        // For a thread that is not of the pool.
        let renewals = DispatchSemaphore(value: 0)
        let reclaimed = Probe<JobKey>("reclaimed")
        // Whoever renews reclaims first, so that a lease that has run out is lost for certain.
        let store = WatchedStore(base) { base throws(StoreError) in
            for job in try await base.reclaimStalled("q", maxStalled: 0, limit: 1000) { reclaimed.signal(job.key) }
            renewals.signal()
        }
        let service = makeService(store)
        // Long enough that a busy machine delays no renewal by the half of it that is left.
        let lease: Duration = .seconds(2)
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let entered = DispatchSemaphore(value: 0)
        let exit = DispatchSemaphore(value: 0)
        let jobs = threads * 3
        service.work("q", concurrency: jobs, options: WorkerOptions(lease: lease, maxStalled: 0)) { handlers in
            handlers.otherwise { _ in
                block(entered, exit)
                return .null
            }
        }
        let results = try await store.enqueue("q", Array(repeating: NewJob(name: "n"), count: jobs))
        let keys = results.compactMap(\.id).map { JobKey(queue: "q", id: $0) }

        let verdict = Probe<Bool>("the watching thread is done")
        let watcher = Thread {
            var isSteady = true
            for _ in 0..<threads { isSteady = isSteady && entered.wait(timeout: .now() + 30) == .success }
            // Leases are renewed every half of their time: with three renewals more than a lease has passed.
            for _ in 0..<3 { isSteady = isSteady && renewals.wait(timeout: .now() + 30) == .success }
            for _ in 0..<jobs { exit.signal() }
            verdict.signal(isSteady)
        }
        watcher.start()
        try await running(service) {
            let isSteady = try await verdict.wait(timeout: .seconds(200))
            #expect(isSteady == [true], "renewals go on while the pool is blocked")
            for key in keys { _ = try await service.result(of: key, within: .seconds(60)) }
        }
        #expect(reclaimed.values.isEmpty)
        for key in keys {
            let job = try await store.job(key)
            #expect(job.stalls == 0 && job.attemptsStarted == 1)
        }
    }

    @Test func aLostLeaseCancelsItsAttemptAndDropsTheOutcome() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = makeService(store, ServiceConfiguration(clock: time.clock))
        let began = Probe<Int>("began")
        let cancelled = Probe<Void>("cancelled")
        let options = WorkerOptions(lease: .seconds(30))
        service.work("q", options: options) { handlers in
            handlers.otherwise { context in
                began.signal(context.job.attemptsStarted)
                if context.job.attemptsStarted > 1 { return try JSONText("\"second\"") }
                try? await untilCancelled()  // ends only by its cancellation
                cancelled.signal()
                return try JSONText("\"first\"")
            }
        }
        let id = try #require(try await store.enqueue("q", [NewJob(name: "n")])[0].id)
        try await running(service) {
            try await began.wait()
            // The store's time jumps alone: the lease runs out there, and somebody reclaims the job.
            time.wall.advance(by: .seconds(31))
            #expect(try await store.reclaimStalled("q", maxStalled: 1, limit: 10).map(\.key.id) == [id])
            try await time.clock.waitForSleeper(wakingWithin: .seconds(15))
            time.clock.advance(by: .seconds(15))
            try await cancelled.wait()
            try await store.event(in: "q") { $0.job == id && $0.kind.name == "completed" }
        }
        let job = try await store.job(JobKey(queue: "q", id: id))
        #expect(job.result?.text == "\"second\"")
        #expect(job.stalls == 1)
        #expect(job.attemptsMade == 1)
    }

    @Test func aJobThatStalledTooOftenFailsWithoutRunning() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let id = try #require(try await store.enqueue("q", [NewJob(name: "n", options: JobOptions(attempts: 5))])[0].id)
        let claim = Claim(limit: 1, lease: .seconds(1), worker: "crashed")
        _ = try await store.exchange("q", id: ExchangeID("crashed:1"), settle: [], claim: claim)
        time.wall.advance(by: .seconds(2))

        let service = makeService(store)
        service.work("q", options: WorkerOptions(maxStalled: 0)) { handlers in
            handlers.otherwise { _ in
                Issue.record("the job must not run")
                return .null
            }
        }
        try await running(service) {
            _ = try await store.event(in: "q") { $0.job == id && $0.kind == .failed(Failure.stalledReason) }
        }
        #expect(try await store.job(JobKey(queue: "q", id: id)).state == .failed)
    }
}

/// Blocks the thread, as a handler does that calls a blocking library.
private func block(_ entered: DispatchSemaphore, _ exit: DispatchSemaphore) {
    entered.signal()
    exit.wait()
}
