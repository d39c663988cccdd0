import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// A mover that is cut off before and after every kind of call.
@Suite("The mover of a queue")
struct QueueMoverTests {
    private static let queue: QueueName = "q"

    private func mover(
        _ source: any JobStore, _ target: any JobStore, batch: Int = 7, stepped: @escaping (Int) -> Bool = { _ in true }
    ) -> QueueMover {
        QueueMover(
            Self.queue, from: .init(store: source, name: "A"), to: .init(store: target, name: "B"), batch: batch,
            reserve: 1000, stepped: stepped)
    }

    private func move(_ source: any JobStore, _ target: any JobStore, named name: String) async throws {
        var mover = mover(source, target)
        try await mover.open(fresh: name)
        while try await mover.pass({}) > 0 {}
        try await mover.close()
    }

    private func add(_ count: Int, to store: any JobStore) async throws -> [JobID] {
        let jobs = (0..<count).map { number in
            NewJob(
                name: "n", payload: JSONText(trusted: "\(number)"),
                start: number % 5 == 0 ? .after(.seconds(900)) : .now,
                options: JobOptions(priority: number % 4 == 0 ? 3 : 0))
        }
        return try await store.enqueue(Self.queue, jobs).compactMap(\.id)
    }

    @Test(
        "Calls and replies may be lost at any moment: each job arrives once, and runs once where workers begin at once")
    func lost() async throws {
        var random = TestRun.generator()
        let rounds = TestRun.number("DROVER_MOVE_ROUNDS", default: 60)
        var cuts = 0
        for round in 0..<rounds {
            let (source, target) = (ReferenceStore(), ReferenceStore())
            let rates = FaultRates(lostCall: 0.15, lostReply: 0.15)
            func bad(_ store: ReferenceStore) -> FaultInjectingStore {
                let calls: Set<StoreCall> = [.move, .movePage, .configure, .queues]
                return FaultInjectingStore(
                    store, plan: FaultPlan(seed: random.next(), rates: rates, on: calls))
            }
            let (from, to) = (bad(source), bad(target))
            let key = ScheduleKey(queue: Self.queue, id: try ScheduleID("s"))
            _ = try await source.put([SchedulePlan(Schedule(key: key, timing: .every(.seconds(3600)), name: "tick"))])
            var ids = try await add(40, to: source)
            var runs: [JobID: Int] = [:]
            var isDone = false
            for attempt in 0..<10_000 where !isDone {
                do {
                    try await move(from, to, named: "m\(round)-\(attempt)")
                    isDone = true
                } catch is StoreError {
                    cuts += 1
                }
                // Producers go on, and a worker ends what it finds.
                if attempt % 7 == 3, ids.count < 80 { ids += try await add(3, to: source) }
                let claim = Claim(limit: 3, lease: .seconds(30), worker: "w")
                let claimed = try await target.exchange(
                    Self.queue, id: ExchangeID("c\(attempt)"), settle: [], claim: claim
                ).claimed
                for job in claimed { runs[job.job.key.id, default: 0] += 1 }
                _ = try await target.exchange(
                    Self.queue, id: ExchangeID("s\(attempt)"),
                    settle: claimed.map {
                        Settlement(lease: $0.lease, outcome: .completed(.null), retention: .removeAtOnce)
                    },
                    claim: nil)
            }
            #expect(isDone)
            try await move(source, target, named: "last")
            let seen = try await jobs(of: target).map(\.record.key.id) + Array(runs.keys)
            let expected = ids + [key.id.job(at: try await slot(key, target))]
            #expect(seen.count == Set(seen).count, "a job arrived twice")
            #expect(Set(seen).symmetricDifference(expected).allSatisfy { $0.iteration != nil }, "jobs were lost")
            #expect(runs.values.allSatisfy { $0 == 1 }, "a job ran twice")
            #expect(try await source.queue(Self.queue)?.counts.total == 0)
            #expect(try await source.queue(Self.queue)?.isPaused == true)
            #expect(try await target.queue(Self.queue)?.isPaused == false)
        }
        TestRun.figure("\(cuts) cuts of a mover between reference stores")
    }

