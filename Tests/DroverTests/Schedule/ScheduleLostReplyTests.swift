import DroverCore
import DroverTesting
import Synchronization
import Testing

@testable import Drover

/// Schedules whose store loses calls and replies.
extension LostReplyTests {
    @Test func howeverManyCallsAndRepliesAreLostEachSlotOfAScheduleHasOneJob() async throws {
        let wanted = TestRun.number("DROVER_LOST_REPLIES", default: 300)
        var random = TestRun.generator()
        let time = ManualTime()
        let plan = FaultPlan(
            seed: random.seed, rates: FaultRates(lostCall: 0.2, lostReply: 0.4),
            on: [.putSchedules, .fire, .listSchedules])
        let base = ReferenceStore(clock: time.wall, timer: time.clock)
        let store = FaultInjectingStore(base, plan: plan, clock: time.clock)
        let service = makeService(store, ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        let runs = Mutex<[JobID: Int]>([:])
        service.work("q") { handlers in
            handlers.otherwise { context in
                runs.withLock { $0[context.key.id, default: 0] += 1 }
                return .null
            }
        }
        var schedules = try Self.schedules()
        var firsts: [ScheduleKey: Timestamp] = [:]
        for schedule in schedules { firsts[schedule.key] = try await put(schedule, service) }
        // Several maintainers take the same schedules on at the same time.
        let steppers = (0..<3).map { _ in
            ScheduleStepper(queue: "q", store: store, wallClock: time.wall, logger: quiet)
        }
        var lost: Int { store.counts[.fire, .lostReply] + store.counts[.putSchedules, .lostReply] }
        var release = 0
        while lost < wanted {
            time.advance(by: .seconds(Int.random(in: 1...50, using: &random)))
            try await work(service, steppers, base)
            // A new release gives the jobs something else, and the schedule keeps its slot.
            release += 1
            let changed = Int.random(in: 0..<schedules.count * 2, using: &random)
            guard changed < schedules.count, schedules[changed].limit == nil else { continue }
            schedules[changed].payload = JSONText(trusted: "\(release)")
            _ = try await put(schedules[changed], service)
        }

        let ran = runs.withLock { $0 }
        var slots = 0
        for schedule in schedules {
            let first = try #require(firsts[schedule.key])
            slots += try await check(schedule, from: first, ran, base, now: time.wall.now)
        }
        #expect(try await base.queues().first?.counts.total == slots, "\(plan)")
        TestRun.figure("\(lost) lost replies of schedules on the reference store, \(slots) slots, one job each")
    }

    private static func schedules() throws -> [Schedule] {
        func schedule(_ id: String, _ timing: Schedule.Timing) throws -> Schedule {
            var schedule = Schedule(
                key: ScheduleKey(queue: "q", id: try ScheduleID(id)), timing: timing, name: "tick")
            schedule.options.completedRetention = .keepAll
            schedule.catchUp = .all(atMost: 1_000_000)
            return schedule
        }
        var forbidding = try schedule("forbidding", .every(.seconds(15)))
        forbidding.overlap = .forbid
        var limited = try schedule("limited", .every(.seconds(20), offset: .seconds(3)))
        limited.limit = 40
        return [
            try schedule("interval", .every(.seconds(10))), forbidding, limited,
            try schedule("expression", .cron("*/30 * * * * *", timeZone: "UTC")),
        ]
    }

    /// Stores a schedule, again and again until the store has answered.
    private func put(_ schedule: Schedule, _ service: JobService) async throws -> Timestamp {
        for _ in 0..<1000 {
            do { return try #require(try await service.put(schedule)) } catch let error as StoreError {
                #expect(error.code == .unreachable)
            }
        }
        throw StoreError(.unreachable, "the store never answered")
    }

    /// Works all that is due and takes schedules on, until there is nothing left to do.
    private func work(_ service: JobService, _ steppers: [ScheduleStepper], _ base: ReferenceStore) async throws {
        for _ in 0..<10_000 {
            await withTaskGroup { group in
                for stepper in steppers {
                    group.addTask {
                        do throws(StoreError) { try await stepper.catchUp(limit: 100) } catch {
                            #expect(error.code == .unreachable)
                        }
                    }
                }
            }
            let report = try await service.drain()
            let overdue = try await base.schedules(ScheduleQuery(queue: "q", part: .overdue), page: Page())
            if report.runs.isEmpty && overdue.schedules.isEmpty { return }
        }
        Issue.record("the schedules never came to rest")
    }

    /// Expects one job for each slot from the first to the present one, run once but for the one that is to come.
    ///
    /// - Returns: how many slots there are.
    private func check(
        _ schedule: Schedule, from first: Timestamp, _ ran: [JobID: Int], _ base: ReferenceStore, now: Timestamp
    ) async throws -> Int {
        let query = ScheduleQuery(queue: "q", part: .ids([schedule.key.id]))
        let record = try #require(try await base.schedules(query, page: Page()).schedules.first)
        let plan = try SlotPlan(schedule)
        var slots = [first]
        while let last = slots.last, last < record.slot, let next = plan.following(last) { slots.append(next) }
        #expect(slots.last == record.slot, "\(schedule.key)")
        #expect(record.iterations == slots.count, "\(schedule.key)")
        #expect(record.hasEnded ? slots.count == schedule.limit : record.slot > now, "\(schedule.key)")
        let jobs = try await base.jobs(slots.map { JobKey(queue: "q", id: schedule.key.id.job(at: $0)) })
        for (slot, job) in zip(slots, jobs) {
            let job = try #require(job, "the job of \(schedule.key) at \(slot) is lost")
            let isToCome = slot == record.slot && !record.hasEnded
            #expect(job.state == (isToCome ? .delayed : .completed), "\(job.key)")
            #expect(job.attemptsStarted == (isToCome ? 0 : 1), "\(job.key)")
            #expect(ran[job.key.id] == (isToCome ? nil : 1), "\(job.key)")
        }
        return slots.count
    }
}
