import Drover
import DroverTesting
import Synchronization
import Testing

/// What is done to all jobs that a filter finds.
@Suite(.timeLimit(.minutes(10))) struct BulkTests {
    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    private func add(_ count: Int, start: NewJob.Start = .now, priority: Int = 0) async throws {
        _ = try await store.enqueue(
            "q",
            (0..<count).map {
                NewJob(name: $0 % 2 == 0 ? "even" : "odd", start: start, options: JobOptions(priority: priority))
            })
    }

    private func fail(_ count: Int, _ outcome: Outcome = .failed(Failure(reason: "no"))) async throws {
        let claim = Claim(limit: count, lease: .seconds(60), worker: "w")
        let claimed = try await store.exchange("q", id: ExchangeID("c"), settle: [], claim: claim).claimed
        let settle = claimed.map { Settlement(lease: $0.lease, outcome: outcome) }
        _ = try await store.exchange("q", id: ExchangeID("s"), settle: settle, claim: nil)
    }

    private func counts() async throws -> JobCounts { try await store.queues().first?.counts ?? JobCounts() }

    @Test("retrying what matches retries that and nothing else, in steps that are told")
    func retry() async throws {
        try await add(50)
        try await fail(50)
        var told: [BulkReport] = []
        let report = try await service.apply(
            .retry(resetAttempts: true), matching: JobFilter(names: ["odd"]), step: 4, progress: { told.append($0) })
        #expect(report.done == 25 && report.matched == 25 && report.skipped == 0 && report.refused == 0)
        #expect(report.examined == 50 && report.total == 50)
        #expect(try await counts() == JobCounts([.waiting: 25, .failed: 25]))
        #expect(told.count >= 7)
        #expect(zip(told, told.dropFirst()).allSatisfy { $0.done <= $1.done && $1.done - $0.done <= 4 })
        #expect(told.last == report)
        let again = try await service.retry(matching: JobFilter(names: ["odd"]))
        #expect(again.done == 0 && again.matched == 0)
    }

    @Test("a dry run counts and changes nothing")
    func dryRun() async throws {
        try await add(50)
        try await fail(50)
        let before = try await counts()
        let report = try await service.remove(matching: JobFilter(names: ["odd"]), dryRun: true)
        #expect(report.matched == 25 && report.done == 0)
        #expect(try await counts() == before)
    }

    @Test("completed jobs are retried only where the filter speaks of states")
    func retryCompleted() async throws {
        try await add(6)
        try await fail(6, .completed(.null))
        #expect(try await service.retry(matching: JobFilter(names: ["odd"])).matched == 0)
        #expect(try await service.retry(matching: JobFilter("state = completed and name = odd")).done == 3)
    }

    @Test("each operation takes the states that it can act on")
    func states() async throws {
        try await add(4)
        _ = try await store.exchange(
            "q", id: ExchangeID("c"), settle: [], claim: Claim(limit: 1, lease: .seconds(60), worker: "w"))
        try await add(4, start: .after(.seconds(600)))
        try await add(4, priority: 3)
        let filter = JobFilter.all
        let priority = try await service.setPriority(3, matching: filter)
        #expect(priority.done == 7 && priority.matched == 7)
        #expect(try await counts() == JobCounts([.active: 1, .delayed: 4, .prioritized: 7]))
        #expect(try await service.setPriority(0, matching: filter).done == 11)
        #expect(try await service.promote(matching: filter).done == 4)
        #expect(try await counts() == JobCounts([.active: 1, .waiting: 11]))
        let cancelled = try await service.cancel(matching: filter)
        #expect(cancelled.done == 11 && cancelled.requested == 1)
        #expect(try await service.remove(matching: filter).done == 11)
        #expect(try await counts() == JobCounts([.active: 1]))
    }

    @Test("a job that moves between its finding and its turn is skipped, and is not what it was taken for")
    func moved() async throws {
        try await add(20)
        try await fail(20)
        let retried = Mutex(false)
        // The first page has been found when progress is told for the first time.
        let report = try await service.apply(.remove, matching: JobFilter(states: [.failed]), step: 5) { _ in
            let isFirst = retried.withLock { done in
                defer { done = true }
                return !done
            }
            guard isFirst else { return }
            let first = try await store.jobs(matching: JobQuery(queue: "q", state: .failed), page: Page(limit: 3))
            _ = try await store.apply(first.jobs.map { .retry($0.key, resetAttempts: false) })
        }
        #expect(report.done == 17 && report.skipped == 3)
        #expect(try await counts() == JobCounts([.waiting: 3]))
    }

    @Test("jobs that come back meanwhile do not keep it going")
    func endless() async throws {
        try await add(10)
        try await fail(10)
        let rounds = Mutex(0)
        let report = try await service.apply(.retry(resetAttempts: true), matching: .all, step: 2) { _ in
            let round = rounds.withLock { count in
                count += 1
                return count
            }
            time.advance(by: .seconds(1))
            let claim = Claim(limit: 100, lease: .seconds(60), worker: "w")
            let claimed = try await store.exchange("q", id: ExchangeID("c\(round)"), settle: [], claim: claim).claimed
            let settle = claimed.map { Settlement(lease: $0.lease, outcome: .failed(Failure(reason: "again"))) }
            _ = try await store.exchange("q", id: ExchangeID("s\(round)"), settle: settle, claim: nil)
        }
        #expect(report.examined == 10 && report.done == 10)
        #expect(rounds.withLock { $0 } < 20)
    }

    @Test("an error ends it, what was done stays done, and the same call goes on")
    func ends() async throws {
        struct Enough: Error {}
        try await add(30)
        try await fail(30)
        await #expect(throws: Enough.self) {
            try await service.apply(.remove, matching: .all, step: 5) { report in
                if report.done >= 10 { throw Enough() }
            }
        }
        #expect(try await counts() == JobCounts([.failed: 20]))
        #expect(try await service.remove(matching: .all).done == 20)
    }

    @Test("a priority that is out of range is refused before anything is changed")
    func priority() async throws {
        try await add(2)
        let error = await #expect(throws: DroverError.self) { try await service.setPriority(-1, matching: .all) }
        #expect(error?.code == .refused)
        #expect(try await counts() == JobCounts([.waiting: 2]))
    }

    @Test("what the store refuses is counted, and told by the first jobs of it")
    func refused() async throws {
        let schedule = Schedule(
            key: ScheduleKey(queue: "q", id: ScheduleID(stored: "s")), timing: .every(.seconds(3600)), name: "tick")
        _ = try await service.put(schedule)
        let report = try await service.remove(matching: .all)
        #expect(report.matched == 1 && report.refused == 1 && report.done == 0)
        #expect(report.problems.count == 1)
    }
}
