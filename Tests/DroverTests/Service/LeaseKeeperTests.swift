import Drover
import DroverTesting
import Testing

@Suite(.timeLimit(.minutes(10)), .serialized) struct LeaseKeeperTests {
    /// A store that tells when stalled jobs were looked for.
    private struct Searched: ForwardingStore {
        let base: any JobStore
        let searched = Probe<Void>("looked for stalled jobs")

        func reclaimStalled(
            _ queue: QueueName, maxStalled: Int, limit: Int
        ) async throws(StoreError) -> [StalledJob] {
            defer { searched.signal() }
            return try await base.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
        }
    }

    /// Options of a worker of which nobody but the keeper of its leases sleeps for as little as half of one.
    private var options: WorkerOptions {
        var options = WorkerOptions(lease: .seconds(30))
        options.heartbeatInterval = .seconds(3600)
        return options
    }

    @Test func aLostLeaseCancelsItsAttemptAndDropsTheOutcome() async throws {
        let time = ManualTime()
        let store = Searched(base: ReferenceStore(clock: time.wall, timer: time.clock))
        let service = makeService(store, ServiceConfiguration(clock: time.clock))
        let began = Probe<Int>("began")
        let cancelled = Probe<Void>("cancelled")
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
            // The service looks for stalled jobs as it begins; this one is to be found by the test.
            try await store.searched.wait()
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

    /// A store that can't renew the leases of the queue "broken".
    private struct HalfBroken: ForwardingStore {
        let base: any JobStore
        let renewed: Probe<QueueName>

        func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
            if leases.contains(where: { $0.job.queue == "broken" }) { throw StoreError(.corrupt, "of the wrong type") }
            defer { for lease in leases { renewed.signal(lease.job.queue) } }
            return try await base.renew(leases)
        }
    }

    @Test func aQueueThatCannotBeRenewedCostsNoOtherItsLeases() async throws {
        let time = ManualTime()
        let renewed = Probe<QueueName>("renewed")
        // The waits for work have another clock, so that on this one only the keeper sleeps for so little.
        let store = HalfBroken(base: ReferenceStore(clock: time.wall), renewed: renewed)
        let service = makeService(store, ServiceConfiguration(clock: time.clock))
        let began = Probe<Void>("began")
        let cancelled = Probe<QueueName>("cancelled")
        let release = Probe<Void>("the sound job may end")
        for queue: QueueName in ["broken", "sound"] {
            service.work(queue, options: options) { handlers in
                handlers.otherwise { context in
                    began.signal()
                    do { try await release.wait() } catch { cancelled.signal(context.job.key.queue) }
                    return .null
                }
            }
            _ = try await store.enqueue(queue, [NewJob(name: "n")])
        }
        try await running(service) {
            try await began.wait(for: 2)
            try await time.clock.waitForSleeper(wakingWithin: .seconds(15))
            time.clock.advance(by: .seconds(15))
            // By a second at a time until the lease has run out: failed renewals are tried again so often.
            for _ in 0..<15 {
                try await time.clock.waitForSleeper(wakingWithin: .seconds(1))
                time.clock.advance(by: .seconds(1))
            }
            #expect(try await cancelled.wait() == ["broken"])
            #expect(try await renewed.wait().first == "sound")
            release.signal()
        }
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
