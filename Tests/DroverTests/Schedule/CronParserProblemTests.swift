import Testing

@testable import Drover

/// What cron-parser 5 reads otherwise. The rules are those of its documentation and of its parser's source.
@Suite struct CronParserProblemTests {
    @Test(arguments: [
        "* * * * *", "*/5 * * * *", "0 30 9 * * 1-5", "5/10 1,2,3 L 1-6/2 MON-FRI", "0 0 15,L * *", "0 0 * * 5L",
        "0 0 * * 1,3L", "0 0 * * FRI#2", "0 0 ? * 7#1", "? ? ? ? ?", "0 0 1 * 1", "0 0 */2 * */3", "0 0 * * 5-7",
        "0 0 * * 1/2", "0 0 * * 0-7", "05 04 * JAN,dec *", "@daily", "@yearly", "@weekdays", "@secondly", " 0 0 * * * ",
    ])
    func whatBothReadAlikeHasNoProblem(_ text: String) throws {
        #expect(try CronExpression(text).cronParserProblem == nil)
    }

    @Test(arguments: [
        ("@midnight", CronParserLimit.alias), ("@Daily", .alias), (" @daily", .alias), ("H * * * *", .hash),
        ("0 H(1-5)/2 * * *", .hash), ("0 0 * * FRI-MON", .turningRange), ("0 22-2 * * *", .turningRange),
        ("0 0 1 NOV-FEB *", .turningRange), ("0 0 15W * *", .nearestWeekday), ("0 0 LW * *", .nearestWeekday),
        ("0 0 L-3 * *", .daysBeforeLast), ("0 0 l * *", .lowercase), ("0 0 * * 5l", .lowercase),
        ("0 0 * * 05L", .zeroBeforeLast), ("0 0 * * 1#1,3#3", .listOfNth), ("0 0 * * 1,3#3", .listOfNth),
        ("0 0 13 * 5#2", .nthAndMonthDay), ("1,1 * * * *", .valueTwice), ("1-5,3 * * * *", .valueTwice),
        ("0 0 L,L * *", .valueTwice), ("0 0 * * 1,MON", .valueTwice), ("0 0 * * 2-7/2", .sundayOfRange),
        ("0 0 * * 2/2", .sundayOfRange),
    ])
    func whatIsReadOtherwiseIsNamed(_ text: String, _ limit: CronParserLimit) throws {
        #expect(try CronExpression(text, seed: "seed").cronParserProblem == limit.reason)
    }
}