    private func slot(_ key: ScheduleKey, _ store: any JobStore) async throws -> Timestamp {
        let page = try await store.schedules(ScheduleQuery(queue: Self.queue), page: Page())
        return try #require(page.schedules.first).slot
    }

    private func jobs(of store: any JobStore) async throws -> [WholeJob] {
        var jobs: [WholeJob] = []
        for state in JobState.allCases {
            jobs += try await store.movePage(
                MoveQuery(queue: Self.queue, part: .jobs(state)), page: Page(limit: 1000)
            ).jobs
        }
        return jobs
    }

    @Test("Of two movers one goes on; the other is told, and changes nothing")
    func two() async throws {
        let (source, target) = (ReferenceStore(), ReferenceStore())
        _ = try await add(20, to: source)
        var first = mover(source, target)
        try await first.open(fresh: "one")
        var second = mover(source, target)
        try await second.open(fresh: "two")
        // Both have taken the same step over; who is first wins it.
        _ = try await second.pass {}
        let before = try await jobs(of: target)
        _ = try await add(5, to: source)
        let failure = await #expect(throws: CommandFailure.self) { _ = try await first.pass {} }
        #expect(failure?.description.contains("another drover move is at work") == true)
        #expect(try await jobs(of: target) == before)
        #expect(try await jobs(of: source).count == 5)
    }

    @Test("A job that somebody begins at the source after it has arrived is taken back from the target")
    func resumedMeanwhile() async throws {
        let (source, target) = (ReferenceStore(), ReferenceStore())
        _ = try await source.enqueue(Self.queue, Array(repeating: NewJob(name: "n"), count: 3))
        let resuming = ResumingStore(target, queue: Self.queue, source: source)
        var mover = mover(source, resuming)
        try await mover.open(fresh: "m")
        let failure = await #expect(throws: CommandFailure.self) { _ = try await mover.pass {} }
        #expect(failure?.description.contains("was resumed in A") == true, "\(String(describing: failure))")
        let active = try await jobs(of: source)
        #expect(active.map(\.record.state) == [.active])
        let arrived = try await jobs(of: target).map(\.record.key)
        #expect(arrived.count == 2)
        #expect(!arrived.contains(active[0].record.key))
    }

    @Test("One store under two names is found out, and left as it was")
    func sameStore() async throws {
        let store = ReferenceStore()
        _ = try await add(3, to: store)
        let failure = await #expect(throws: CommandFailure.self) { try await move(store, Lent(store), named: "m") }
        #expect(failure?.description.contains("are the same store") == true)
        #expect(try await store.queue(Self.queue)?.isPaused == false)
        let point = try await store.movePage(MoveQuery(queue: Self.queue, part: .point), page: Page()).point
        #expect(point.checkpoint == nil)
    }

    @Test("It stops behind a step when it is asked to, and goes on there")
    func stopped() async throws {
        let (source, target) = (ReferenceStore(), ReferenceStore())
        let ids = try await add(40, to: source)
        var first = mover(source, target) { _ in false }
        try await first.open(fresh: "m")
        _ = try await first.pass {}
        #expect(first.isStopped)
        #expect(try await jobs(of: target).count == 7)
        try await move(source, target, named: "other")
        #expect(Set(try await jobs(of: target).map(\.record.key.id)) == Set(ids))
    }
}

/// A target at whose first arrivals somebody resumes the source's queue and begins a job there.
private struct ResumingStore: ForwardingStore {
    let base: any JobStore
    let queue: QueueName
    let source: any JobStore

    init(_ base: any JobStore, queue: QueueName, source: any JobStore) {
        self.base = base
        self.queue = queue
        self.source = source
    }

    func move(_ step: MoveStep) async throws(StoreError) -> MoveReply {
        let reply = try await base.move(step)
        if !step.arriving.isEmpty {
            _ = try await source.configure([.resume(queue)])
            let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
            _ = try await source.exchange(queue, id: ExchangeID("x"), settle: [], claim: claim)
        }
        return reply
    }
}
