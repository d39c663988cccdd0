import DroverTesting
import Testing

@testable import Drover

/// Jobs whose key is not there, is another one, or is on its way out.
@Suite(.timeLimit(.minutes(10))) struct KeyTroubleTests {
    private let secret = Canary.text(3)
    private let store = ReferenceStore()

    private func service(_ numbers: Int..., id: String? = nil) throws -> JobService {
        if numbers.isEmpty { return makeService(store) }
        return makeService(store, PayloadEncryption(try KeyRing(numbers.map { try .canary($0, id: id) })))
    }

    /// Has the job run by a service, and gives it as it then is.
    private func end(_ key: JobKey, by service: JobService) async throws -> JobRecord {
        service.work(key.queue) { handlers in handlers.otherwise { $0.payload } }
        _ = try await running(service) {
            try await store.event(in: key.queue) { event in
                switch event.kind {
                case .completed, .failed: event.job == key.id
                default: false
                }
            }
        }
        return try await store.job(key)
    }

    private func added(_ attempts: Int = 2) async throws -> JobKey {
        var options = JobOptions(attempts: attempts)
        options.failedRetention = .removeAtOnce
        return try await service(1).add(Note(text: secret), options: options)
    }

    @Test(
        "without the key the job is tried as its policy says, fails with the key's id, and is kept",
        arguments: [[], [2]])
    func missing(_ numbers: [Int]) async throws {
        let key = try await added()
        let worker = numbers.isEmpty ? try service() : try service(2)
        let job = try await end(key, by: worker)
        #expect(job.state == .failed && job.attemptsMade == 2)
        let reason = try #require(job.failedReason)
        #expect(
            reason.hasPrefix("the payload is encrypted with key \"k1\", which this worker does not have; add it to"))
        #expect(Canary.traces(in: "\(job)".utf8).isEmpty)
        // With the key it can be retried.
        #expect(try await store.apply([.retry(key, resetAttempts: true)]) == [.done])
        let able = try service(2, 1)
        able.work(key.queue) { handlers in handlers.otherwise { $0.payload } }
        try await running(able) {
            let result = try await able.result(of: key, as: Note.self, within: .seconds(300))
            let isSame = result.text == secret
            #expect(isSame)
        }
    }

    @Test func anotherKeyUnderTheSameIdIsToldAndTheJobIsKept() async throws {
        let key = try await added(1)
        let job = try await end(key, by: try service(2, id: "k1"))
        #expect(job.state == .failed)
        #expect(job.failedReason?.contains("does not open with key \"k1\": another key has this id here") == true)
        #expect(Canary.traces(in: "\(job)".utf8).isEmpty)
    }

    @Test func partsThatAreEncryptedAreFoundByAWorkerWithoutKeys() async throws {
        let payment = Payment(amount: 1, card: .init(number: secret, expires: "1/30"))
        let key = try await service(1).add(payment)
        let job = try await end(key, by: try service())
        #expect(job.failedReason?.hasPrefix("the payload is encrypted with key \"k1\"") == true)
    }

    @Test(
        "a plain payload is taken where one should be encrypted, unless it is to be refused", arguments: [false, true])
    func plain(_ refuses: Bool) async throws {
        let key = try await makeService(store).add(Note(text: "hi"), options: JobOptions())
        var encryption = PayloadEncryption(try .canaries(1))
        encryption.refusesPlain = refuses
        let job = try await end(key, by: makeService(store, encryption))
        #expect(job.state == (refuses ? .failed : .completed))
        if refuses { #expect(job.failedReason?.hasPrefix("the payload is not encrypted") == true) }
    }

    @Test func jobsThatWaitAreEncryptedAnewPageByPage() async throws {
        let old = try service(1)
        for number in 0..<7 { try await old.add(Note(text: "\(secret) \(number)")) }
        try await makeService(store).add(Note(text: "plain"))
        let broken = try await makeService(store, PayloadEncryption(try .canaries(9))).add(Note(text: secret))

        let new = try service(2, 1)
        var (cursor, looked, changed) = (nil as PageCursor?, 0, 0)
        var problems: [ReencryptionReport.Problem] = []
        var steps = 0
        repeat {
            let step = try await new.reencrypt(Note.queue, in: .waiting, after: cursor, limit: 3)
            #expect(step.looked <= 3)
            looked += step.looked
            changed += step.changed
            problems += step.problems
            cursor = step.next
            steps += 1
        } while cursor != nil && steps < 10
        #expect(looked == 9 && changed == 8)
        #expect(problems.map(\.kind) == [.unreadable])
        #expect(problems.map(\.job) == [broken] && problems[0].reason.contains("key \"k9\""))
        let again = try await new.reencrypt(Note.queue, in: .waiting)
        #expect(again.changed == 0 && again.current == 8 && again.plain == 0)
        #expect(again.otherKeys.mapValues(\.payloads) == ["k9": 1])
        let jobs = try await store.jobs(matching: JobQuery(queue: Note.queue, state: .waiting), page: Page()).jobs
        #expect(jobs.map { StoredValue($0.payload).keys } == Array(repeating: ["k2"], count: 8) + [["k9"]])
        let texts = try jobs.prefix(7).map { try PayloadEncryption(.canaries(2)).open($0).payload.text }
        let isSame = texts == (0..<7).map { "{\"text\":\"\(secret) \($0)\"}" }
        #expect(isSame)
        await #expect(throws: DroverError.self) { try await makeService(store).reencrypt("q", in: .waiting) }
    }

    /// A service on a manual clock with these keys, of which the first encrypts.
    private func timed(_ store: any JobStore, _ time: ManualTime, _ numbers: [Int]) throws -> JobService {
        var configuration = ServiceConfiguration(wallClock: time.wall)
        configuration.encryption = PayloadEncryption(try KeyRing(numbers.map { try .canary($0) }))
        return JobService(store: store, configuration: configuration, logger: quiet)
    }

    @Test func schedulesAreEncryptedAnewAndKeepTheirTimes() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        func service(_ numbers: Int...) throws -> JobService { try timed(store, time, numbers) }
        let schedule = Schedule(
            key: ScheduleKey(queue: "q", id: try ScheduleID("s")), timing: .every(.seconds(60)), name: "tick",
            payload: try JSONText("\"\(secret)\""))
        try await service(1).put(schedule)
        func record() async throws -> ScheduleRecord {
            try #require(try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.first)
        }
        let before = try await record()
        #expect(StoredValue(before.schedule.payload).keys == ["k1"])
        #expect(try await service(2, 1).reencryptSchedules(of: "q").changed == 1)
        let after = try await record()
        #expect(StoredValue(after.schedule.payload).keys == ["k2"] && after.slot == before.slot)
        #expect(try await service(2, 1).reencryptSchedules(of: "q").changed == 0)
    }

    @Test func aScheduleThatIsRemovedMeanwhileIsNotStoredAgain() async throws {
        let store = ReferenceStore()
        func service(_ store: any JobStore, _ numbers: Int...) throws -> JobService {
            makeService(store, PayloadEncryption(try KeyRing(numbers.map { try .canary($0) })))
        }
        try await service(store, 1).put(
            Schedule(
                key: ScheduleKey(queue: "q", id: try ScheduleID("s")), timing: .every(.seconds(60)), name: "tick",
                payload: try JSONText("1")))
        let report = try await service(RemovingStore(base: store), 2, 1).reencryptSchedules(of: "q")
        #expect(report.looked == 1 && report.changed == 0)
        #expect(try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.isEmpty)
    }

    @Test func aScheduleThatIsOverStaysAsItIsAndItsKeyIsTold() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        func service(_ numbers: Int...) throws -> JobService { try timed(store, time, numbers) }
        var schedule = Schedule(
            key: ScheduleKey(queue: "q", id: try ScheduleID("s")), timing: .every(.seconds(60)), name: "tick",
            payload: try JSONText("1"))
        schedule.endsAt = time.wall.now + .seconds(90)
        try await service(1).put(schedule)
        time.wall.advance(by: .seconds(200))
        let report = try await service(2, 1).reencryptSchedules(of: "q")
        #expect(report.looked == 1 && report.changed == 0 && report.problems.isEmpty)
        #expect(report.otherKeys.mapValues(\.schedules) == ["k1": 1])
    }

    @Test func aPausedScheduleIsEncryptedAnewAndKeepsItsJobThatWaits() async throws {
        let key = ScheduleKey(queue: "q", id: try ScheduleID("s"))
        try await service(1).put(
            Schedule(key: key, timing: .every(.seconds(60)), name: "tick", payload: try JSONText("1")))
        #expect(try await store.apply([ScheduleCommand.pause(key)]) == [.done])
        let waiting = JobQuery(queue: "q", state: .waiting)
        let job = try #require(try await store.jobs(matching: waiting, page: Page()).jobs.first)
        let report = try await service(2, 1).reencryptSchedules(of: "q")
        #expect(report.changed == 1 && report.otherKeys.isEmpty)
        #expect(try await store.jobs(matching: waiting, page: Page()).jobs == [job])
    }
}

/// A store in which somebody removes all schedules as soon as they have been listed.
private struct RemovingStore: ForwardingStore {
    let base: any JobStore

    func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        let found = try await base.schedules(query, page: page)
        if case .all = query.part { _ = try await base.apply(found.schedules.map { .remove($0.schedule.key) }) }
        return found
    }
}
