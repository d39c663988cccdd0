import Drover
import DroverTesting
import Testing

/// What programs find, over queues and states.
@Suite(.timeLimit(.minutes(10))) struct SearchingTests {
    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    private func add(_ ids: [String], to queue: QueueName, delay: Duration? = nil, priority: Int = 0) async throws {
        let jobs = ids.enumerated().map { index, id in
            NewJob(
                id: JobID(stored: id), name: index % 2 == 0 ? "even" : "odd", start: delay.map { .after($0) } ?? .now,
                options: JobOptions(priority: priority))
        }
        _ = try await store.enqueue(queue, jobs)
    }

    private func finish(_ count: Int, of queue: QueueName, _ outcome: Outcome) async throws {
        let claim = Claim(limit: count, lease: .seconds(60), worker: "w")
        let id = ExchangeID("x\(time.wall.now.milliseconds)-\(queue)")
        let claimed = try await store.exchange(queue, id: id, settle: [], claim: claim).claimed
        for job in claimed {
            time.advance(by: .seconds(1))
            _ = try await store.exchange(
                queue, id: ExchangeID("s\(job.job.key)"), settle: [Settlement(lease: job.lease, outcome: outcome)],
                claim: nil)
        }
    }

    /// Every page of a search, limit by limit.
    private func pages(
        _ filter: JobFilter, _ queues: [QueueName]? = nil, by sort: JobSort, _ order: Page.Order = .ascending,
        limit: Int
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor: PageCursor?
        repeat {
            let page = try await service.searchPage(
                filter, in: queues, sortedBy: sort, Page(limit: limit, after: cursor, order: order))
            pages.append(page.jobs.map { "\($0.key.queue) \($0.key.id)" })
            cursor = page.next
        } while cursor != nil && pages.count < 100
        return pages
    }

    private func fill() async throws {
        try await add(["f1", "f2"], to: "b")
        try await finish(2, of: "b", .failed(Failure(reason: "no")))
        try await add(["c1", "c2"], to: "a")
        try await finish(2, of: "a", .completed(.null))
        time.advance(by: .seconds(1))
        try await add(["w1", "w2"], to: "a")
        try await add(["c3"], to: "b", priority: 1)
        try await finish(1, of: "b", .completed(.null))
        time.advance(by: .seconds(1))
        try await add(["d1", "d2"], to: "b", delay: .seconds(600))
        try await add(["d3"], to: "a", delay: .seconds(500))
    }

    @Test("pages by place go over all queues and states, in both directions, whatever their length")
    func byPlace() async throws {
        try await fill()
        let all = ["a w1", "a w2", "a d3", "a c1", "a c2", "b d1", "b d2", "b f1", "b f2", "b c3"]
        for limit in [1, 2, 3, 10, 100] {
            let found = try await pages(.all, by: .place, limit: limit)
            #expect(found.flatMap(\.self) == all, "by \(limit)")
            #expect(found.dropLast().allSatisfy { $0.count == limit }, "full pages of \(limit)")
            #expect(try await pages(.all, by: .place, .descending, limit: limit).flatMap(\.self) == all.reversed())
        }
        let failed = try await pages(JobFilter("state = failed and name = odd"), ["b", "b"], by: .place, limit: 5)
        #expect(failed.flatMap(\.self).map { $0.suffix(2) } == ["f2"])
    }

    @Test("sorted pages hold the order over queues and states", arguments: [1, 2, 3, 100])
    func sorted(limit: Int) async throws {
        try await fill()
        func ids(_ sort: JobSort, _ order: Page.Order = .ascending) async throws -> [String] {
            try await pages(.all, by: sort, order, limit: limit).flatMap(\.self).map { String($0.suffix(2)) }
        }
        #expect(try await ids(.finished) == ["f1", "f2", "c1", "c2", "c3"])
        #expect(try await ids(.finished, .descending) == ["c3", "c2", "c1", "f2", "f1"])
        #expect(try await ids(.due) == ["d3", "d1", "d2"])
        #expect(try await ids(.due, .descending) == ["d2", "d1", "d3"])
        #expect(try await ids(.created) == ["f1", "f2", "c1", "c2", "w1", "w2", "c3", "d3", "d1", "d2"])
        #expect(try await ids(.created, .descending) == ["d2", "d1", "d3", "c3", "w2", "w1", "c2", "c1", "f2", "f1"])
    }

    @Test("a sorted page of finished jobs looks at no more of them than it needs")
    func cost() async throws {
        try await add((0..<40).map { "n\($0)" }, to: "a")
        try await finish(40, of: "a", .completed(.null))
        let page = try await service.searchPage(.all, sortedBy: .finished, Page(limit: 2, order: .descending))
        #expect(page.jobs.map(\.key.id.text) == ["n39", "n38"])
        let second = try await service.searchPage(
            .all, sortedBy: .finished, Page(limit: 2, after: page.next, order: .descending))
        #expect(second.jobs.map(\.key.id.text) == ["n37", "n36"])
        #expect(page.examined == 3 && second.examined < 10)
    }

    @Test("a sequence gives every job that is found, over several pages")
    func sequence() async throws {
        try await add((0..<450).map { "n\($0)" }, to: "a")
        var ids: [String] = []
        for try await job in service.search(JobFilter(names: ["odd"])) { ids.append(job.key.id.text) }
        #expect(ids == (0..<450).filter { $0 % 2 == 1 }.map { "n\($0)" })
        let tally = try await service.count(JobFilter(names: ["odd"]))
        #expect(tally == SearchTally(examined: 450, matched: 225))
    }

    @Test("a cursor of another search is refused", arguments: ["", "x", "a:b", "a:nostate:", "1:2", "x:a:b"])
    func cursors(text: String) async throws {
        for sort in JobSort.allCases {
            let error = await #expect(throws: DroverError.self) {
                try await service.searchPage(.all, sortedBy: sort, Page(after: PageCursor(text)))
            }
            #expect(error?.code == .refused)
        }
    }
}
