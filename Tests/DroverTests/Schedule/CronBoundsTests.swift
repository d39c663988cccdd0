import DroverCore
import DroverTesting
import Testing

@testable import Drover

@Suite struct CronBoundsTests {
    @Test func everyKindOfYearReturnsWithinFortyYears() {
        var last: [Int: Int] = [:]
        var longest = 0
        for year in 2000..<2800 {
            let first = CivilDate(year: year, month: 1, day: 1).weekday
            let kind = first * 2 + (CivilDate.length(ofMonth: 2, in: year) == 29 ? 1 : 0)
            if let before = last[kind] { longest = max(longest, year - before) }
            last[kind] = year
        }
        #expect(last.count == 14)
        #expect(longest == 40)
        #expect(longest < CronTimes.yearsAhead)
    }

    @Test func aLeapDayIsFoundOverAYearWithoutOne() throws {
        #expect(
            try shown("0 0 29 2 *", after: "2096-03-01T00:00:00+00:00", in: "UTC", count: 2)
                == ["2104-02-29 00:00:00+0000", "2108-02-29 00:00:00+0000"])
    }

    @Test func aFifthMondayOfFebruaryIsFoundAfterFortyYears() throws {
        #expect(
            try shown("0 0 * 2 1#5", after: "2072-01-01T00:00:00+00:00", in: "UTC", count: 3)
                == ["2072-02-29 00:00:00+0000", "2112-02-29 00:00:00+0000", "2140-02-29 00:00:00+0000"])
    }

    @Test func aTimeThatTheClockAlwaysLeapsOverIsNever() throws {
        let cron = try CronExpression("* 2 * 3 0#2")
        #expect(cron.next(after: try at("2025-01-01T00:00:00+00:00"), in: try ScheduleZone("America/New_York")) == nil)
        #expect(
            cron.next(after: try at("2025-01-01T00:00:00+00:00"), in: .utc) == (try at("2025-03-09T02:00:00+00:00")))
    }

    @Test func theNextTimeIsOnAWholeSecondAndStrictlyLater() throws {
        let cron = try CronExpression("* * * * * *")
        for (after, next) in [(0, 1000), (999, 1000), (1000, 2000), (-1, 0), (-1000, 0), (-1001, -1000)] {
            #expect(
                cron.next(after: Timestamp(milliseconds: Int64(after))) == Timestamp(milliseconds: Int64(next)))
        }
    }

    @Test func timesBeyondTheCalendarAreAnswered() throws {
        let cron = try CronExpression("0 0 1 1 *")
        #expect(cron.next(after: Timestamp(milliseconds: .max)) == nil)
        #expect(cron.next(after: try at("9999-12-31T23:59:59+00:00")) != nil)
        #expect(cron.next(after: try at("9999-12-31T23:59:59+00:00") + .seconds(1)) == nil)
        let first = try #require(cron.next(after: Timestamp(milliseconds: .min)))
        #expect(clock(first, in: .utc) == "2-01-01 00:00:00+0000")
    }

    @Test func yearsEndAndMonthsEndAreCrossed() throws {
        #expect(
            try shown("59 59 23 31 12 *", after: "2025-12-31T23:59:59+00:00", in: "UTC", count: 1)
                == ["2026-12-31 23:59:59+0000"])
        #expect(
            try shown("0 0 31 * *", after: "2025-01-31T00:00:00+00:00", in: "UTC", count: 2)
                == ["2025-03-31 00:00:00+0000", "2025-05-31 00:00:00+0000"])
        #expect(
            try shown("0 0 L * *", after: "2024-01-31T00:00:00+00:00", in: "UTC", count: 2)
                == ["2024-02-29 00:00:00+0000", "2024-03-31 00:00:00+0000"])
    }

    @Test func daysBeforeTheLastFollowTheMonth() throws {
        #expect(
            try shown("0 0 L-3 * *", after: "2025-01-01T00:00:00+00:00", in: "UTC", count: 3)
                == ["2025-01-28 00:00:00+0000", "2025-02-25 00:00:00+0000", "2025-03-28 00:00:00+0000"])
        // Only a month of 31 days has a day 30 before its last.
        #expect(
            try shown("0 0 L-30 * *", after: "2025-01-01T00:00:00+00:00", in: "UTC", count: 2)
                == ["2025-03-01 00:00:00+0000", "2025-05-01 00:00:00+0000"])
    }

    @Test func theNearestWorkdayStaysInItsMonth() throws {
        // In 2025 the first of February and of March are Saturdays, the first of June is a Sunday.
        #expect(
            try shown("0 0 1W * *", after: "2025-01-31T00:00:00+00:00", in: "UTC", count: 3)
                == ["2025-02-03 00:00:00+0000", "2025-03-03 00:00:00+0000", "2025-04-01 00:00:00+0000"])
        #expect(
            try shown("0 0 31W 8 *", after: "2025-01-01T00:00:00+00:00", in: "UTC", count: 1)
                == ["2025-08-29 00:00:00+0000"])
        // A day that the month lacks stands for its last.
        #expect(
            try shown("0 0 31W * *", after: "2025-04-01T00:00:00+00:00", in: "UTC", count: 2)
                == ["2025-04-30 00:00:00+0000", "2025-05-30 00:00:00+0000"])
        #expect(
            try shown("0 0 LW * *", after: "2025-04-30T00:00:00+00:00", in: "UTC", count: 2)
                == ["2025-05-30 00:00:00+0000", "2025-06-30 00:00:00+0000"])
    }

    @Test func oneOfTwoRestrictedDayFieldsIsEnough() throws {
        #expect(
            try shown("0 0 13 * FRI", after: "2025-06-06T00:00:00+00:00", in: "UTC", count: 4)
                == [
                    "2025-06-13 00:00:00+0000", "2025-06-20 00:00:00+0000", "2025-06-27 00:00:00+0000",
                    "2025-07-04 00:00:00+0000",
                ])
        #expect(
            try shown("0 0 */15 * 1", after: "2025-06-01T00:00:00+00:00", in: "UTC", count: 3)
                == ["2025-06-02 00:00:00+0000", "2025-06-09 00:00:00+0000", "2025-06-16 00:00:00+0000"])
    }

    @Test func datesAndDaysAreTurnedIntoEachOther() {
        var random = TestRun.generator()
        // A calendar that is counted on day by day, from the year 1600 to 2400.
        var date = CivilDate(year: 1600, month: 1, day: 1)
        let first = date.daysSinceEpoch
        #expect(first == -135_140)
        for days in first..<first + 146_097 * 2 {
            if random.next() % 8 == 0 || date.day > 27 {
                #expect(date.daysSinceEpoch == days)
                #expect(CivilDate(daysSinceEpoch: days) == date)
            }
            date.day += 1
            if date.day > CivilDate.length(ofMonth: date.month, in: date.year) {
                (date.day, date.month) = (1, date.month + 1)
            }
            if date.month > 12 { (date.month, date.year) = (1, date.year + 1) }
        }
        #expect(CivilDate(year: 2000, month: 2, day: 29).weekday == 2)
    }
}
