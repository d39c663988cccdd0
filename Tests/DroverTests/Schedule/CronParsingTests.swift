import DroverCore
import Testing

@testable import Drover

@Suite struct CronParsingTests {
    /// What an expression means, for comparison with another.
    private func times(_ text: String) throws -> CronTimes { try CronParser(text: text, seed: "seed").parse().times }

    @Test(arguments: [
        ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"), ("@monthly", "0 0 1 * *"), ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@hourly", "0 * * * *"), ("@minutely", "* * * * *"),
        ("@secondly", "* * * * * *"), ("@weekdays", "0 0 * * 1-5"), ("@weekends", "0 0 * * 0,6"),
        ("@Daily", "0 0 * * *"), (" @HOURLY ", "0 * * * *"),
    ])
    func aWordStandsForFields(_ word: String, _ fields: String) throws {
        #expect(try times(word) == times(fields))
    }

    @Test(arguments: [
        ("5 4 * * *", "0 5 4 * * *"),
        ("\t5  4 *\n* * ", "5 4 * * *"),
        ("05 04 * * *", "5 4 * * *"),
        ("? ? ? ? ?", "* * * * *"),
        ("*/1 * * * *", "0-59 * * * *"),
        ("5/10 * * * *", "5,15,25,35,45,55 * * * *"),
        ("3-20/5 * * * *", "3,8,13,18 * * * *"),
        ("*/90 * * * *", "0/60 * * * *"),
        ("7/9223372036854775807 * * * *", "7 * * * *"),
        ("1,1,1-2 * * * *", "1,2 * * * *"),
        ("5-5 * * * *", "5 * * * *"),
        ("50-10/20 * * * *", "50,10 * * * *"),
        ("0 22-2 * * *", "0 22,23,0,1,2 * * *"),
        ("0 22-5/3 * * *", "0 22,1,4 * * *"),
        ("0 0 29-2 * *", "0 0 29,30,31,1,2 * *"),
        ("0 0 1 NOV-FEB *", "0 0 1 1,2,11,12 *"),
        ("0 0 1 oct-3/2 *", "0 0 1 10,12,2 *"),
        ("0 0 * jan-JUN/2 *", "0 0 * 1,3,5 *"),
        ("0 0 * * FRI-MON", "0 0 * * 5,6,0,1"),
        ("0 0 * * 7", "0 0 * * sun"),
        ("0 0 * * 0,7", "0 0 * * 0"),
        ("0 0 * * 5-7", "0 0 * * 5,6,0"),
        ("0 0 * * 7-2", "0 0 * * 0-2"), ("0 0 * * 7-4/2", "0 0 * * 0,2,4"),
        ("0 0 * * SAT-SUN", "0 0 * * 6,0"),
        ("0 0 * * 1/2", "0 0 * * 1,3,5,7"),
        ("0 0 * * 0-7", "0 0 * * 0-6"),
        ("0 0 l,lw,l-2,15w * friL", "0 0 L,LW,L-2,15W * 5L"),
        ("0 0 * * 7L,MON#1", "0 0 * * SUNL,1#1"),
    ])
    func twoWritingsMeanTheSame(_ one: String, _ other: String) throws {
        #expect(try times(one) == times(other))
    }

    @Test func aFieldThatIsMoreThanAStarRestrictsTheDay() throws {
        for day in ["*/2", "1-31", "*,1", "?/1", "L"] {
            #expect(try times("0 0 \(day) * 1").days.restrictsMonthDay)
            #expect(try times("0 0 * * 0-7").days.restrictsWeekday)
        }
        for day in ["*", "?"] { #expect(try !times("0 0 \(day) * \(day)").days.restrictsMonthDay) }
    }

    @Test func anExpressionIsFixedUnlessItsMinutesOrHoursBeginWithAStar() throws {
        for text in ["0 2 * * *", "0/15 2 * * *", "* 0 2 * * *", "H 2 * * *", "H(0-29)/10 2 * * *", "0,*/5 1-3 * * *"] {
            #expect(try times(text).isFixed, "\(text)")
        }
        for text in [
            "* 2 * * *", "*/15 2 * * *", "0 * * * *", "0 */2 * * *", "? 2 * * *", "H/10 2 * * *", "0 h/3 * * *",
        ] {
            #expect(try !times(text).isFixed, "\(text)")
        }
    }

    @Test func anExpressionShowsItsTextAsWritten() throws {
        #expect(try CronExpression(" 0 0 * *  mon ").description == " 0 0 * *  mon ")
        #expect(try CronExpression("0 0 * * 1") != CronExpression("0 0 * * MON"))
        #expect(try CronExpression("0 0 * * 1") == CronExpression("0 0 * * 1"))
    }
}
