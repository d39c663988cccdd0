import DroverCore
import DroverTesting
import Logging
import Testing

@testable import Drover

/// A year of a schedule, slot by slot, on a store whose time the test moves.
@Suite struct ScheduleYearTests {
    static let zones = [
        "UTC", "America/Toronto", "America/St_Johns", "America/Sao_Paulo", "Europe/Berlin", "Europe/London",
        "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
        "America/Santiago",
    ]
    /// 2026-01-01 00:00:00 UTC.
    private static let newYear = Timestamp(milliseconds: 1_767_225_600_000)

    @Test(arguments: zones)
    func firesOncePerSlot(_ zone: String) async throws {
        let time = ManualTime(wall: ManualWallClock(start: Self.newYear))
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = JobService(store: store, configuration: ServiceConfiguration(wallClock: time.wall), logger: quiet)
        var schedule = Schedule(
            key: ScheduleKey(queue: "q", id: try ScheduleID("nightly")), timing: .cron("30 2 * * *", timeZone: zone),
            name: "n")
        schedule.endsAt = Self.newYear + .seconds(365 * 86_400)
        let expected = try schedule.times(after: Self.newYear, count: 1000)
        #expect((364...366).contains(expected.count))
        try await service.put(schedule)
        let stepper = ScheduleStepper(queue: "q", store: store, wallClock: time.wall, logger: quiet)
        var seen: [Timestamp] = []
        var number = 0
        while number < 2000 {
            number += 1
            let claim = Claim(limit: 10, lease: .seconds(30), worker: "w")
            let reply = try await store.exchange("q", id: ExchangeID("x\(number)"), settle: [], claim: claim)
            for claimed in reply.claimed {
                let iteration = try #require(claimed.job.key.id.iteration)
                seen.append(iteration.slot)
                let record = try #require(await stepper.schedule(of: claimed.job))
                await stepper.step(record, now: try #require(claimed.job.processedAt))
                // The job of an earlier slot takes the schedule nowhere.
                #expect(await stepper.schedule(of: claimed.job) == nil)
                let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null), retention: .removeAtOnce)
                _ = try await store.exchange("q", id: ExchangeID("s\(number)"), settle: [settlement], claim: nil)
            }
            if !reply.claimed.isEmpty { continue }
            guard let wait = reply.nextDueIn else { break }
            time.advance(by: wait)
        }
        #expect(seen == expected)
    }
}
