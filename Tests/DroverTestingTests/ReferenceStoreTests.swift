import DroverCore
import DroverTesting
import Testing

/// What the reference store adds to the pure queue: waiting, creation of queues, closing.
@Suite struct ReferenceStoreTests {
    let time = ManualTime()
    let store: ReferenceStore

    init() { store = ReferenceStore(clock: time.wall, timer: time.clock) }

    func interest(_ queues: QueueName...) -> WakeInterest { WakeInterest(work: Set(queues)) }

    @Test func readsAndExchangesCreateNoQueue() async throws {
        let claim = Claim(limit: 1, lease: .seconds(1), worker: "w")
        _ = try await store.exchange("q", id: ExchangeID("1"), settle: [], claim: claim)
        _ = try await store.sweep(.obliterate("q", force: true), after: nil, limit: 10)
        _ = try await store.enqueue("q", [NewJob(name: "n", options: JobOptions(attempts: 0))])
        #expect(try await store.queues().isEmpty)
        _ = try await store.configure([.resume("q")])
        #expect(try await store.queues().map(\.name) == ["q"])
    }

    @Test func aWaiterIsCalledByAnEnqueue() async throws {
        async let wakeUp = store.waitForWork(interest("q"), atMost: .seconds(60))
        try await time.clock.waitForSleepers(1)
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        #expect(try await wakeUp == WakeUp(work: ["q"]))
    }

    @Test func aSignalNobodyWaitsForIsKeptForTheNextWhoIsInterested() async throws {
        _ = try await store.enqueue("q", [NewJob(name: "n"), NewJob(name: "n")])
        #expect(try await store.waitForWork(interest("other"), atMost: .zero).isEmpty)
        #expect(try await store.waitForWork(interest("q"), atMost: .seconds(60)) == WakeUp(work: ["q"]))
        #expect(try await store.waitForWork(interest("q"), atMost: .zero).isEmpty)
    }

    @Test func aWaitEndsEmptyWhenItsTimeIsUp() async throws {
        async let wakeUp = store.waitForWork(interest("q"), atMost: .seconds(60))
        try await time.clock.waitForSleepers(1)
        time.advance(by: .seconds(60))
        #expect(try await wakeUp.isEmpty)
    }

    @Test func aCancelledWaitEndsEmptyAndLosesNoSignal() async throws {
        let waiting = Task { [store] in try await store.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(60)) }
        try await time.clock.waitForSleepers(1)
        waiting.cancel()
        #expect(try await waiting.value.isEmpty)
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        #expect(try await store.waitForWork(interest("q"), atMost: .zero) == WakeUp(work: ["q"]))
    }

    @Test func onlyADelayedJobThatBecomesTheFirstWakes() async throws {
        _ = try await store.enqueue("q", [NewJob(name: "n", start: .after(.seconds(10)))])
        #expect(try await store.waitForWork(interest("q"), atMost: .zero) == WakeUp(work: ["q"]))
        _ = try await store.enqueue("q", [NewJob(name: "n", start: .after(.seconds(20)))])
        #expect(try await store.waitForWork(interest("q"), atMost: .zero).isEmpty)
        _ = try await store.enqueue("q", [NewJob(name: "n", start: .after(.seconds(5)))])
        #expect(try await store.waitForWork(interest("q"), atMost: .zero) == WakeUp(work: ["q"]))
    }

    @Test func aCancellationWakesThoseWhoRunJobsOfTheQueue() async throws {
        let added = try await store.enqueue("q", [NewJob(name: "n")])
        let id = try #require(added.first?.id)
        let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
        _ = try await store.exchange("q", id: ExchangeID("1"), settle: [], claim: claim)
        let interest = WakeInterest(cancellations: ["q"])
        async let wakeUp = store.waitForWork(interest, atMost: .seconds(60))
        try await time.clock.waitForSleepers(1)
        #expect(try await store.apply([.cancel(JobKey(queue: "q", id: id))]) == [.requested])
        #expect(try await wakeUp == WakeUp(cancellations: ["q"]))
    }

    @Test func waitingForEventsEndsWithTheFirst() async throws {
        async let page = store.events(EventQuery(queue: "q", start: .end), waitingAtMost: .seconds(60))
        try await time.clock.waitForSleepers(1)
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        let kinds = try await page.events.map(\.kind)
        #expect(kinds == [.added("n"), .waiting(from: nil)])
    }

    @Test func aPositionFromBeforeAnObliterateNeverHidesTheGap() async throws {
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        let old = try await store.events(EventQuery(queue: "q", start: .beginning), waitingAtMost: .zero).next
        _ = try await store.configure([.pause("q")])
        let swept = try await store.sweep(.obliterate("q", force: false), after: nil, limit: 10)
        #expect(swept == SweepReport(removed: 1, progress: .finished))
        #expect(try await store.queues().isEmpty)
        let added = try await store.enqueue("q", [NewJob(name: "n")])
        #expect(added == [.added(try JobID("2"))])
        let page = try await store.events(EventQuery(queue: "q", start: .after(old)), waitingAtMost: .zero)
        #expect(page.hasGap)
        #expect(page.events.map(\.kind) == [.added("n"), .waiting(from: nil)])
    }

    @Test func aReaderBehindTheTrimSeesAGap() async throws {
        let start = try await store.events(EventQuery(queue: "q", start: .end), waitingAtMost: .zero).next
        let jobs = (0..<500).map { _ in NewJob(name: "n") }
        for _ in 0..<12 { _ = try await store.enqueue("q", jobs) }
        let late = try await store.events(EventQuery(queue: "q", start: .after(start)), waitingAtMost: .zero)
        #expect(late.hasGap)
        var page = try await store.events(EventQuery(queue: "q", start: .beginning, limit: 1000), waitingAtMost: .zero)
        #expect(!page.hasGap)
        var kept = 0
        while !page.events.isEmpty {
            kept += page.events.count
            let query = EventQuery(queue: "q", start: .after(page.next), limit: 1000)
            page = try await store.events(query, waitingAtMost: .zero)
            #expect(!page.hasGap)
        }
        #expect(kept >= EventPage.keptEvents)
    }

    @Test func aWorkerIsListedUntilItIsSilentForTooLong() async throws {
        func report(validFor: Duration) -> WorkerReport {
            WorkerReport(
                id: "w", queue: "q", host: "h", process: 1, concurrency: 1, running: 0, validFor: validFor)
        }
        let first = time.wall.now
        try await store.heartbeat([report(validFor: .seconds(10))])
        time.advance(by: .seconds(9))
        try await store.heartbeat([report(validFor: .seconds(10))])
        time.advance(by: .seconds(9))
        #expect(try await store.workers().map(\.startedAt) == [first])
        time.advance(by: .seconds(1))
        #expect(try await store.workers().isEmpty)
        try await store.heartbeat([report(validFor: .seconds(10))])
        try await store.heartbeat([report(validFor: .zero)])
        #expect(try await store.workers().isEmpty)
    }

    @Test func aClosedStoreRefusesCallsAndSendsWaitersAway() async throws {
        let waiting = Task { [store] in try await store.waitForWork(WakeInterest(work: ["q"]), atMost: .seconds(60)) }
        try await time.clock.waitForSleepers(1)
        await store.close()
        let sent = await #expect(throws: StoreError.self) { try await waiting.value }
        #expect(sent?.code == .closed)
        let refused = await #expect(throws: StoreError.self) { try await store.queues() }
        #expect(refused?.code == .closed)
    }
}
