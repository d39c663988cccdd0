import DroverCore
import Testing

@testable import Drover

@Suite struct SlotPlanTests {
    private let key = ScheduleKey(queue: "q", id: ScheduleID(stored: "s"))
    /// 2026-03-02 00:00:00 UTC, a Monday.
    private let monday = Timestamp(milliseconds: 1_772_409_600_000)

    private func at(_ minutes: Int64) -> Timestamp { monday + .seconds(60 * minutes) }

    private func schedule(
        _ timing: Schedule.Timing, _ catchUp: Schedule.CatchUp = .skip, _ change: (inout Schedule) -> Void = { _ in }
    ) -> Schedule {
        var schedule = Schedule(key: key, timing: timing, name: "n")
        schedule.catchUp = catchUp
        change(&schedule)
        return schedule
    }

    /// The minutes after Monday's beginning of the slot that follows `slot`.
    private func next(
        _ schedule: Schedule, after slot: Int64, now: Int64, iterations: Int = 1
    ) throws -> Int64? {
        let record = ScheduleRecord(schedule: schedule, slot: at(slot), iterations: iterations)
        return try SlotPlan(schedule).next(after: record, now: at(now)).map {
            ($0 - monday).wholeMilliseconds / 60_000
        }
    }

    private var quarters: Schedule.Timing { .cron("*/15 * * * *", timeZone: "UTC") }
    private var quarter: Schedule.Timing { .every(.seconds(900)) }

    @Test func withoutAnythingMissedTheNextSlotFollows() throws {
        for catchUp in [Schedule.CatchUp.skip, .latest, .all(atMost: 3)] {
            #expect(try next(schedule(quarters, catchUp), after: 15, now: 16) == 30)
            #expect(try next(schedule(quarter, catchUp), after: 15, now: 16) == 30)
        }
    }

    @Test func missedSlotsAreLeftOut() throws {
        #expect(try next(schedule(quarters), after: 15, now: 100) == 105)
        #expect(try next(schedule(quarter), after: 15, now: 100) == 105)
    }

    @Test func theLatestOfTheMissedSlotsIsRun() throws {
        #expect(try next(schedule(quarters, .latest), after: 15, now: 100) == 90)
        #expect(try next(schedule(quarter, .latest), after: 15, now: 100) == 90)
        #expect(try next(schedule(quarters, .latest), after: 90, now: 100) == 105)
        #expect(try next(schedule(quarters, .latest), after: 15, now: 90) == 90)
    }

    @Test func missedSlotsAreRunOneAfterAnother() throws {
        for timing in [quarters, quarter] {
            #expect(try next(schedule(timing, .all(atMost: 10)), after: 15, now: 100) == 30)
            #expect(try next(schedule(timing, .all(atMost: 3)), after: 15, now: 100) == 60)
            #expect(try next(schedule(timing, .all(atMost: 3)), after: 60, now: 100) == 75)
            #expect(try next(schedule(timing, .all(atMost: 3)), after: 90, now: 100) == 105)
        }
    }

    @Test func aYearInWhichNobodyWorkedIsPassedOverQuickly() throws {
        let year: Int64 = 365 * 24 * 60
        #expect(try next(schedule(.cron("* * * * * *", timeZone: "UTC"), .latest), after: 0, now: year) == year)
        #expect(
            try next(schedule(.cron("0 0 * * *", timeZone: "UTC"), .all(atMost: 2)), after: 0, now: year) == year - 1440
        )
        #expect(
            try next(schedule(.cron("0 0 1 1 *", timeZone: "UTC"), .latest), after: -99_999_999, now: year) == 439_200)
    }

    @Test func aScheduleEndsAtItsEndAndAtItsLimit() throws {
        let ends = schedule(quarters) { $0.endsAt = at(45) }
        #expect(try next(ends, after: 30, now: 31) == 45)
        #expect(try next(ends, after: 45, now: 46) == nil)
        let limited = schedule(quarters) { $0.limit = 3 }
        #expect(try next(limited, after: 15, now: 16, iterations: 2) == 30)
        #expect(try next(limited, after: 15, now: 16, iterations: 3) == nil)
    }

    @Test func theFirstSlotIsNotBeforeTheStart() throws {
        let plan = try SlotPlan(schedule(quarters) { $0.startsAt = at(60) }).beginning(now: at(1))
        #expect(plan.first == at(60))
        #expect(try SlotPlan(schedule(quarters)).beginning(now: at(15)).first == at(30))
        #expect(try SlotPlan(schedule(quarter)).beginning(now: at(15)).first == nil)
        #expect(throws: ValidationError.self) {
            try SlotPlan(schedule(quarters) { $0.endsAt = at(14) }).beginning(now: at(1))
        }
    }

    @Test func jitterIsTheSameForASlotAndLessThanItsBound() throws {
        let plan = try SlotPlan(schedule(quarters) { $0.jitter = .seconds(10) })
        let dues = (0..<200).map { plan.due(at($0 * 15)) }
        for (index, due) in dues.enumerated() {
            let slot = at(Int64(index) * 15)
            let later = try #require(due) - slot
            #expect(later >= .zero && later < .seconds(10))
            #expect(plan.due(slot) == due)
        }
        #expect(Set(zip(dues, 0..<200).map { ($0 ?? monday) - at($1 * 15) }).count > 150)
        #expect(try SlotPlan(schedule(quarters)).due(monday) == nil)
    }

    @Test func aWrongExpressionOrZoneIsToldByName() throws {
        let wrong = #expect(throws: ValidationError.self) {
            try SlotPlan(schedule(.cron("61 * * * *", timeZone: "UTC")))
        }
        #expect(wrong?.description.contains("field 1 (minute)") == true, "\(String(describing: wrong))")
        let zone = #expect(throws: ValidationError.self) {
            try SlotPlan(schedule(.cron("* * * * *", timeZone: "Mars")))
        }
        #expect(zone?.subject == "time zone")
        #expect(throws: Never.self) { try SlotPlan(schedule(.cron("H H * * *", timeZone: nil))) }
    }

    @Test func timesOfAScheduleLieBetweenItsStartAndItsEnd() throws {
        let bounded = schedule(quarters) {
            $0.startsAt = at(30)
            $0.endsAt = at(60)
        }
        #expect(try bounded.times(after: monday, count: 9) == [at(30), at(45), at(60)])
        #expect(
            try schedule(.every(.seconds(900), offset: .seconds(60))).times(after: at(1), count: 2) == [at(16), at(31)])
    }
}
