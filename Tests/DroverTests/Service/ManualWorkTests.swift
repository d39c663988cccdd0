import DroverTesting
import Synchronization
import Testing

@testable import Drover

/// Jobs that a program claims, holds and settles by hand.
@Suite(.timeLimit(.minutes(10))) struct ManualWorkTests {
    struct Mail: JobPayload, Equatable {
        static let name: JobName = "mail"
        static let queue: QueueName = "mails"
        static let options = JobOptions(attempts: 2, backoff: .fixed(.seconds(30)))
        typealias Result = String
        var to: String
    }

    private struct Bounced: Error {}

    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    private func claimOne(lease: Duration = .seconds(60)) async throws -> HeldJob {
        try #require(try await service.claim(from: Mail.queue, lease: lease).first)
    }

    private func record(_ key: JobKey) async throws -> JobRecord { try #require(try await store.jobs([key])[0]) }

    private func code(of call: () async throws -> Void) async -> DroverError.Code? {
        do {
            try await call()
            return nil
        } catch { return (error as? DroverError)?.code }
    }

    @Test("jobs are claimed in order, with typed payloads, and completed with results")
    func completes() async throws {
        for name in ["a", "b", "c"] { try await service.add(Mail(to: name)) }
        let held = try await service.claim(from: Mail.queue, limit: 2, lease: .seconds(60), worker: "me")
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["a", "b"])
        try await held[0].progress(0.5)
        try await held[0].log("half")
        try await held[0].complete("sent")
        let job = try await record(held[0].key)
        #expect(job.state == .completed && job.result?.text == #""sent""# && job.worker == "me")
        #expect(job.progress?.text == "0.5" && job.attemptsMade == 1)
        #expect(try await store.logs(job.key, page: Page()).lines == ["half"])
        #expect(try await service.result(of: job.key, within: .seconds(1)).text == #""sent""#)
        #expect(try await record(held[1].key).state == .active)
        #expect(try await service.claim(from: Mail.queue, limit: 9).map(\.key.id.text) == ["3"])
        #expect(try await service.claim(from: Mail.queue).isEmpty)
    }

    @Test("each way to settle does to the job what it says")
    func outcomes() async throws {
        let key = try await service.add(Mail(to: "a"))
        try await claimOne().release()
        #expect(try await record(key).state == .waiting)
        try await claimOne().snooze(for: .seconds(10))
        #expect(try await record(key).state == .delayed)
        time.advance(by: .seconds(10))
        try await claimOne().fail("no such box")
        var job = try await record(key)
        #expect(job.state == .delayed && job.attemptsMade == 1 && job.failedReason == "no such box")
        time.advance(by: .seconds(30))
        try await claimOne().retry(after: .zero, reason: "later")
        job = try await record(key)
        #expect(job.state == .waiting && job.attemptsMade == 2 && job.failedReason == "later")
        try await claimOne().fail(Bounced())
        job = try await record(key)
        #expect(job.state == .failed && job.failedReason == "Bounced()" && job.attemptsMade == 3)
        let other = try await service.add(Mail(to: "b"))
        try await claimOne().fail("broken", isFinal: true)
        #expect(try await record(other).state == .failed)
        let third = try await service.add(Mail(to: "c"))
        try await claimOne().fail(Unrecoverable("gone"))
        #expect(try await record(third).failedReason == "gone")
    }

    @Test("a lease lasts as long as it was asked for, and longer when it is renewed; then calls say that it is lost")
    func leases() async throws {
        let key = try await service.add(Mail(to: "a"))
        let held = try await claimOne(lease: .seconds(60))
        time.advance(by: .seconds(50))
        #expect(try await held.renew() == false)
        time.advance(by: .seconds(50))
        #expect(try await store.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10).isEmpty)
        time.advance(by: .seconds(20))
        #expect(try await store.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10).map(\.key) == [key])
        #expect(!held.isLost)
        #expect(await code { try await held.progress(1) } == .leaseLost)
        #expect(await code { try await held.renew() } == .leaseLost)
        #expect(held.isLost)
        #expect(await code { try await held.complete("late") } == .leaseLost)
        let again = try await claimOne()
        #expect(await code { try await held.release() } == .leaseLost)
        try await again.complete("sent")
        #expect(try await record(key).stalls == 1)
    }

    @Test("a job that was dropped is taken over by a claim that finds nothing else, also without any worker")
    func dropped() async throws {
        let key = try await service.add(Mail(to: "a"))
        #expect(try await claimOne(lease: .seconds(60)).key == key)
        #expect(try await service.claim(from: Mail.queue).isEmpty)
        time.advance(by: .seconds(61))
        let again = try await claimOne()
        #expect(again.key == key && again.job.stalls == 1)
        time.advance(by: .seconds(61))
        // Dropped more often than a job may be: it fails, and is not handed out.
        #expect(try await service.claim(from: Mail.queue).isEmpty)
        #expect(try await record(key).failedReason == Failure.stalledReason)
    }

    @Test("the options of the queue's worker in this service hold for claims by hand")
    func workerOptions() async throws {
        var options = WorkerOptions(maxStalled: 5)
        options.rateLimit = WorkerRate(max: 2, per: .seconds(60))
        options.attempts = 3
        service.work(Mail.queue, options: options) { $0.on(Mail.self) { _, _ in "by a worker" } }
        var job = Mail.options
        job.attempts = 1
        for name in ["a", "b", "c"] { try await service.add(Mail(to: name), options: job) }
        let held = try await service.claim(from: Mail.queue, limit: 5)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["a", "b"])
        try await held[0].fail("no")
        #expect(try await record(held[0].key).state == .delayed)
    }

    @Test("the loss of a lease is also found by the call that settles")
    func lostAtTheEnd() async throws {
        try await service.add(Mail(to: "a"))
        let held = try await claimOne(lease: .seconds(1))
        time.advance(by: .seconds(2))
        _ = try await store.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10)
        let error = await #expect(throws: DroverError.self) { try await held.complete("late") }
        #expect(error?.code == .leaseLost && error?.message.contains("mails/1 is no longer held") == true)
        #expect(held.isLost)
    }

    @Test("a job is settled once, and a wrong call leaves it held")
    func once() async throws {
        let key = try await service.add(Mail(to: "a"))
        let held = try await claimOne()
        #expect(await code { try await held.retry(after: .seconds(-1)) } == .refused)
        #expect(await code { try await held.snooze(for: .seconds(-1)) } == .refused)
        #expect(await code { try await held.complete(JSONText(String(repeating: "1", count: 1_048_577))) } == .refused)
        #expect(await code { _ = try held.payload(as: ExpiryTests.Code.self) } == .undecodable)
        #expect(await code { _ = try await service.claim(from: Mail.queue, limit: 0) } == .refused)
        try await held.complete("sent")
        #expect(await code { try await held.fail("no") } == .refused)
        #expect(await code { try await held.renew() } == .refused)
        #expect(try await record(key).state == .completed)
    }

    @Test("a cancel request is seen by a renewal, and answered by cancel")
    func cancels() async throws {
        let key = try await service.add(Mail(to: "a"))
        let held = try await claimOne()
        #expect(!held.isCancelRequested)
        #expect(try await store.apply([.cancel(key)]) == [.requested])
        #expect(try await held.renew())
        #expect(held.isCancelRequested)
        try await held.cancel()
        let job = try await record(key)
        #expect(job.state == .failed && job.failedReason == "cancelled")
    }

    @Test("jobs that must not run are failed and others claimed in their place")
    func refusals() async throws {
        var options = Mail.options
        options.expiresAfter = .seconds(10)
        for _ in 0..<3 { try await service.add(Mail(to: "old"), options: options) }
        let stopped = try await service.add(Mail(to: "stopped"))
        time.advance(by: .seconds(11))
        try await service.add(Mail(to: "new"))
        let expired = try await service.claim(from: Mail.queue, limit: 1)
        #expect(try expired.map { try $0.payload(as: Mail.self).to } == ["stopped"])
        #expect(try await store.queues().first?.counts[.failed] == 3)
        #expect(try await store.apply([.cancel(stopped)]) == [.requested])
        try await expired[0].release()
        #expect(try await service.claim(from: Mail.queue, limit: 5).map { try $0.payload(as: Mail.self).to } == ["new"])
        #expect(try await record(stopped).failedReason == "cancelled")
    }

    @Test("another process takes a held job up by its key and token")
    func takenUp() async throws {
        let key = try await service.add(Mail(to: "a"))
        let lease = try await claimOne().lease
        let other = JobService(store: store)
        #expect(await code { _ = try await other.held(key, token: LeaseToken("wrong")) } == .leaseLost)
        let held = try await other.held(key, token: lease.token, lease: .seconds(600))
        time.advance(by: .seconds(500))
        #expect(try await store.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10).isEmpty)
        #expect(try held.payload(as: Mail.self) == Mail(to: "a"))
        try await held.complete("sent")
        #expect(await code { _ = try await other.held(key, token: lease.token) } == .leaseLost)
    }

    @Test("encrypted payloads are opened, and results encrypted where they are")
    func encrypted() async throws {
        var settings = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        settings.encryption = PayloadEncryption(try KeyRing([.canary(1)]))
        let secret = JobService(store: store, configuration: settings)
        let key = try await secret.add(Mail(to: "secret"))
        #expect(!(try await record(key).payload.text.contains("secret")))
        let held = try #require(try await secret.claim(from: Mail.queue).first)
        #expect(try held.payload(as: Mail.self).to == "secret")
        try await held.complete("hidden")
        #expect(!(try await record(key).result?.text.contains("hidden") ?? true))
    }

    /// A service with this key, or without any.
    private func service(_ store: any JobStore, key number: Int?) throws -> JobService {
        var settings = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        settings.encryption = try number.map { PayloadEncryption(try KeyRing([.canary($0)])) }
        return JobService(store: store, configuration: settings)
    }

    @Test("a claim without the key says so, spends no attempt, and leaves the order as it was", arguments: [nil, 2])
    func unreadable(_ number: Int?) async throws {
        let secret = try service(store, key: 1)
        for name in ["a", "b", "c"] { try await secret.add(Mail(to: name)) }
        for _ in 0..<3 {
            let error = await #expect(throws: DroverError.self) {
                try await service(store, key: number).claim(from: Mail.queue, limit: 2)
            }
            #expect(error?.code == .unreadable)
            #expect(error?.message.contains("the job mails/1 was not claimed") == true)
            #expect(error?.message.contains("key \"k1\"") == true)
        }
        for id in 1...3 {
            let job = try await record(JobKey(queue: Mail.queue, id: JobID(stored: "\(id)")))
            #expect(job.state == .waiting && job.attemptsMade == 0 && job.failedReason == nil)
        }
        let held = try await secret.claim(from: Mail.queue, limit: 3)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["a", "b", "c"])
    }

    @Test("jobs that can be opened are handed out, and what is behind them waits for who has the key")
    func partlyReadable() async throws {
        let secret = try service(store, key: 1)
        try await service.add(Mail(to: "open"))
        try await secret.add(Mail(to: "secret"))
        try await service.add(Mail(to: "behind"))
        let held = try await service.claim(from: Mail.queue, limit: 2)
        #expect(try held.map { try $0.payload(as: Mail.self).to } == ["open"])
        #expect(await code { _ = try await service.claim(from: Mail.queue) } == .unreadable)
        #expect(try await secret.claim(from: Mail.queue)[0].payload(as: Mail.self).to == "secret")
        #expect(try await service.claim(from: Mail.queue)[0].payload(as: Mail.self).to == "behind")
    }

    @Test("a payload that is damaged, whoever looks, fails its job, and others are handed out")
    func damaged() async throws {
        let broken = #"{"$drover":"encrypted:1","key":"k1","nonce":"AA","data":"AA"}"#
        _ = try await store.enqueue(Mail.queue, [NewJob(name: Mail.name, payload: try JSONText(broken))])
        try await service.add(Mail(to: "b"))
        let held = try await service(store, key: 1).claim(from: Mail.queue)
        #expect(held.map(\.key.id.text) == ["2"])
        #expect(try await record(JobKey(queue: Mail.queue, id: JobID(stored: "1"))).state == .failed)
    }

    @Test("a held job is renewed and settled without the key; its payload is not shown")
    func withoutKey() async throws {
        let secret = try service(store, key: 1)
        let key = try await secret.add(Mail(to: "hidden"))
        let lease = try #require(try await secret.claim(from: Mail.queue).first).lease
        let held = try await service.held(key, token: lease.token, lease: .seconds(600))
        #expect(held.payloadProblem?.code == .unreadable)
        #expect(!held.payload.text.contains("hidden"))
        #expect(await code { _ = try held.payload(as: Mail.self) } == .unreadable)
        time.advance(by: .seconds(500))
        #expect(try await held.renew() == false)
        // A result would lie open where others are encrypted.
        #expect(await code { try await held.complete("open") } == .unreadable)
        try await held.fail("no such box")
        #expect(try await record(key).failedReason == "no such box")
        time.advance(by: .seconds(30))
        let again = try #require(try await secret.claim(from: Mail.queue).first).lease
        try await service.held(key, token: again.token).complete()
        #expect(try await record(key).state == .completed)
    }

    @Test("with another key a held job is settled too, its result encrypted by that")
    func withAnotherKey() async throws {
        let key = try await service(store, key: 1).add(Mail(to: "hidden"))
        let lease = try #require(try await service(store, key: 1).claim(from: Mail.queue).first).lease
        let held = try await service(store, key: 2).held(key, token: lease.token)
        try await held.complete("sent")
        #expect(StoredValue(try #require(try await record(key).result)).keys == ["k2"])
    }

    /// A store that loses the answers to some settlements.
    private final class Deaf: ForwardingStore {
        let base: any JobStore
        private let failures: Mutex<Int>

        init(_ base: any JobStore, failures: Int) {
            self.base = base
            self.failures = Mutex(failures)
        }

        func exchange(
            _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
        ) async throws(StoreError) -> ExchangeReply {
            let reply = try await base.exchange(queue, id: id, settle: settle, claim: claim)
            let fails = failures.withLock { left in
                if !settle.isEmpty { left -= 1 }
                return !settle.isEmpty && left >= 0
            }
            // One that is not transient is not repeated by the call itself.
            if fails { throw StoreError(.closed, "the answer was lost") }
            return reply
        }
    }

    @Test(
        "a call that is made again after its answer was lost says the same to the store",
        arguments: ["text", "members", "random wait", "thrown"])
    func repeated(_ what: String) async throws {
        struct Two: Codable { var first = 1, second = 2, third = 3, fourth = 4 }
        let service = try service(Deaf(store, failures: 2), key: what == "text" ? 1 : nil)
        var options = Mail.options
        options.backoff = .fixed(.seconds(600), jitter: 1)
        let key = try await service.add(Mail(to: "a"), options: options)
        let held = try #require(try await service.claim(from: Mail.queue).first)
        func settle() async throws {
            switch what {
            case "text": try await held.complete("sent")
            case "members": try await held.complete(Two())
            case "random wait": try await held.fail("no such box")
            default: try await held.fail(Bounced())
            }
        }
        for _ in 0..<2 { await #expect(throws: StoreError.self) { try await settle() } }
        try await settle()
        #expect(try await record(key).attemptsMade == 1)
        #expect(!held.isLost)
    }

    @Test(
        "the schedule of a claimed job is taken on as a worker does it", arguments: [Schedule.Overlap.allow, .forbid])
    func schedules(_ overlap: Schedule.Overlap) async throws {
        var schedule = Schedule(
            key: ScheduleKey(queue: Mail.queue, id: try ScheduleID("s")), timing: .every(.seconds(60)), name: Mail.name,
            payload: try JSONText(#"{"to":"a"}"#))
        schedule.overlap = overlap
        _ = try await store.put([SchedulePlan(schedule)])
        let held = try await claimOne()
        let pending = JobQuery(queue: Mail.queue, state: .delayed)
        #expect(try await store.jobs(matching: pending, page: Page()).jobs.count == (overlap == .allow ? 1 : 0))
        try await held.complete("sent")
        #expect(try await store.jobs(matching: pending, page: Page()).jobs.count == 1)
    }

    /// A store that tells of renewals.
    private struct Renewed: ForwardingStore {
        let base: any JobStore
        let renewed = Probe<Int>("leases renewed")

        func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
            defer { renewed.signal(leases.count) }
            return try await base.renew(leases)
        }
    }

    @Test("with renewing the leases are kept behind the program until it lets the jobs go")
    func renewing() async throws {
        // The store's waits have another clock, so that on this one only the keeper sleeps.
        let base = ReferenceStore(clock: time.wall)
        let store = Renewed(base: base)
        let service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        for name in ["a", "b"] { try await service.add(Mail(to: name)) }
        var held = try await service.claim(from: Mail.queue, limit: 2, lease: .seconds(60), renewing: true)
        for round in 1...4 {
            try await time.clock.waitForSleeper(wakingWithin: .seconds(30))
            time.advance(by: .seconds(30))
            #expect(try await store.renewed.wait(for: round).last == 2)
        }
        #expect(try await base.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10).isEmpty)
        try await held.removeFirst().complete("sent")
        try await time.clock.waitForSleeper(wakingWithin: .seconds(30))
        time.advance(by: .seconds(30))
        #expect(try await store.renewed.wait(for: 5).last == 1)
        let last = try #require(held.last?.key)
        held = []
        time.advance(by: .seconds(61))
        #expect(try await base.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10).map(\.key) == [last])
    }

    @Test("the leases of jobs that were taken over from others are kept, too")
    func renewingStalled() async throws {
        let base = ReferenceStore(clock: time.wall)
        let store = Renewed(base: base)
        let service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        try await service.add(Mail(to: "a"))
        _ = try await service.claim(from: Mail.queue, lease: .seconds(1))
        time.advance(by: .seconds(2))
        let held = try await service.claim(from: Mail.queue, lease: .seconds(60), renewing: true)
        #expect(held.count == 1)
        for round in 1...4 {
            try await time.clock.waitForSleeper(wakingWithin: .seconds(30))
            time.advance(by: .seconds(30))
            #expect(try await store.renewed.wait(for: round).last == 1)
        }
        #expect(try await base.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10).isEmpty)
        try await held[0].complete("sent")
    }

    @Test("a lost reply claims and settles nothing twice")
    func lostReplies() async throws {
        let faulty = FaultInjectingStore(store)
        let service = JobService(store: faulty)
        for number in 0..<40 { try await service.add(Mail(to: "\(number)")) }
        faulty.follow(FaultPlan(seed: 7, rates: FaultRates(lostCall: 0.1, lostReply: 0.25), on: [.exchange]))
        var seen: [String] = []
        while let held = try await service.claim(from: Mail.queue, lease: .seconds(3600)).first {
            seen.append(try held.payload(as: Mail.self).to)
            try await held.complete("sent")
        }
        #expect(seen == (0..<40).map { "\($0)" })
        #expect(try await store.queues().first?.counts[.completed] == 40)
        #expect(faulty.counts[.exchange, .lostReply] > 10)
    }
}
