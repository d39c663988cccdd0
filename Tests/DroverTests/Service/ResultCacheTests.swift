import Drover
import DroverTesting
import Synchronization
import Testing

/// Jobs that take the result of an earlier one.
@Suite(.timeLimit(.minutes(10))) struct ResultCacheTests {
    struct Report: JobPayload, Equatable {
        static let name: JobName = "report"
        static let queue: QueueName = "reports"
        typealias Result = Int
        var month: Int

        static func options(_ key: String = "june", for lifetime: Duration = .seconds(600)) -> JobOptions {
            var options = JobOptions()
            options.resultCache = ResultCache(key: key, lifetime: lifetime)
            return options
        }
    }

    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService
    private let runs = Counter()

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
        var value: Int { count.withLock { $0 } }
    }

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        service.work(Report.queue) { [runs] handlers in
            handlers.on(Report.self) { _, _ in runs.next() }
        }
    }

    @Test("a job with the key of an earlier one completes with its result and does not run, until the time is over")
    func taken() async throws {
        let first = try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        let second = try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        let jobs = try await store.jobs([first, second]).compactMap(\.self)
        #expect(jobs.map(\.result?.text) == ["1", "1"] && jobs.allSatisfy { $0.state == .completed })
        #expect(runs.value == 1)
        // What was taken does not begin its time anew.
        time.advance(by: .seconds(500))
        try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        #expect(runs.value == 1)
        time.advance(by: .seconds(101))
        try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        #expect(runs.value == 2)
    }

    @Test("other keys run, and a job that fails leaves nothing")
    func others() async throws {
        try await service.add(Report(month: 6), options: Report.options("a"))
        try await service.add(Report(month: 7), options: Report.options("b"))
        try await service.add(Report(month: 8))
        try await service.add([NewJob(name: "other", options: Report.options("a"))], to: Report.queue)
        try await service.drain()
        #expect(runs.value == 3)
        let failed = try await store.jobs(matching: JobQuery(queue: Report.queue, state: .failed), page: Page()).jobs
        #expect(failed.map(\.name) == ["other"])
    }

    @Test("a job that is cancelled or has expired does not complete by the cache")
    func refused() async throws {
        // It is asked to stop while it runs, and its holder puts it back: who takes it next finds a result.
        let cancelled = try await service.add(Report(month: 6), options: Report.options())
        let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
        let held = try #require(
            try await store.exchange(Report.queue, id: ExchangeID("a"), settle: [], claim: claim).claimed.first)
        #expect(held.job.key == cancelled && held.cachedResult == nil)
        #expect(try await store.apply([.cancel(cancelled)]) == [.requested])
        let first = try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        #expect(try await store.jobs([first]).first??.state == .completed && runs.value == 1)
        let settlement = Settlement(lease: held.lease, outcome: .released)
        let reply = try await store.exchange(Report.queue, id: ExchangeID("b"), settle: [settlement], claim: nil)
        #expect(reply.settled == [.settled])
        var options = Report.options()
        options.expiresAfter = .seconds(10)
        let late = try await service.add(Report(month: 6), options: options)
        time.advance(by: .seconds(20))
        // Another one takes the result: it is still kept.
        let third = try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        let jobs = try await store.jobs([cancelled, late, third]).compactMap(\.self)
        #expect(jobs.map(\.state) == [.failed, .failed, .completed])
        #expect(jobs.map(\.failedReason) == [Failure.cancelledReason, Failure.expiredReason, nil])
        #expect(jobs.map(\.result?.text) == [nil, nil, "1"])
        #expect(runs.value == 1)
    }

    @Test("a job that is claimed by hand completes by the cache and is not handed out")
    func byHand() async throws {
        let first = try #require(try await claimNew())
        try await first.complete(7)
        #expect(try await claimNew() == nil)
        let jobs = try await store.jobs(matching: JobQuery(queue: Report.queue, state: .completed), page: Page()).jobs
        #expect(jobs.map(\.result?.text) == ["7", "7"])
    }

    private func claimNew() async throws -> HeldJob? {
        try await service.add(Report(month: 6), options: Report.options())
        return try await service.claim(from: Report.queue).first
    }

    @Test("an encrypted result is kept sealed, and opens for who waits for the job that took it")
    func encrypted() async throws {
        let ring = try KeyRing([EncryptionKey(id: "main", bytes: [UInt8](repeating: 7, count: 32))])
        var configuration = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        var encryption = PayloadEncryption(ring, standard: .whole)
        encryption.results = true
        configuration.encryption = encryption
        let service = JobService(store: store, configuration: configuration)
        service.work(Report.queue) { [runs] handlers in handlers.on(Report.self) { _, _ in 40 + runs.next() } }
        try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        let second = try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        let job = try #require(try await store.jobs([second]).first ?? nil)
        #expect(job.result?.text.contains("encrypted:1") == true && runs.value == 1)
        #expect(try await service.result(of: second, as: Int.self, within: .seconds(5)) == 41)
    }

    @Test("a result whose key is lost is none: the job runs, and leaves its own", arguments: [true, false])
    func lostKey(_ isByHand: Bool) async throws {
        func service(_ id: String) throws -> JobService {
            var configuration = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
            let ring = try KeyRing([EncryptionKey(id: id, bytes: [UInt8](repeating: 7, count: 32))])
            configuration.encryption = PayloadEncryption(ring, standard: .whole)
            let service = JobService(store: store, configuration: configuration)
            service.work(Report.queue) { [runs] handlers in handlers.on(Report.self) { _, _ in 40 + runs.next() } }
            return service
        }
        func run(_ service: JobService) async throws -> Int {
            let key = try await service.add(Report(month: 6), options: Report.options())
            if isByHand {
                for held in try await service.claim(from: Report.queue) { try await held.complete(40 + runs.next()) }
            } else {
                try await service.drain()
            }
            return try await service.result(of: key, as: Int.self, within: .seconds(5))
        }
        #expect(try await run(service("lost")) == 41)
        #expect(try await run(service("lost")) == 41 && runs.value == 1)
        time.advance(by: .seconds(500))
        #expect(try await run(service("main")) == 42)
        // The new one is kept, and lives by its own time: that of the first, 600 s, is over.
        time.advance(by: .seconds(200))
        #expect(try await run(service("main")) == 42 && runs.value == 2)
    }

    @Test("a forgotten result is not taken")
    func forgotten() async throws {
        try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        let setting = QueueSetting.forgetResult(Report.queue, name: Report.name, key: "june")
        #expect(try await store.configure([setting]) == [.done])
        try await service.add(Report(month: 6), options: Report.options())
        try await service.drain()
        #expect(runs.value == 2)
    }
}
