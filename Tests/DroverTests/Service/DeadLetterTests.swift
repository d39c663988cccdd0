import Drover
import DroverTesting
import Synchronization
import Testing

/// Jobs that fail for good and leave a letter.
@Suite(.timeLimit(.minutes(10))) struct DeadLetterTests {
    struct Mail: JobPayload, Equatable {
        static let name: JobName = "mail"
        static let queue: QueueName = "mails"
        static let options = {
            var options = JobOptions(attempts: 2)
            options.deadLetterQueue = "mails-dead"
            options.tags = ["vip"]
            options.tenant = "acme"
            return options
        }()
        var to: String
    }

    private struct Bounced: Error, CustomStringConvertible {
        var description: String { "mailbox unavailable" }
    }

    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService
    private let dead: QueueName = "mails-dead"

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    private func failing(_ options: WorkerOptions = WorkerOptions()) {
        service.work(Mail.queue, options: options) { handlers in
            handlers.on(Mail.self) { _, _ in throw Bounced() }
        }
    }

    private func letters(_ service: JobService? = nil) async throws -> [JobRecord] {
        try await (service ?? self.service).deadLetters(in: dead).jobs
    }

    @Test("a job whose attempts are used up leaves a letter with its payload and its history")
    func exhausted() async throws {
        failing()
        let key = try await service.add(Mail(to: "a@example.com"))
        try await service.drain()
        let job = try #require(try await store.jobs([key]).first ?? nil)
        #expect(job.state == .failed && job.attemptsMade == 2)
        let letter = try #require(try await letters().first)
        #expect(letter.name == "mail" && letter.payload == job.payload && letter.state == .waiting)
        #expect(letter.options.tags == ["vip"] && letter.options.tenant == "acme")
        #expect(letter.options.attempts == 1 && letter.options.deadLetterQueue == nil)
        let history = try #require(letter.options.deadLetter)
        #expect(history.job == key && history.origin == key && history.replays == 0)
        #expect(history.reason == "mailbox unavailable" && history.attempts == 2)
        #expect(history.createdAt == job.createdAt && letter.createdAt == job.finishedAt)
        #expect(history.traces.count == 2 && history.options.deadLetterQueue == dead)
        #expect(try await service.deadLetter(letter.key) == letter)
        #expect(try await service.deadLetter(key) == nil)
    }

    @Test("a cancelled job and one that is tried again leave none; one that has expired does")
    func which() async throws {
        failing()
        var options = Mail.options
        options.expiresAfter = .seconds(60)
        let cancelled = try await service.add(Mail(to: "a"), delay: .seconds(600))
        _ = try await store.apply([.cancel(cancelled)])
        let stopped = try await service.add(Mail(to: "b"), delay: .seconds(10))
        let late = try await service.add(Mail(to: "c"), options: options)
        time.advance(by: .seconds(100))
        // Cancelled while it was held, and given back: whoever takes it next fails it.
        let held = try #require(try await service.claim(from: Mail.queue, limit: 1).first)
        #expect(held.key == stopped)
        _ = try await store.apply([.cancel(stopped)])
        try await held.release()
        try await service.drain()
        #expect(try await store.jobs([cancelled, stopped]).map { $0?.failedReason } == ["cancelled", "cancelled"])
        #expect(try await letters().map { $0.options.deadLetter?.job } == [late])
        #expect(try await letters().first?.options.deadLetter?.reason == Failure.expiredReason)
    }

    @Test("an unrecoverable error, a missing handler, and a job that stalled too often leave one")
    func others() async throws {
        service.work(Mail.queue) { handlers in
            handlers.on(Mail.self) { _, _ in throw Unrecoverable("no such user") }
        }
        let stalled = try await service.add(Mail(to: "b"))
        for number in 0..<2 {
            _ = try await store.exchange(
                Mail.queue, id: ExchangeID("y\(number)"), settle: [],
                claim: Claim(limit: 1, lease: .seconds(5), worker: "w"))
            time.advance(by: .seconds(20))
            _ = try await store.reclaimStalled(Mail.queue, maxStalled: 1, limit: 10)
        }
        try await service.add(Mail(to: "a"))
        try await service.add([NewJob(name: "other", options: Mail.options)], to: Mail.queue)
        try await service.drain()
        let reasons = try await letters().map { $0.options.deadLetter?.reason ?? "" }.sorted()
        #expect(reasons.contains("no such user") && reasons.contains("no handler for other"))
        #expect(reasons.contains(Failure.stalledReason))
        #expect(try await store.jobs([stalled]).first??.state == .failed)
    }

    @Test("a worker's own dead-letter queue is for jobs that say none, and a letter that fails there goes nowhere else")
    func workerDefault() async throws {
        var options = WorkerOptions()
        options.deadLetterQueue = dead
        failing(options)
        var rounds = WorkerOptions()
        rounds.deadLetterQueue = "further"
        service.work(dead, options: rounds) { handlers in
            handlers.on(Mail.self) { _, _ in throw Bounced() }
        }
        try await service.add(Mail(to: "a"), options: JobOptions())
        try await service.drain()
        let failed = try await store.jobs(matching: JobQuery(queue: dead, state: .failed), page: Page()).jobs
        #expect(failed.map { $0.options.deadLetter?.reason } == ["mailbox unavailable"])
        #expect(try await !store.queues().map(\.name).contains("further"))
        #expect(try await letters().isEmpty)
    }

    @Test("a replayed job runs with its payload, options and attempts, and a second failure counts the replay")
    func replay() async throws {
        failing()
        let key = try await service.add(Mail(to: "a"))
        try await service.drain()
        let letter = try #require(try await letters().first)
        let results = try await service.replay([letter.key])
        guard case .replayed(let again)? = results.first else {
            Issue.record("expected a replay, got \(results)")
            return
        }
        #expect(again.queue == Mail.queue && again != key)
        let job = try #require(try await store.jobs([again]).first ?? nil)
        #expect(job.state == .waiting && job.payload == letter.payload && job.attemptsMade == 0)
        #expect(job.options.attempts == 2 && job.options.tags == ["vip"] && job.options.deadLetterQueue == dead)
        #expect(job.options.replay == JobReplay(origin: key, count: 1))
        #expect(try await store.jobs([letter.key]) == [nil])
        #expect(try await service.replay([letter.key]) == [.notFound])
        try await service.drain()
        let second = try #require(try await letters().first?.options.deadLetter)
        #expect(second.job == again && second.origin == key && second.replays == 1)
        #expect(second.attempts == 2)
        _ = try await service.replay(letters().map(\.key))
        try await service.drain()
        #expect(try await letters().first?.options.deadLetter?.replays == 2)
    }

    @Test("what is no letter, is active, or was made from another job's result is not replayed, with a reason")
    func notReplayed() async throws {
        failing()
        let plain = try await service.add([NewJob(name: "mail")], to: dead).compactMap(\.id)
        var options = Mail.options
        options.inputs = ["to": "result.to"]
        try await service.add([NewJob(name: "mail", options: options)], to: Mail.queue)
        try await service.drain()
        let made = try #require(try await letters().first)
        #expect(made.options.deadLetter?.options.inputs == ["to": "result.to"])
        let results = try await service.replay([JobKey(queue: dead, id: plain[0]), made.key])
        for (result, word) in zip(results, ["no dead letter", "result of a job before it"]) {
            guard case .refused(let problem) = result else {
                Issue.record("expected a refusal, got \(result)")
                continue
            }
            #expect(problem.description.contains(word))
        }
        _ = try await store.apply([.remove(JobKey(queue: dead, id: plain[0]))])
    }

    @Test("a letter that somebody works is not replayed")
    func active() async throws {
        failing()
        try await service.add(Mail(to: "a"))
        try await service.drain()
        let held = try #require(try await service.claim(from: dead).first)
        #expect(try await service.replay([held.key]) == [.wrongState(.active)])
        try await held.complete()
    }

    @Test("all letters are replayed or discarded in bounded steps, by a filter or not, and a dry run only counts")
    func all() async throws {
        failing()
        for number in 0..<25 { try await service.add(Mail(to: "\(number)")) }
        try await service.drain()
        let some = JobFilter(others: [.compares(.payload(JSONPath(members: "to")), .equal, .text("7"))])
        #expect(try await service.replayAll(in: dead, matching: some, dryRun: true).matched == 1)
        #expect(try await letters().count == 25)
        #expect(try await service.replayAll(in: dead, matching: some).done == 1)
        let steps = Mutex(0)
        let report = try await service.replayAll(in: dead, step: 10) { _ in steps.withLock { $0 += 1 } }
        #expect(report.done == 24 && report.refused == 0 && steps.withLock { $0 } >= 3)
        #expect(try await letters().isEmpty)
        try await service.drain()
        let letters = try await letters()
        #expect(letters.count == 25 && letters.allSatisfy { $0.options.deadLetter?.replays == 1 })
        let wrong = JobFilter(others: [.compares(.reason, .contains, .text("timeout"))])
        #expect(try await service.discardAll(in: dead, matching: wrong).done == 0)
        #expect(try await service.discardAll(in: dead).done == 25)
        #expect(try await self.letters().isEmpty)
    }

    @Test("jobs that have failed already are routed once, and stay")
    func route() async throws {
        failing()
        let key = try await service.add(Mail(to: "a"), options: JobOptions())
        try await service.drain()
        #expect(try await letters().isEmpty)
        for round in 0..<2 {
            let report = try await service.routeFailed(of: Mail.queue, to: dead)
            #expect(report.matched == 1 && report.done == 1 - round && report.unchanged == round)
        }
        let letter = try #require(try await letters().first?.options.deadLetter)
        #expect(try await letters().count == 1)
        #expect(letter.job == key && letter.reason == "mailbox unavailable" && letter.traces.count == 1)
        #expect(try await store.jobs([key]).first??.state == .failed)
        await #expect(throws: DroverError.self) {
            try await service.routeFailed(of: Mail.queue, to: Mail.queue)
        }
    }

    @Test("what left a letter by itself is not routed once more, and what was cancelled not at all")
    func routeOnce() async throws {
        failing()
        try await service.add(Mail(to: "a"))
        let cancelled = try await service.add(Mail(to: "b"), delay: .seconds(60), options: JobOptions())
        #expect(try await store.apply([.cancel(cancelled)]) == [.done])
        try await service.drain()
        #expect(try await letters().count == 1)
        #expect(try await service.routeFailed(of: Mail.queue, to: dead).matched == 1)
        #expect(try await letters().count == 1)
    }

    @Test("a letter in another queue than the one that is asked for is found, and told")
    func routeElsewhere() async throws {
        failing()
        let known = try await service.add(Mail(to: "a"))
        let free = try await service.add(Mail(to: "b"), options: JobOptions())
        try await service.drain()
        for isDry in [true, false] {
            let report = try await service.routeFailed(of: Mail.queue, to: "other", dryRun: isDry)
            #expect(report.matched == 2 && report.unchanged == 1 && report.done == (isDry ? 0 : 1))
            #expect(report.unchangedJobs.map(\.job) == [known] && report.problems.isEmpty)
            #expect(report.unchangedJobs.first?.problem.problem.contains("mails-dead") == true)
            #expect(try await service.deadLetters(in: "other").jobs.count == (isDry ? 0 : 1))
        }
        #expect(try await service.deadLetters(in: "other").jobs.first?.options.deadLetter?.job == free)
    }

    @Test("queues without letters are looked at once, and letters in others are asked for together")
    func fewCalls() async throws {
        failing()
        let known = try await service.add(Mail(to: "a"))
        for number in 0..<250 { try await service.add(Mail(to: "\(number)"), options: JobOptions()) }
        try await service.drain()
        for number in 0..<30 {
            _ = try await store.enqueue(try QueueName("plain\(number)"), [NewJob(name: "n")])
        }
        let counting = FaultInjectingStore(store)
        let caller = JobService(
            store: counting, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        let report = try await caller.routeFailed(of: Mail.queue, to: "other")
        #expect(report.done == 250 && report.unchangedJobs.map(\.job) == [known])
        // Two steps, and two queues to ask of: the target, and the one that has a letter.
        #expect(counting.counts.made(.readJobs) == 2)
    }

    @Test("a letter that is made anew after its replay is replayed anew")
    func replayedAgain() async throws {
        failing()
        let key = try await service.add(Mail(to: "a"), options: JobOptions())
        try await service.drain()
        for round in 1...2 {
            _ = try await service.routeFailed(of: Mail.queue, to: dead, matching: .all)
            time.advance(by: .seconds(1))
            #expect(try await service.replayAll(in: dead).done >= 1)
            #expect(try await letters().isEmpty)
            let jobs = try await store.jobs(matching: JobQuery(queue: Mail.queue, state: .waiting), page: Page()).jobs
            #expect(jobs.count == round, "round \(round)")
        }
        #expect(try await store.jobs([key]).first??.state == .failed)
    }

    @Test("a job or a worker whose dead-letter queue is its own queue is refused")
    func own() async throws {
        var options = Mail.options
        options.deadLetterQueue = Mail.queue
        let error = await #expect(throws: DroverError.self) { try await service.add(Mail(to: "a"), options: options) }
        #expect(error?.code == .refused && error?.message.contains("own queue") == true)
        var worker = WorkerOptions()
        worker.deadLetterQueue = Mail.queue
        failing(worker)
        let refused = await #expect(throws: DroverError.self) { try await service.run() }
        #expect(refused?.code == .refused && refused?.message.contains("own queue") == true)
    }

    @Test("a letter of an encrypted payload stays sealed, and opens where it is replayed")
    func encrypted() async throws {
        let ring = try KeyRing([EncryptionKey(id: "main", bytes: [UInt8](repeating: 7, count: 32))])
        var configuration = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        configuration.encryption = PayloadEncryption(ring, standard: .whole)
        let service = JobService(store: store, configuration: configuration)
        let seen = Mutex<[String]>([])
        service.work(Mail.queue) { handlers in
            handlers.on(Mail.self) { mail, context in
                if context.job.options.replay == nil { throw Unrecoverable("no") }
                seen.withLock { $0.append(mail.to) }
            }
        }
        let key = try await service.add(Mail(to: "secret@example.com"))
        try await service.drain()
        let letter = try #require(try await letters(service).first)
        let failed = try #require(try await store.jobs([key]).first ?? nil)
        #expect(letter.payload == failed.payload)
        #expect(!letter.payload.text.contains("secret"))
        _ = try await service.replay([letter.key])
        try await service.drain()
        #expect(seen.withLock { $0 } == ["secret@example.com"])
    }

    @Test(
        "a job that is worked by hand leaves a letter, too, once, though the answer or the call is lost",
        arguments: [FaultKind.lostReply, .lostCall])
    func byHand(_ fault: FaultKind) async throws {
        let faulty = FaultInjectingStore(store)
        // On a clock that goes: it waits shortly, and makes the same call again.
        let service = JobService(store: faulty)
        let key = try await service.add(Mail(to: "a"))
        let held = try #require(try await service.claim(from: Mail.queue).first)
        faulty.failNext(.exchange, fault, times: 2)
        try await held.fail("no", isFinal: true)
        #expect(faulty.counts[.exchange, fault] == 2)
        #expect(try await letters().map { $0.options.deadLetter?.job } == [key])
        #expect(try await store.queues().first { $0.name == dead }?.counts.total == 1)
        #expect(try await store.jobs([key]).first??.attemptsMade == 1)
    }
}
