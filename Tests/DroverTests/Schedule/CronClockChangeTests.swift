import DroverCore
import Testing

@testable import Drover

/// What happens when the clock changes. New York goes from 02:00 to 03:00 on 2025-03-09, and shows the hour from 01:00
/// twice on 2025-11-02.
@Suite struct CronClockChangeTests {
    @Test func aFixedTimeInAGapIsDueAtItsEnd() throws {
        #expect(
            try shown("30 2 * * *", after: "2025-03-08T12:00:00-05:00", in: "America/New_York", count: 2)
                == ["2025-03-09 03:00:00-0400", "2025-03-10 02:30:00-0400"])
        #expect(
            try shown("0 2 * * *", after: "2025-03-09T01:59:59-05:00", in: "America/New_York", count: 2)
                == ["2025-03-09 03:00:00-0400", "2025-03-10 02:00:00-0400"])
    }

    @Test func severalFixedTimesInAGapAreDueOnce() throws {
        #expect(
            try shown("0,20,40 2,3 * * *", after: "2025-03-08T12:00:00-05:00", in: "America/New_York")
                == [
                    "2025-03-09 03:00:00-0400", "2025-03-09 03:20:00-0400", "2025-03-09 03:40:00-0400",
                    "2025-03-10 02:00:00-0400",
                ])
        #expect(
            try shown("*/10 30 2 * * *", after: "2025-03-08T12:00:00-05:00", in: "America/New_York", count: 2)
                == ["2025-03-09 03:00:00-0400", "2025-03-10 02:30:00-0400"])
    }

    @Test func theEndOfAGapIsNotDueAgain() throws {
        #expect(
            try shown("30 2 * * *", after: "2025-03-09T03:00:00-04:00", in: "America/New_York", count: 1)
                == ["2025-03-10 02:30:00-0400"])
    }

    @Test func aGapAtMidnightBelongsToTheNewDay() throws {
        // Havana goes from 00:00 to 01:00.
        #expect(
            try shown("0 0 * * SUN", after: "2025-03-08T12:00:00-05:00", in: "America/Havana", count: 2)
                == ["2025-03-09 01:00:00-0400", "2025-03-16 00:00:00-0400"])
    }

    @Test func aGapOfTwoHoursIsOneGap() throws {
        #expect(
            try shown("30 1,2 * * *", after: "2025-03-29T12:00:00+00:00", in: "Antarctica/Troll", count: 2)
                == ["2025-03-30 03:00:00+0200", "2025-03-31 01:30:00+0200"])
    }

    @Test func aFixedTimeInARepeatedHourIsDueTheFirstTime() throws {
        #expect(
            try shown("30 1 * * *", after: "2025-11-01T12:00:00-04:00", in: "America/New_York", count: 2)
                == ["2025-11-02 01:30:00-0400", "2025-11-03 01:30:00-0500"])
        #expect(
            try shown("0 30 1 * * *", after: "2025-11-02T01:30:00-04:00", in: "America/New_York", count: 1)
                == ["2025-11-03 01:30:00-0500"])
    }

    @Test func aFixedTimeIsNotDueInTheRepetitionWhenItWasMissed() throws {
        #expect(
            try shown("30,45 1,2 * * *", after: "2025-11-02T01:10:00-05:00", in: "America/New_York", count: 1)
                == ["2025-11-02 02:30:00-0500"])
        #expect(
            try shown("0 2 * * *", after: "2025-11-02T01:59:59-05:00", in: "America/New_York", count: 1)
                == ["2025-11-02 02:00:00-0500"])
    }

    @Test func aWildcardIsDueInBothRepeatedHours() throws {
        #expect(
            try shown("30 * * * *", after: "2025-11-02T00:31:00-04:00", in: "America/New_York")
                == [
                    "2025-11-02 01:30:00-0400", "2025-11-02 01:30:00-0500", "2025-11-02 02:30:00-0500",
                    "2025-11-02 03:30:00-0500",
                ])
        #expect(
            try shown("*/40 1 * * *", after: "2025-11-02T00:31:00-04:00", in: "America/New_York")
                == [
                    "2025-11-02 01:00:00-0400", "2025-11-02 01:40:00-0400", "2025-11-02 01:00:00-0500",
                    "2025-11-02 01:40:00-0500",
                ])
    }

    @Test func aWildcardIsNotDueInAGap() throws {
        #expect(
            try shown("*/30 * * * *", after: "2025-03-09T01:00:00-05:00", in: "America/New_York", count: 3)
                == ["2025-03-09 01:30:00-0500", "2025-03-09 03:00:00-0400", "2025-03-09 03:30:00-0400"])
        #expect(
            try shown("* 2 * * *", after: "2025-03-08T12:00:00-05:00", in: "America/New_York", count: 1)
                == ["2025-03-10 02:00:00-0400"])
        #expect(
            try shown("0 */2 * * *", after: "2025-03-09T00:00:00-05:00", in: "America/New_York", count: 2)
                == ["2025-03-09 04:00:00-0400", "2025-03-09 06:00:00-0400"])
    }

    @Test func aChangeOfHalfAnHourFollowsTheSameRule() throws {
        // Lord Howe goes from 02:00 to 02:30 on 2025-10-05, and back from 02:00 to 01:30 on 2025-04-06.
        #expect(
            try shown("15 2 * * *", after: "2025-10-04T12:00:00+10:30", in: "Australia/Lord_Howe", count: 2)
                == ["2025-10-05 02:30:00+1100", "2025-10-06 02:15:00+1100"])
        #expect(
            try shown("45 * * * *", after: "2025-04-06T01:00:00+11:00", in: "Australia/Lord_Howe", count: 3)
                == ["2025-04-06 01:45:00+1100", "2025-04-06 01:45:00+1030", "2025-04-06 02:45:00+1030"])
        #expect(
            try shown("45 1 * * *", after: "2025-04-05T12:00:00+11:00", in: "Australia/Lord_Howe", count: 2)
                == ["2025-04-06 01:45:00+1100", "2025-04-07 01:45:00+1030"])
    }

    @Test func zonesFarWestAndFarEastFollowTheSameRule() throws {
        #expect(
            try shown("30 1,2 * * *", after: "2025-03-08T12:00:00-10:00", in: "America/Adak", count: 3)
                == ["2025-03-09 01:30:00-1000", "2025-03-09 03:00:00-0900", "2025-03-10 01:30:00-0900"])
        #expect(
            try shown("30 1 * * *", after: "2025-11-01T12:00:00-09:00", in: "America/Adak", count: 2)
                == ["2025-11-02 01:30:00-0900", "2025-11-03 01:30:00-1000"])
        #expect(
            try shown("0 3 * * *", after: "2025-04-05T12:00:00+13:45", in: "Pacific/Chatham", count: 2)
                == ["2025-04-06 03:00:00+1345", "2025-04-07 03:00:00+1245"])
    }

    @Test func aFixedTimeOfEverySecondIsDueOnlyInTheFirstHour() throws {
        #expect(
            try shown("* 59 1 * * *", after: "2025-11-02T01:59:58-04:00", in: "America/New_York", count: 2)
                == ["2025-11-02 01:59:59-0400", "2025-11-03 01:59:00-0500"])
    }

    @Test func aChangeForGoodFollowsTheSameRule() throws {
        // Volgograd went back from 02:00 to 01:00 on 2020-12-27 and stayed.
        #expect(
            try shown("30 1 * * *", after: "2020-12-26T12:00:00+04:00", in: "Europe/Volgograd", count: 2)
                == ["2020-12-27 01:30:00+0400", "2020-12-28 01:30:00+0300"])
    }

    @Test func eachTimeIsLaterThanTheOneBefore() throws {
        for text in ["30 1,2 * * *", "*/7 * * * *", "0 0-3 * * *", "15,45 30 2 * * *"] {
            let cron = try CronExpression(text)
            for (name, day) in [("America/New_York", "2025-03-09"), ("America/New_York", "2025-11-02")] {
                let zone = try ScheduleZone(name)
                let start = try at("\(day)T00:00:00-05:00")
                for minute in 0..<600 {
                    let after = start + .seconds(60 * minute)
                    let next = try #require(cron.next(after: after, in: zone))
                    #expect(next > after, "\(text) after \(clock(after, in: zone))")
                    // What lies between has no time of its own, wherever the question is asked.
                    let just = Timestamp(milliseconds: next.milliseconds - 1)
                    #expect(cron.next(after: just, in: zone) == next, "\(text) after \(clock(after, in: zone))")
                }
            }
        }
    }
}
