import Drover
import DroverTesting
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(10))) struct ShutdownTests {
    private let began = Probe<JobKey>("began")
    private let gate = Probe<Void>("gate")

    private func service(
        _ store: any JobStore, grace: Duration, clock: any Clock<Duration> = ContinuousClock(),
        _ handler: @escaping JobHandler
    ) -> JobService {
        let service = makeService(store, ServiceConfiguration(clock: clock))
        service.work("q", concurrency: 4, options: WorkerOptions(grace: grace)) { $0.otherwise(handler) }
        return service
    }

    private func add(_ store: any JobStore, _ count: Int) async throws -> [JobKey] {
        try await store.enqueue("q", Array(repeating: NewJob(name: "n"), count: count))
            .compactMap(\.id).map { JobKey(queue: "q", id: $0) }
    }

    @Test func runningJobsMayEndWithinTheGraceAndNoneIsClaimedAnyMore() async throws {
        let store = ReferenceStore()
        let service = service(store, grace: .seconds(3600)) { [began, gate] context in
            began.signal(context.key)
            try await gate.wait(timeout: .seconds(300))
            return .null
        }
        let keys = try await add(store, 6)
        let run = Task { try await service.run() }
        try await began.wait(for: 4)
        service.stop()
        gate.signal()
        try await returned(run)
        let states = try await store.jobs(keys).map { $0?.state }
        #expect(states == [.completed, .completed, .completed, .completed, .waiting, .waiting])
    }

    /// A store that shows for what a service waits.
    private final class WaitedStore: ForwardingStore {
        let base: any JobStore = ReferenceStore()
        let waiting = Probe<Set<QueueName>>("waits for work")

        func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
            waiting.signal(interest.work)
            return try await base.waitForWork(interest, atMost: atMost)
        }

        /// Returns when the last call waits for work of these queues.
        func waits(for queues: Set<QueueName>) async throws {
            var seen = waiting.values
            while seen.last != queues { seen = try await waiting.wait(for: seen.count + 1) }
        }
    }

    @Test func aWorkerThatShutsDownTakesNoWakeUpFromOthers() async throws {
        let store = WaitedStore()
        let service = service(store, grace: .seconds(3600)) { [began, gate] context in
            began.signal(context.key)
            try await gate.wait(timeout: .seconds(300))
            return .null
        }
        let run = Task { try await service.run() }
        _ = try await add(store, 1)
        try await began.wait()
        try await store.waits(for: ["q"])
        service.stop()
        // The job still runs, and the worker has three free slots.
        try await store.waits(for: [])
        gate.signal()
        try await returned(run)
    }

    @Test func unfinishedJobsAreReleasedWithoutSpendingAnAttempt() async throws {
        let store = ReferenceStore()
        let service = service(store, grace: .milliseconds(1)) { [began] context in
            began.signal(context.key)
            try await untilCancelled()
            return .null
        }
        let keys = try await add(store, 4)
        let run = Task { try await service.run() }
        try await began.wait(for: 4)
        service.stop()
        try await returned(run)
        for key in keys {
            let job = try await store.job(key)
            #expect(job.state == .waiting)
            #expect(job.attemptsMade == 0)
            #expect(job.stalls == 0)
        }
    }

    @Test func cancellingTheTaskReleasesAtOnceWhateverTheGrace() async throws {
        let store = ReferenceStore()
        let service = service(store, grace: .seconds(3600)) { [began] context in
            began.signal(context.key)
            try await untilCancelled()
            return .null
        }
        let keys = try await add(store, 2)
        let run = Task { try await service.run() }
        try await began.wait(for: 2)
        run.cancel()
        try await returned(run)
        #expect(try await store.jobs(keys).map { $0?.state } == [.waiting, .waiting])
        #expect(try await store.workers().isEmpty)
    }

    @Test func whatAHandlerStillAnswersAfterItsCancellationIsSettled() async throws {
        let store = ReferenceStore()
        // On a clock that stands still the handler is not given up, however long it takes to answer.
        let service = service(store, grace: .zero, clock: ManualClock()) { [began] context in
            began.signal(context.key)
            try? await untilCancelled()  // a handler that saves what it has
            return try JSONText("\"half done\"")
        }
        let keys = try await add(store, 1)
        let run = Task { try await service.run() }
        try await began.wait()
        service.stop()
        try await returned(run)
        let job = try await store.job(keys[0])
        #expect(job.state == .completed)
        #expect(job.result?.text == "\"half done\"")
    }

    @Test func aHandlerThatIgnoresItsCancellationDoesNotHoldTheShutdownUp() async throws {
        let store = ReferenceStore()
        let ended = Probe<Void>("ended")
        let service = service(store, grace: .seconds(1), clock: HurriedClock()) { [began, gate] context in
            began.signal(context.key)
            _ = await Task { try? await gate.wait(timeout: .seconds(300)) }.value  // a task of its own is not cancelled
            ended.signal()
            return .null
        }
        let keys = try await add(store, 1)
        let run = Task { try await service.run() }
        try await began.wait()
        service.stop()
        try await returned(run)
        #expect(ended.values.isEmpty)
        let job = try await store.job(keys[0])
        #expect(job.state == .waiting)
        #expect(job.attemptsMade == 0)
        gate.signal()
        try await ended.wait()
    }

    @Test func aServiceGroupShutsItDownGracefully() async throws {
        let store = ReferenceStore()
        let service = service(store, grace: .seconds(3600)) { [began, gate] context in
            began.signal(context.key)
            try await gate.wait(timeout: .seconds(300))
            return .null
        }
        let keys = try await add(store, 1)
        let group = ServiceGroup(services: [service], logger: quiet)
        let run = Task { try await group.run() }
        try await began.wait()
        await group.triggerGracefulShutdown()
        gate.signal()
        try await returned(run)
        #expect(try await store.job(keys[0]).state == .completed)
    }

    @Test func outcomesAreDeliveredBeforeTheServiceReturnsThoughTheStoreFails() async throws {
        let store = FaultInjectingStore(ReferenceStore())
        let service = service(store, grace: .seconds(3600)) { [began, gate] context in
            began.signal(context.key)
            try await gate.wait(timeout: .seconds(300))
            return .null
        }
        let keys = try await add(store, 3)
        let run = Task { try await service.run() }
        try await began.wait(for: 3)
        service.stop()
        store.failNext(.exchange, .lostCall, times: 4)
        gate.signal()
        try await returned(run)
        #expect(try await store.base.jobs(keys).map { $0?.state } == [.completed, .completed, .completed])
        #expect(store.counts[.exchange, .lostCall] == 4)
    }
}
