import Drover
import DroverTesting
import Testing

/// A store that is away for longer than a lease.
@Suite(.timeLimit(.minutes(10))) struct StoreOutageTests {
    private static let lease: Duration = .seconds(5)
    /// The pauses between so many calls, of up to a second each, make several leases.
    private static let calls = 40

    /// A store whose time stands still: nobody reclaims the job, however long the test is held up.
    private static func still() -> ReferenceStore { ReferenceStore(clock: ManualWallClock()) }

    @Test func outcomesOutliveAnOutageThatIsLongerThanALease() async throws {
        let store = FaultInjectingStore(Self.still())
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock()))
        let began = Probe<Void>("the job began")
        let mayEnd = Probe<Void>("the job may end")
        service.work("q", concurrency: 1, options: WorkerOptions(lease: Self.lease)) { handlers in
            handlers.otherwise { _ in
                began.signal()
                try await mayEnd.wait(timeout: .seconds(300))
                return .null
            }
        }
        let added = try await store.enqueue("q", [NewJob(name: "n")])
        let key = JobKey(queue: "q", id: try #require(added.first?.id))
        try await running(service) {
            try await began.wait(timeout: .seconds(300))
            store.failNext(.exchange, .lostCall, times: Self.calls)
            mayEnd.signal()
            _ = try await service.result(of: key, within: .seconds(12_000))
        }
        #expect(store.counts[.exchange, .lostCall] == Self.calls)
        let job = try await store.base.job(key)
        #expect(job.state == .completed && job.attemptsStarted == 1 && job.stalls == 0)
    }

    @Test func aWorkerThatStopsDuringAnOutageGivesItsOutcomesUp() async throws {
        let store = FaultInjectingStore(Self.still())
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock()))
        let began = Probe<Void>("the job began")
        let mayEnd = Probe<Void>("the job may end")
        service.work("q", concurrency: 1, options: WorkerOptions(lease: Self.lease, grace: .seconds(1))) { handlers in
            handlers.otherwise { _ in
                began.signal()
                try await mayEnd.wait(timeout: .seconds(300))
                return .null
            }
        }
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        let run = Task { try await service.run() }
        try await began.wait(timeout: .seconds(300))
        store.follow(FaultPlan(seed: 1, rates: FaultRates(lostCall: 1), on: [.exchange]))
        mayEnd.signal()
        service.stop()
        try await returned(run)
        let counts = try #require(try await store.base.queues().first).counts
        #expect(counts[.active] == 1, "whoever reclaims it runs it again")
    }
}
