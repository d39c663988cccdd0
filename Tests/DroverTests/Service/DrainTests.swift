import Drover
import DroverTesting
import Testing

/// What tests of programs have to work jobs and to look for them.
@Suite(.timeLimit(.minutes(10))) struct DrainTests {
    struct Greet: JobPayload, Equatable {
        typealias Result = String
        static let name: JobName = "greet"
        static let queue: QueueName = "q"
        var who: String
    }

    struct Broken: Error {}

    private func service(_ store: any JobStore, _ configuration: ServiceConfiguration = .init()) -> JobService {
        let service = makeService(store, configuration)
        service.work("q") { handlers in
            handlers.on(Greet.self) { greet, context in
                if greet.who == "twice", context.attempt == 1 { throw Broken() }
                if greet.who == "nobody" { throw Unrecoverable("nobody is there") }
                if greet.who == "later", context.attempt == 1 { throw Snooze(for: .seconds(60)) }
                if greet.who == "a friend" { try await service.add(Greet(who: "the friend's friend")) }
                return "hello \(greet.who)"
            }
        }
        return service
    }

    @Test("a drain works what is there and what that adds, and leaves what is due later")
    func drain() async throws {
        let time = ManualTime()
        let service = service(ReferenceStore(clock: time.wall, timer: time.clock))
        for who in ["a friend", "nobody"] { try await service.add(Greet(who: who)) }
        try await service.add(Greet(who: "tomorrow"), delay: .seconds(86_400))
        try await service.add(Greet(who: "twice"), options: JobOptions(attempts: 2, backoff: .fixed(.seconds(9))))
        let report = try await service.drain()
        #expect(report.runs.count == 4)
        #expect(report.completed.map(\.payload.text) == [#"{"who":"a friend"}"#, #"{"who":"the friend's friend"}"#])
        #expect(report.failed.map(\.payload.text) == [#"{"who":"nobody"}"#])
        #expect(report.retried.map(\.payload.text) == [#"{"who":"twice"}"#])
        #expect(report.nextDueIn == .seconds(9))
        #expect(try await service.enqueued(Greet.self).map(\.payload.who) == ["twice", "tomorrow"])
    }

    @Test("a drain that moves the time runs delayed jobs and retries in their order, and stands at the end")
    func advancing() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let begin = time.wall.now
        let service = service(store, ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        try await service.add(Greet(who: "tomorrow"), delay: .seconds(86_400))
        try await service.add(Greet(who: "twice"), options: JobOptions(attempts: 2, backoff: .fixed(.seconds(9))))
        let report = try await service.drain(advancing: time, by: .seconds(3600))
        #expect(report.runs.map(\.job.payload.text) == [#"{"who":"twice"}"#, #"{"who":"twice"}"#])
        #expect(time.wall.now == begin + .seconds(3600))
        #expect(report.nextDueIn == .seconds(86_400 - 9))
        let rest = try await service.drain(advancing: time, by: .seconds(86_400))
        #expect(rest.completed.map(\.payload.text) == [#"{"who":"tomorrow"}"#])
    }

    @Test("a year of a schedule passes at once, one job a day over both changes of the clock")
    func year() async throws {
        let time = ManualTime(wall: ManualWallClock(start: Timestamp(milliseconds: 1_767_225_600_000)))
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = service(store, ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        service.schedule("daily", cron: "30 2 * * *", timeZone: "America/Toronto") { Greet(who: "the day") }
        let report = try await service.drain(advancing: time, by: .seconds(365 * 86_400))
        #expect(report.completed.count == 365)
        #expect(Set(report.completed.map(\.createdAt)).count == 365)
    }

    @Test("jobs that add each other without end are stopped with an error")
    func endless() async throws {
        let service = makeService(ReferenceStore())
        service.work("q") { handlers in
            handlers.on(Greet.self) { greet, _ in
                try await service.add(greet)
                return ""
            }
        }
        try await service.add(Greet(who: "x"))
        await #expect(throws: DrainLimit.self) { try await service.drain(limit: 20) }
    }

    @Test("perform gives a handler's result, and throws what went wrong")
    func perform() async throws {
        let store = ReferenceStore()
        let service = service(store)
        #expect(try await service.perform(Greet(who: "you")) == "hello you")
        #expect(try await service.enqueued(Greet.self).isEmpty)
        let failure = await #expect(throws: PerformFailure.self) { try await service.perform(Greet(who: "nobody")) }
        #expect(failure?.description == "nobody is there")
        let snoozed = await #expect(throws: PerformFailure.self) { try await service.perform(Greet(who: "later")) }
        #expect(snoozed?.outcome == .snoozed(.seconds(60)))
        let unworked = await #expect(throws: PerformFailure.self) {
            try await makeService(store).perform(Greet(who: "you"))
        }
        #expect(unworked?.description.contains("no worker") == true)
    }

    @Test("an expectation finds the job, or says what is there instead")
    func expectations() async throws {
        let service = service(ReferenceStore())
        try await service.expectNoneEnqueued(Greet.self)
        let nothing = await #expect(throws: ExpectationFailure.self) {
            try await service.expectEnqueued(Greet(who: "you"))
        }
        #expect(nothing?.description == "no job greet waits in the queue q")
        let key = try await service.add(Greet(who: "you"), delay: .seconds(60))
        #expect(try await service.expectEnqueued(Greet(who: "you")).key == key)
        #expect(try await service.expectEnqueued(Greet.self) { $0.who.hasPrefix("y") }.key == key)
        let other = await #expect(throws: ExpectationFailure.self) {
            try await service.expectEnqueued(Greet(who: "me"))
        }
        #expect(other?.description.contains(#"{"who":"you"}"#) == true)
        await #expect(throws: ExpectationFailure.self) { try await service.expectNoneEnqueued(Greet.self) }
    }

    @Test("2,500 jobs that wait are all looked through")
    func pages() async throws {
        let service = service(ReferenceStore())
        let jobs = (0..<2500).map { NewJob(name: "greet", payload: JSONText(trusted: #"{"who":"\#($0)"}"#)) }
        _ = try await service.add(jobs, to: "q")
        try await service.expectEnqueued(Greet(who: "2499"))
        #expect(try await service.enqueued(Greet.self).count == 2500)
    }
}
