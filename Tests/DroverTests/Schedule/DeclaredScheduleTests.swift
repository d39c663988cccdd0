import Drover
import DroverTesting
import Testing

/// What becomes of a stored schedule when a process that declares it starts again.
@Suite(.timeLimit(.minutes(10))) struct DeclaredScheduleTests {
    private let time = ManualTime()

    private func store() -> ReferenceStore { ReferenceStore(clock: time.wall, timer: time.clock) }

    private func schedule(_ timing: Schedule.Timing = .cron("30 2 * * *", timeZone: "UTC")) throws -> Schedule {
        Schedule(key: ScheduleKey(queue: "q", id: try ScheduleID("s")), timing: timing, name: "tick")
    }

    /// A process that begins, and so stores what it declares.
    private func begin(_ store: ReferenceStore, _ schedules: Schedule...) async throws {
        let service = JobService(store: store, configuration: ServiceConfiguration(wallClock: time.wall), logger: quiet)
        for schedule in schedules { service.add(.success(schedule)) }
        try await service.begin()
    }

    private func record(_ store: ReferenceStore) async throws -> ScheduleRecord {
        try #require(try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.first)
    }

    @Test("an overdue job of an unchanged schedule waits on", arguments: [true, false])
    func overdue(_ isCron: Bool) async throws {
        let store = store()
        let schedule = try schedule(isCron ? .cron("30 2 * * *", timeZone: "UTC") : .every(.seconds(3600)))
        try await begin(store, schedule)
        let slot = try await record(store).slot
        time.advance(by: .seconds(2 * 86_400))
        try await begin(store, schedule)
        #expect(try await record(store).slot == slot)
        #expect(try await !store.job(JobKey(queue: "q", id: schedule.key.id.job(at: slot))).state.isFinished)
    }

    @Test("an overdue job of a schedule with the same times and another payload runs with that payload")
    func changed() async throws {
        let store = store()
        var schedule = try schedule()
        try await begin(store, schedule)
        let slot = try await record(store).slot
        time.advance(by: .seconds(2 * 86_400))
        schedule.payload = try JSONText("[2]")
        try await begin(store, schedule)
        #expect(try await record(store).slot == slot)
        #expect(try await store.job(JobKey(queue: "q", id: schedule.key.id.job(at: slot))).payload.text == "[2]")
    }

    @Test("other times begin anew")
    func otherTimes() async throws {
        let store = store()
        try await begin(store, try schedule())
        time.advance(by: .seconds(2 * 86_400))
        try await begin(store, try schedule(.cron("0 4 * * *", timeZone: "UTC")))
        #expect(try await record(store).slot > time.wall.now)
        #expect(try await store.queues().first?.counts.total == 1)
    }

    @Test("a spent limit stays spent, and a schedule that is over is no error")
    func ended() async throws {
        let store = store()
        var schedule = try schedule(.every(.seconds(60)))
        schedule.limit = 1
        let service = JobService(store: store, configuration: ServiceConfiguration(wallClock: time.wall), logger: quiet)
        service.add(.success(schedule))
        service.work("q") { handlers in handlers.otherwise { _ in .null } }
        _ = try await running(service) { try await store.event(in: "q") { $0.kind.name == "completed" } }
        #expect(try await record(store).hasEnded)
        try await begin(store, schedule)
        #expect(try await store.queues().first?.counts == JobCounts([.completed: 1]))

        let other = self.store()
        schedule.endsAt = time.wall.now
        time.advance(by: .seconds(1))
        try await begin(other, schedule)
        #expect(try await other.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.isEmpty)
    }
}
