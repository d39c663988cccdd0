import DroverCore
import Testing

@testable import Drover

@Suite struct CronHashTests {
    /// Frozen: a schedule that is stored today has to keep its times in every later release.
    @Test func theHashIsThatOfEveryRelease() {
        #expect(ScheduleHash.value("", field: .second, item: 0) == 0x0832_8807_B4EB_6FED)
        #expect(ScheduleHash.value("nightly", field: .minute, item: 0) == 0x99CD_0404_2BBA_0BF1)
        #expect(ScheduleHash.value("nightly", field: .hour, item: 0) == 0xC914_61B6_D2FF_EBD8)
        #expect(ScheduleHash.value("größe", field: .dayOfWeek, item: 3) == 0xE863_A767_913C_35E6)
    }

    @Test(arguments: [
        ("H H * * *", "37 0 * * *"), ("H/15 * * * *", "7/15 * * * *"), ("H(10-19) H(1-4) * * *", "17 1 * * *"),
        ("H H H * *", "37 0 24 * *"), ("H H * * H", "37 0 * * 1"), ("H(0-29)/10 * * * *", "7-29/10 * * * *"),
        ("H,H 3 * * *", "37,28 3 * * *"),
    ])
    func aSeedAlwaysChoosesTheSame(_ text: String, _ same: String) throws {
        #expect(
            try CronParser(text: text, seed: "nightly").parse().times.asChosen
                == CronParser(text: same, seed: nil).parse().times.asChosen)
    }

    @Test func everyChoiceLiesInItsField() throws {
        for number in 0..<500 {
            let times = try CronParser(text: "H H H H H H", seed: "schedule-\(number)").parse().times
            for bits in [
                times.seconds, times.minutes, times.hours, times.days.monthDays, times.months, times.days.weekdays,
            ] {
                #expect(bits.nonzeroBitCount == 1)
            }
            // Every month has the day that was chosen.
            #expect(times.days.monthDays < 1 << 29)
            let steps = try CronParser(text: "H/7 H(9-17)/3 H/40 * *", seed: "schedule-\(number)").parse().times
            #expect(steps.minutes.trailingZeroBitCount < 7)
            #expect((8...9).contains(steps.minutes.nonzeroBitCount))
            #expect((9...11).contains(steps.hours.trailingZeroBitCount))
            #expect(steps.hours.nonzeroBitCount == 3)
            #expect(steps.days.monthDays.nonzeroBitCount == 1)
        }
    }

    @Test func schedulesAreSpreadOverTheHour() throws {
        var counts = [Int](repeating: 0, count: 60)
        for number in 0..<6000 {
            counts[
                try CronParser(text: "H * * * *", seed: "report-\(number)").parse().times.minutes.trailingZeroBitCount] +=
                1
        }
        // A hundred for each minute, give or take five standard deviations.
        #expect(counts.allSatisfy { (50...150).contains($0) }, "\(counts)")
    }

    @Test func theFieldsOfAScheduleDiffer() throws {
        let alike = try (0..<600).filter { number in
            let times = try CronParser(text: "H H * * * *", seed: "report-\(number)").parse().times
            return times.seconds == times.minutes
        }
        #expect(alike.count < 40)
    }
}

extension CronTimes {
    /// Without what depends on the writing.
    fileprivate var asChosen: CronTimes {
        var times = self
        times.isFixed = false
        return times
    }
}
