import DroverCore
import DroverTesting
import Testing

@Suite struct FaultInjectingStoreTests {
    let time = ManualTime()
    let base: ReferenceStore
    let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")

    init() { base = ReferenceStore(clock: time.wall, timer: time.clock) }

    func makeStore(_ plan: FaultPlan = .calm) -> FaultInjectingStore {
        FaultInjectingStore(base, plan: plan, clock: time.clock)
    }

    func stored() async throws -> Int { try await base.queues().map(\.counts.total).reduce(0, +) }

    @Test func aLostCallHasNoEffect() async throws {
        let store = makeStore()
        store.failNext(.enqueue, .lostCall)
        let error = await #expect(throws: StoreError.self) { try await store.enqueue("q", [NewJob(name: "n")]) }
        #expect(error?.code == .unreachable)
        #expect(error?.isTransient == true)
        #expect(try await stored() == 0)
        #expect(store.counts[.enqueue, .lostCall] == 1)
    }

    @Test func aLostReplyHasItsEffect() async throws {
        let store = makeStore()
        store.failNext(.enqueue, .lostReply)
        let error = await #expect(throws: StoreError.self) { try await store.enqueue("q", [NewJob(name: "n")]) }
        #expect(error?.code == .unreachable)
        #expect(try await stored() == 1)
        #expect(store.counts[.enqueue, .lostReply] == 1)
    }

    @Test func aCallThatFailsByItselfHasNoReplyToLoseAndCountsAsNoFault() async throws {
        let store = makeStore()
        await base.close()
        for kind in [FaultKind.lostReply, .lateReply] {
            store.failNext(.enqueue, kind)
            let error = await #expect(throws: StoreError.self) { try await store.enqueue("q", [NewJob(name: "n")]) }
            #expect(error?.code == .closed)
            #expect(store.counts[.enqueue, kind] == 0)
        }
        #expect(store.counts.made(.enqueue) == 2)
    }

    @Test func aLateCallHasItsEffectAfterTheDelay() async throws {
        let store = makeStore(FaultPlan(seed: 1, longestDelay: .seconds(10)))
        store.failNext(.enqueue, .lateCall)
        async let added = store.enqueue("q", [NewJob(name: "n")])
        try await time.clock.waitForSleepers(1)
        #expect(try await stored() == 0)
        time.advance(by: .seconds(10))
        #expect(try await added.count == 1)
        #expect(try await stored() == 1)
    }

    @Test func aLateReplyHasItsEffectBeforeTheDelay() async throws {
        let store = makeStore(FaultPlan(seed: 1, longestDelay: .seconds(10)))
        store.failNext(.enqueue, .lateReply)
        async let added = store.enqueue("q", [NewJob(name: "n")])
        try await time.clock.waitForSleepers(1)
        #expect(try await stored() == 1)
        time.advance(by: .seconds(10))
        #expect(try await added.count == 1)
    }

    @Test func ordersAreServedInTurnAndTouchNoOtherCall() async throws {
        let store = makeStore()
        store.failNext(.exchange, .lostReply, times: 2)
        store.failNext(.exchange, .lostCall)
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        for _ in 0..<3 {
            await #expect(throws: StoreError.self) {
                try await store.exchange("q", id: ExchangeID("1"), settle: [], claim: claim)
            }
        }
        let reply = try await store.exchange("q", id: ExchangeID("1"), settle: [], claim: claim)
        #expect(reply.claimed.map(\.job.attemptsStarted) == [1])
        #expect(store.counts[.exchange, .lostReply] == 2)
        #expect(store.counts[.exchange, .lostCall] == 1)
        #expect(store.counts.made(.exchange) == 4)
        #expect(store.counts.total(.lostReply) == 2)
    }

    @Test func theSameSeedMakesTheSameDecisions() async throws {
        let rates = FaultRates(lostCall: 0.3, lostReply: 0.3)
        func outcomes() async -> [Bool] {
            let store = makeStore(FaultPlan(seed: 42, rates: rates, on: [.queues]))
            var outcomes: [Bool] = []
            for _ in 0..<200 {
                do {
                    _ = try await store.queues()
                    outcomes.append(true)
                } catch {
                    outcomes.append(false)
                }
            }
            return outcomes
        }
        let first = await outcomes()
        #expect(await outcomes() == first)
        #expect(Set(first) == [true, false])
    }

    @Test func callsOutsideThePlanAndAfterCalmingDownPass() async throws {
        let store = makeStore(FaultPlan(seed: 3, rates: FaultRates(lostCall: 1), on: [.exchange]))
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        await #expect(throws: StoreError.self) {
            try await store.exchange("q", id: ExchangeID("1"), settle: [], claim: claim)
        }
        store.calmDown()
        let reply = try await store.exchange("q", id: ExchangeID("1"), settle: [], claim: claim)
        #expect(reply.claimed.count == 1)
    }

    /// Rule 2, from the caller's side: whoever repeats what failed loses nothing and doubles nothing.
    @Test func repeatingWhatFailedRunsEachJobOnce() async throws {
        let random = TestRun.generator()
        let plan = FaultPlan(
            seed: random.seed, rates: FaultRates(lostCall: 0.2, lostReply: 0.3), on: [.exchange])
        let store = makeStore(plan)
        let jobs = 300
        _ = try await base.enqueue("q", (0..<jobs).map { _ in NewJob(name: "n") })
        var settle: [Settlement] = []
        var isDry = false
        var turn = 0
        while !(isDry && settle.isEmpty) {
            turn += 1
            let claim = Claim(limit: 7, lease: .seconds(30), worker: "w")
            var answer: ExchangeReply?
            while answer == nil {
                do {
                    answer = try await store.exchange("q", id: ExchangeID("x\(turn)"), settle: settle, claim: claim)
                } catch {
                    #expect(error.code == .unreachable)
                }
            }
            let reply = try #require(answer)
            #expect(reply.settled.allSatisfy { $0 == .settled }, "\(plan)")
            isDry = reply.claimed.isEmpty
            settle = reply.claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
        }
        let counts = try await base.queues().first?.counts
        #expect(counts == JobCounts([.completed: jobs]), "\(plan)")
        let done = try await base.jobs(matching: JobQuery(queue: "q", state: .completed), page: Page(limit: 1000))
        #expect(done.jobs.allSatisfy { $0.attemptsMade == 1 && $0.attemptsStarted == 1 }, "\(plan)")
        #expect(store.counts.total(.lostReply) > 0, "\(plan)")
    }

    @Test func itIsTheStoreBehindInAllElse() async throws {
        let store = makeStore()
        try await store.prepare()
        #expect(store.traits == base.traits)
        await store.close()
        let error = await #expect(throws: StoreError.self) { try await base.queues() }
        #expect(error?.code == .closed)
    }
}
