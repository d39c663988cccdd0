import Drover
import DroverSQLite
import DroverTesting
import GRDB
import Logging
import Testing

/// What comes over an attempt, or its handler does, when a transaction has completed the job.
@Suite("After a completion in a transaction", .timeLimit(.minutes(10)))
struct AfterCompletionTests {
    /// Everything that is logged, with its level.
    private struct Capture: LogHandler {
        let lines: Probe<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.signal("\(event.level) \(event.message)") }
    }

    private struct Broken: Error {}

    /// A service whose jobs are completed before `handler` goes on; it signals `completed` in between.
    private func service(
        _ shop: Application, store: (any JobStore)? = nil, clock: any Clock<Duration> = ContinuousClock(),
        _ logger: Logger = quiet, concurrency: Int = 1, options: WorkerOptions = WorkerOptions(),
        completed: Probe<JobID>,
        _ handler: @escaping @Sendable (JobContext) async throws -> Void
    ) -> JobService {
        let service = JobService(
            store: store ?? shop.store, configuration: ServiceConfiguration(clock: clock), logger: logger)
        service.work("q", concurrency: concurrency, options: options) { handlers in
            handlers.otherwise { context in
                if context.job.name == "plain" {
                    try await handler(context)
                    return .null
                }
                try await shop.database.write { try context.complete("done", in: shop.store.transaction(of: $0)) }
                completed.signal(context.key.id)
                try await handler(context)
                return .null
            }
        }
        return service
    }

    private func isCompletedOnce(_ id: JobID, _ shop: Application) async throws -> Bool {
        let record = try #require(try await shop.store.jobs([JobKey(queue: "q", id: id)])[0])
        return record.state == .completed && record.result?.text == #""done""# && record.attemptsMade == 1
            && record.attemptsStarted == 1 && record.failedReason == nil
    }

    @Test("An error of the handler is logged as a warning and changes nothing", arguments: Application.places)
    func error(_ place: SQLiteFixture.Place) async throws {
        try await withApplication(place) { shop async throws in
            let lines = Probe<String>("log")
            let completed = Probe<JobID>("completed")
            let service = service(shop, Logger(label: "test") { _ in Capture(lines: lines) }, completed: completed) {
                context in
                if context.job.name == "snooze" { throw Snooze(for: .seconds(60)) }
                throw Broken()
            }
            async let running: Void = service.run()
            let jobs = [NewJob(name: "fail", options: JobOptions(attempts: 5)), NewJob(name: "snooze")]
            let ids = try await shop.store.enqueue("q", jobs).compactMap(\.id)
            try await completed.wait(for: 2)
            service.stop()
            try await running
            for id in ids { #expect(try await isCompletedOnce(id, shop)) }
            let warnings = lines.values.filter { $0.hasPrefix("warning") }
            #expect(warnings.count == 2)
            #expect(warnings.allSatisfy { $0.contains("stays completed") }, "\(lines.values)")
            #expect(!lines.values.contains { $0.contains("lease") || $0.hasPrefix("error") }, "\(lines.values)")
        }
    }

    @Test("A timeout and a shutdown end the handler and change nothing", arguments: [true, false])
    func stopped(byTimeout: Bool) async throws {
        try await withApplication(.pool) { shop async throws in
            let completed = Probe<JobID>("completed")
            let never = Probe<Void>("nothing")
            let ended = Probe<Void>("cancelled handlers")
            let clock = ManualClock()
            let service = service(shop, clock: clock, completed: completed) { _ in
                defer { ended.signal() }
                try await never.wait(timeout: .seconds(600))
            }
            let run = Task { try await service.run() }
            var options = JobOptions(attempts: 5)
            if byTimeout { options.timeout = .seconds(2) }
            let id = try #require(try await shop.store.enqueue("q", [NewJob(name: "n", options: options)])[0].id)
            try await completed.wait()
            if byTimeout {
                try await clock.waitForSleeper(wakingWithin: .seconds(2))
                clock.advance(by: .seconds(2))
            } else {
                run.cancel()
            }
            try await ended.wait()
            service.stop()
            try await run.value
            #expect(try await isCompletedOnce(id, shop))
            #expect(try await shop.counts() == JobCounts([.completed: 1]))
        }
    }

    @Test("A cancellation comes too late")
    func cancelled() async throws {
        try await withApplication(.pool) { shop async throws in
            let completed = Probe<JobID>("completed")
            let goOn = Probe<Void>("go on")
            let wasCancelled = Probe<Bool>("cancelled")
            let service = service(shop, completed: completed) { _ in
                try await goOn.wait()
                wasCancelled.signal(Task.isCancelled)
            }
            async let running: Void = service.run()
            let id = try #require(try await shop.store.add(1, to: "q").first)
            try await completed.wait()
            let key = JobKey(queue: "q", id: id)
            #expect(try await shop.store.apply([JobCommand.cancel(key)]) == [.wrongState(.completed)])
            goOn.signal()
            #expect(try await wasCancelled.wait() == [false])
            service.stop()
            try await running
            #expect(try await isCompletedOnce(id, shop))
        }
    }

    /// Tells of each renewal.
    private struct Renewing: ForwardingStore {
        let base: any JobStore
        let renewals: Probe<[JobID]>

        func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
            defer { renewals.signal(leases.map(\.job.id)) }
            return try await base.renew(leases)
        }
    }

    @Test("The lease is let go of while the handler goes on, which is not stopped; the others are renewed")
    func leaseIsLetGo() async throws {
        try await withApplication(.pool) { shop async throws in
            let completed = Probe<JobID>("completed")
            let goOn = Probe<Void>("go on")
            let wasCancelled = Probe<Bool>("cancelled")
            let renewals = Probe<[JobID]>("renewals")
            let store = Renewing(base: shop.store, renewals: renewals)
            let service = service(
                shop, store: store, concurrency: 2, options: WorkerOptions(lease: .milliseconds(200)),
                completed: completed
            ) { context in
                try await goOn.wait()
                if context.job.name != "plain" { wasCancelled.signal(Task.isCancelled) }
            }
            async let running: Void = service.run()
            let other = try #require(try await shop.store.add(1, to: "q", named: "plain").first)
            let id = try #require(try await shop.store.add(1, to: "q").first)
            try await completed.wait()
            let before = renewals.values.count
            // One may have been under way; three renewals are more than a lease.
            let later = try await renewals.wait(for: before + 4).dropFirst(before + 1)
            #expect(later.allSatisfy { $0 == [other] }, "\(later)")
            goOn.signal()
            #expect(try await wasCancelled.wait() == [false])
            service.stop()
            try await running
            #expect(try await isCompletedOnce(id, shop))
        }
    }

    @Test("The slot is free when the handler has returned, and then the next job is taken")
    func slot() async throws {
        try await withApplication(.queue) { shop async throws in
            let completed = Probe<JobID>("completed")
            let goOn = Probe<Void>("go on")
            let service = service(shop, completed: completed) { _ in
                try await goOn.wait(for: completed.values.count)
            }
            async let running: Void = service.run()
            let ids = try await shop.store.add(2, to: "q")
            try await completed.wait()
            #expect(try await shop.counts() == JobCounts([.waiting: 1, .completed: 1]))
            goOn.signal()
            #expect(try await completed.wait(for: 2) == ids)
            goOn.signal()
            service.stop()
            try await running
            for id in ids { #expect(try await isCompletedOnce(id, shop)) }
        }
    }

    @Test("A worker of so many jobs counts the completed ones, and a removal at once is kept to")
    func limitAndRetention() async throws {
        try await withApplication(.pool) { shop async throws in
            let completed = Probe<JobID>("completed")
            var options = WorkerOptions(limit: 3)
            options.completedRetention = .keep(1)
            let service = service(shop, concurrency: 2, options: options, completed: completed) { _ in }
            try await shop.store.add(5, to: "q")
            try await service.run()
            #expect(completed.values.count == 3)
            #expect(try await shop.counts() == JobCounts([.waiting: 2, .completed: 1]))
        }
    }

    @Test("A schedule whose runs must not overlap goes on behind the handler", arguments: [false, true])
    func schedule(mayOverlap: Bool) async throws {
        try await withApplication(.pool) { shop async throws in
            let completed = Probe<JobID>("completed")
            let service = service(shop, completed: completed) { _ in }
            let key = ScheduleKey(queue: "q", id: try ScheduleID("s"))
            var schedule = Schedule(key: key, timing: .every(.milliseconds(50)), name: "tick")
            schedule.overlap = mayOverlap ? .allow : .forbid
            schedule.limit = 3
            try await service.put(schedule)
            async let running: Void = service.run()
            let ids = try await completed.wait(for: 3)
            service.stop()
            try await running
            #expect(Set(ids).count == 3)
            for id in ids { #expect(try await isCompletedOnce(id, shop)) }
            #expect(try await shop.counts() == JobCounts([.completed: 3]))
        }
    }
}
