import Testing

@testable import Drover

@Suite struct CronErrorTests {
    @Test(arguments: [
        ("", "cron expression: is empty; write five fields, six with the seconds first, or a word such as @daily"),
        (" \n", "cron expression: is empty; write five fields, six with the seconds first, or a word such as @daily"),
        (
            "5",
            "cron expression: has 1 field; write five (minute, hour, day of month, month, day of week) or six with the "
                + "seconds first"
        ),
        (
            "* * * *",
            "cron expression: has 4 fields; write five (minute, hour, day of month, month, day of week) or six with the "
                + "seconds first"
        ),
        (
            "0 0 0 1 1 ? 2030",
            "cron expression: has 7 fields; write five (minute, hour, day of month, month, day of week) or six with the "
                + "seconds first; there is no field for the year"
        ),
        ("@reboot", "cron expression: \"@reboot\" names no time; add a job at the start of the program instead"),
        (
            "@every 5m",
            "cron expression: \"@every\" is an interval and no cron expression; use a schedule with an interval"
        ),
        (
            "@dayly",
            "cron expression: \"@dayly\" is no such word; there are, each alone, @yearly, @annually, @monthly, @weekly, "
                + "@daily, @midnight, @hourly, @minutely, @secondly, @weekdays, @weekends"
        ),
        (
            "@daily @hourly",
            "cron expression: \"@daily\" is no such word; there are, each alone, @yearly, @annually, @monthly, @weekly, "
                + "@daily, @midnight, @hourly, @minutely, @secondly, @weekdays, @weekends"
        ),
    ])
    func theWholeExpressionIsNamed(_ text: String, _ message: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(text) }
        #expect(error?.description == message)
        #expect(error?.field == nil)
    }

    @Test(arguments: [
        ("60 * * * *", "field 1 (minute), character 1: \"60\" is above 59"),
        ("60 * * * * *", "field 1 (second), character 1: \"60\" is above 59"),
        ("* 60 * * * *", "field 2 (minute), character 3: \"60\" is above 59"),
        ("* 24 * * *", "field 2 (hour), character 3: \"24\" is above 23"),
        ("* * 32 * *", "field 3 (day of month), character 5: \"32\" is above 31"),
        ("* * * 32 * *", "field 4 (day of month), character 7: \"32\" is above 31"),
        ("* * 0 * *", "field 3 (day of month), character 5: \"0\" is below 1"),
        ("* * * 0 *", "field 4 (month), character 7: \"0\" is below 1"),
        ("* * * 13 *", "field 4 (month), character 7: \"13\" is above 12"),
        ("* * * * 8", "field 5 (day of week), character 9: \"8\" is above 7"),
        ("  0   0 * * 1-9", "field 5 (day of week), character 15: \"9\" is above 7"),
        (
            "123456789012345678901234567890 * * * *",
            "field 1 (minute), character 1: \"123456789012345678901234567890\" is above 59"
        ),
        ("x * * * *", "field 1 (minute), character 1: \"x\" is not a number from 0 to 59"),
        ("+5 * * * *", "field 1 (minute), character 1: \"+5\" is not a number from 0 to 59"),
        ("1.5 * * * *", "field 1 (minute), character 1: \"1.5\" is not a number from 0 to 59"),
        ("٣ * * * *", "field 1 (minute), character 1: \"٣\" is not a number from 0 to 59"),
        ("* 7AM * * *", "field 2 (hour), character 3: \"7AM\" is not a number from 0 to 23"),
        ("* * first * *", "field 3 (day of month), character 5: \"first\" is not a number from 1 to 31"),
        (
            "* * * MON *",
            "field 4 (month), character 7: \"MON\" is not a number from 1 to 12 or a name from JAN to DEC"
        ),
        (
            "* * * * JAN",
            "field 5 (day of week), character 9: \"JAN\" is not a number from 0 to 7 or a name from SUN to SAT"
        ),
        (
            "* * * * MONDAY",
            "field 5 (day of week), character 9: \"MONDAY\" is not a number from 0 to 7 or a name from SUN to SAT"
        ),
        (
            "1,,2 * * * *",
            "field 1 (minute), character 1: \"1,,2\" has an empty item; write values with one comma between"
        ),
        ("* ,1 * * *", "field 2 (hour), character 3: \",1\" has an empty item; write values with one comma between"),
        ("1,2,99 * * * *", "field 1 (minute), character 5: \"99\" is above 59"),
        (
            "-5 * * * *",
            "field 1 (minute), character 1: \"-5\" is no range; write two values with one dash between, as in 1-5"
        ),
        (
            "5- * * * *",
            "field 1 (minute), character 1: \"5-\" is no range; write two values with one dash between, as in 1-5"
        ),
        (
            "1-2-3 * * * *",
            "field 1 (minute), character 1: \"1-2-3\" is no range; write two values with one dash between, as in 1-5"
        ),
        ("5-70 * * * *", "field 1 (minute), character 3: \"70\" is above 59"),
        ("*-5 * * * *", "field 1 (minute), character 1: \"*\" is not a number from 0 to 59"),
        ("*/0 * * * *", "field 1 (minute), character 3: \"0\" is below 1"),
        ("*/ * * * *", "field 1 (minute), character 3: the step after / is missing; write a whole number from 1"),
        ("*/x * * * *", "field 1 (minute), character 3: \"x\" is not a step; write a whole number from 1"),
        ("*/-5 * * * *", "field 1 (minute), character 3: \"-5\" is not a step; write a whole number from 1"),
        ("/5 * * * *", "field 1 (minute), character 1: \"/5\" has nothing before its step; write */5 or 10/5"),
        ("*/5/5 * * * *", "field 1 (minute), character 1: \"*/5/5\" has two steps; write one, as in */5"),
        ("** * * * *", "field 1 (minute), character 1: \"**\" is not a number from 0 to 59"),
        ("L * * * *", "field 1 (minute), character 1: \"L\" is not a number from 0 to 59"),
        (
            "0 0 * * L",
            "field 5 (day of week), character 9: \"L\" needs a day of week before it, as in 5L, the month's last Friday"
        ),
        (
            "0 0 5L * *",
            "field 3 (day of month), character 5: \"5L\" is for the day of week; in this field L stands alone, as L, L-3 or LW"
        ),
        ("0 0 L-31 * *", "field 3 (day of month), character 7: \"31\" is above 30"),
        ("0 0 L-0 * *", "field 3 (day of month), character 7: \"0\" is below 1"),
        ("0 0 L-W * *", "field 3 (day of month), character 7: \"W\" is not a number of days from 1 to 30"),
        (
            "0 0 L/2 * *",
            "field 3 (day of month), character 5: \"L/2\" has a step, which goes with numbers and ranges only"
        ),
        (
            "0 0 1-L * *",
            "field 3 (day of month), character 5: \"1-L\" is for the day of week; in this field L stands alone, as L, L-3 or LW"
        ),
        (
            "0 0 W * *",
            "field 3 (day of month), character 5: \"W\" needs a day before it, as in 15W, the weekday nearest to the 15th"
        ),
        ("0 0 1-5W * *", "field 3 (day of month), character 5: \"1-5W\" moves a range; W goes with one day, as in 15W"),
        ("0 0 32W * *", "field 3 (day of month), character 5: \"32\" is above 31"),
        (
            "0 0 * * 15W",
            "field 5 (day of week), character 9: \"15W\" is not a number from 0 to 7 or a name from SUN to SAT"
        ),
        ("0 0 * * 5#6", "field 5 (day of week), character 11: \"6\" is above 5"),
        ("0 0 * * 5#0", "field 5 (day of week), character 11: \"0\" is below 1"),
        ("0 0 * * 5#", "field 5 (day of week), character 11: \"\" is not a number from 1 to 5"),
        (
            "0 0 * * #2",
            "field 5 (day of week), character 9: \"\" is not a number from 0 to 7 or a name from SUN to SAT"
        ),
        ("0 0 * * 8L", "field 5 (day of week), character 9: \"8\" is above 7"),
        (
            "0 0 * * 1-5#2",
            "field 5 (day of week), character 9: \"1-5\" is not a number from 0 to 7 or a name from SUN to SAT"
        ),
        ("H * * * *", "field 1 (minute), character 1: \"H\" needs a seed to choose from, such as the schedule's id"),
        ("0 0 30 2 *", "field 3 (day of month), character 5: \"30\" is never in the months of field 4"),
        ("0 0 31 2,4,6,9,11 *", "field 3 (day of month), character 5: \"31\" is never in the months of field 4"),
        ("0 0 0 L-30 FEB ?", "field 4 (day of month), character 7: \"L-30\" is never in the months of field 5"),
        (
            "0 " + String(repeating: "9", count: 80) + " * * *",
            "field 2 (hour), character 3: \"" + String(repeating: "9", count: 64) + "…\" is above 23"
        ),
    ])
    func theFieldThePartAndThePlaceAreNamed(_ text: String, _ message: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(text) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        ("H(5-3) * * * *", "field 1 (minute), character 1: \"H(5-3)\" has a range whose end is below its start"),
        ("H(0-60) * * * *", "field 1 (minute), character 5: \"60\" is above 59"),
        (
            "H(5) * * * *",
            "field 1 (minute), character 3: \"5\" is no range; write two values with one dash between, as in 1-5"
        ),
        (
            "H(0-5 * * * *",
            "field 1 (minute), character 1: \"H(0-5\" is not understood; write H, H/5, H(0-29) or H(0-29)/5"
        ),
        ("* HOUR * * *", "field 2 (hour), character 3: \"HOUR\" is not understood; write H, H/5, H(0-29) or H(0-29)/5"),
        (
            "H/5/5 * * * *",
            "field 1 (minute), character 1: \"H/5/5\" is not understood; write H, H/5, H(0-29) or H(0-29)/5"
        ),
        ("H/0 * * * *", "field 1 (minute), character 3: \"0\" is below 1"),
    ])
    func aWrongHashIsExplained(_ text: String, _ message: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(text, seed: "nightly") }
        #expect(error?.description == message)
    }

    @Test func anErrorHoldsThePartsOfItsMessage() {
        let error = #expect(throws: CronError.self) { try CronExpression("0 0 0 32 * *") }
        #expect(error?.field == .dayOfMonth)
        #expect(error?.number == 4)
        #expect(error?.token == "32")
        #expect(error?.position == 7)
        #expect(error?.problem == "\"32\" is above 31")
    }
}
