import DroverCore
import DroverTesting
import Synchronization
import Testing

@testable import Drover

@Suite(.timeLimit(.minutes(10))) struct ScheduleServiceTests {
    private struct Tick: JobPayload {
        static let name: JobName = "tick"
        static let queue: QueueName = "q"
        static let options = JobOptions(attempts: 2)
        var n = 1
    }

    private func service(_ store: any JobStore) -> JobService {
        let service = makeService(store)
        service.schedule("fast", every: .milliseconds(20)) { Tick(n: 7) }
        return service
    }

    @Test func aDeclaredScheduleRunsAgainAndAgain() async throws {
        let store = ReferenceStore()
        let service = service(store)
        let ran = Probe<Iteration>("ran")
        // One after the other: of two that run at once the later one may tell first.
        service.work("q") { handlers in
            handlers.on(Tick.self) { tick, context in
                #expect(tick.n == 7)
                if let iteration = context.key.id.iteration { ran.signal(iteration) }
            }
        }
        let slots = try await running(service) { try await ran.wait(for: 20, timeout: .seconds(300)).map(\.slot) }
        #expect(Set(slots).count == slots.count)
        #expect(slots == slots.sorted())
        let job = try await store.job(JobKey(queue: "q", id: try ScheduleID("fast").job(at: slots[0])))
        #expect(job.name == "tick" && job.options.attempts == 2)
    }

    @Test func aScheduleWithoutWholeMillisecondsIsLeftAsItIsWhenItIsDeclaredAgain() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        func declared() async throws -> [JobRecord] {
            let service = makeService(store)
            service.schedule("third", every: .seconds(1) / 3) { Tick(n: 1) }
            try await service.begin()
            return try await store.jobs(matching: JobQuery(queue: "q", state: .waiting), page: Page()).jobs
        }
        let first = try await declared()
        #expect(first.count == 1)
        time.wall.advance(by: .milliseconds(50))
        #expect(try await declared() == first)
    }

    @Test func manyServicesRunEachSlotOnce() async throws {
        let store = ReferenceStore()
        let ran = Probe<Timestamp>("ran")
        let services = (0..<5).map { _ in service(store) }
        for service in services {
            service.work("q", concurrency: 2) { handlers in
                handlers.on(Tick.self) { _, context in
                    if let iteration = context.key.id.iteration { ran.signal(iteration.slot) }
                }
            }
        }
        let runs = services.map { service in Task { try await service.run() } }
        try await ran.wait(for: 30, timeout: .seconds(300))
        for service in services { service.stop() }
        for run in runs { try await returned(run) }
        let slots = ran.values
        #expect(Set(slots).count == slots.count)
        // Five declarations at once, and one schedule.
        #expect(try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.count == 1)
    }

    @Test func runsThatMustNotOverlapDoNot() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        var options = ScheduleOptions()
        options.overlap = .forbid
        service.schedule("slow", every: .milliseconds(5), options: options) { Tick() }
        let active = Mutex(0)
        let most = Mutex(0)
        let ran = Probe<Void>("ran")
        service.work("q", concurrency: 10) { handlers in
            handlers.on(Tick.self) { _, _ in
                let now = active.withLock { count in
                    count += 1
                    return count
                }
                most.withLock { $0 = max($0, now) }
                for _ in 0..<20 { await Task.yield() }
                active.withLock { $0 -= 1 }
                ran.signal()
            }
        }
        try await running(service) { _ = try await ran.wait(for: 10, timeout: .seconds(300)) }
        #expect(most.withLock { $0 } == 1)
    }

    @Test func aScheduleWhoseProcessDiedBetweenIsTakenOn() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = JobService(store: store, configuration: ServiceConfiguration(wallClock: time.wall), logger: quiet)
        let key = ScheduleKey(queue: "q", id: try ScheduleID("s"))
        try await service.put(Schedule(key: key, timing: .every(.seconds(60)), name: "tick"))
        // A worker that knows nothing of schedules, as one that died before it took this one on.
        let reply = try await store.exchange(
            "q", id: ExchangeID("x"), settle: [], claim: Claim(limit: 1, lease: .seconds(30), worker: "w"))
        let claimed = try #require(reply.claimed.first)
        _ = try await store.exchange(
            "q", id: ExchangeID("y"),
            settle: [Settlement(lease: claimed.lease, outcome: .completed(.null), retention: .keepAll)], claim: nil)
        let stepper = ScheduleStepper(queue: "q", store: store, wallClock: time.wall, logger: quiet)
        #expect(try await stepper.hasSchedules())
        try await stepper.catchUp(limit: 10)
        let record = try #require(
            try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.first)
        #expect(record.iterations == 2)
        #expect(try await store.job(JobKey(queue: "q", id: key.id.job(at: record.slot))).state == .delayed)
        // Again there is nothing to do.
        try await stepper.catchUp(limit: 10)
        #expect(try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules == [record])
    }

    @Test func aWrongDeclarationEndsTheRunInWords() async throws {
        let service = makeService(ReferenceStore())
        service.schedule("bad", cron: "99 * * * *") { Tick() }
        let error = await #expect(throws: DroverError.self) { try await service.run() }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("field 1 (minute)") == true, "\(String(describing: error))")
        let other = makeService(ReferenceStore())
        other.schedule("a:b", every: .seconds(1)) { Tick() }
        let second = await #expect(throws: DroverError.self) { try await other.run() }
        #expect(second?.message.contains("colon") == true)
    }

    @Test func aPausedScheduleIsResumedFromItsNextTime() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let key = ScheduleKey(queue: "q", id: try ScheduleID("s"))
        try await service.put(Schedule(key: key, timing: .cron("0 0 1 1 *", timeZone: "UTC"), name: "tick"))
        #expect(try await store.apply([ScheduleCommand.pause(key)]) == [.done])
        #expect(try await service.put(Schedule(key: key, timing: .every(.seconds(60)), name: "tick")) == nil)
        try await service.resume(key)
        #expect(try await store.queues().first?.counts.total == 1)
        let unknown = ScheduleKey(queue: "q", id: try ScheduleID("x"))
        let error = await #expect(throws: DroverError.self) { try await service.resume(unknown) }
        #expect(error?.code == .notFound)
    }
}
