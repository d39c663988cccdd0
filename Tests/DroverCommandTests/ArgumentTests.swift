import DroverCore
import Testing

@testable import DroverCommand

@Suite struct ArgumentTests {
    @Test(
        "durations are a number and a unit",
        arguments: [
            ("500ms", 500), ("5s", 5000), ("1.5s", 1500), ("2m", 120_000), ("1h", 3_600_000), ("7d", 604_800_000),
            ("0s", 0), ("0.0001s", 1),
        ])
    func durations(text: String, milliseconds: Int64) throws {
        #expect(try DurationArgument(parsing: text).duration == .milliseconds(milliseconds))
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", "5", "s", "-1s", "-0s", "5 s", "5S", "1h30m", "nans", "infs", "1e9s", "99999999999d", "٣s", ".s",
        ])
    func noDurations(_ text: String) {
        #expect(throws: ValidationError.self) { try DurationArgument(parsing: text) }
    }

    @Test(
        "a duration is written with the largest unit that fits", arguments: ["500ms", "90s", "2m", "25h", "7d", "0s"])
    func durationTexts(_ text: String) throws {
        #expect(try DurationArgument(parsing: text).description == text)
    }

    @Test(
        "instants are read as RFC 3339 with any offset",
        arguments: [
            ("2026-01-31T06:00:00Z", "2026-01-31T06:00:00.000Z"),
            ("2026-01-31t06:00:00.5z", "2026-01-31T06:00:00.500Z"),
            ("2026-01-31T06:00:00-05:00", "2026-01-31T11:00:00.000Z"),
            ("2028-02-29T23:30:00-01:00", "2028-03-01T00:30:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ])
    func instants(text: String, shown: String) throws {
        #expect(InstantArgument.text(try InstantArgument.parse(text)) == shown)
    }

    @Test(
        "what is no instant is refused, also a day or a time that does not exist",
        arguments: [
            "", "now", "2026-01-31", "06:00:00Z", "2026-13-01T00:00:00Z", "2030-02-31T06:00:00Z",
            "2030-02-29T06:00:00+02:00", "2030-04-31T06:00:00.5-05:00", "2030-04-30T25:00:00Z", "2030-04-30T06:60:00Z",
        ])
    func noInstants(_ text: String) {
        #expect(throws: ValidationError.self) { try InstantArgument.parse(text) }
    }

    @Test(
        "retention is all, none, a count, a span, or both",
        arguments: [
            ("all", Retention.keepAll), ("none", .removeAtOnce), ("0", .removeAtOnce), ("100", .keep(100)),
            ("24h", .keep(for: .seconds(86_400))), ("100,1h", Retention(count: 100, age: .seconds(3600))),
            ("1h,100", Retention(count: 100, age: .seconds(3600))),
        ])
    func retention(text: String, rule: Retention) throws {
        #expect(try RetentionArgument.parse(text) == rule)
    }

    @Test("what is no retention is refused", arguments: ["", "some", "-1", "1,2", "1h,2h", "1,", "1,1h,1"])
    func noRetention(_ text: String) {
        #expect(throws: ValidationError.self) { try RetentionArgument.parse(text) }
    }

    @Test("backoff is a kind and a base")
    func backoff() throws {
        #expect(try BackoffArgument.parse("fixed:1s") == .fixed(.seconds(1)))
        #expect(try BackoffArgument.parse("exponential:250ms") == .exponential(base: .milliseconds(250)))
        for text in ["", "fixed", "fixed:", "cubic:1s", "fixed:-1s"] {
            #expect(throws: ValidationError.self) { try BackoffArgument.parse(text) }
        }
    }

    @Test("a queue to work may name its concurrency")
    func queue() throws {
        #expect(try QueueArgument(parsing: "mail").concurrency == 1)
        let queue = try QueueArgument(parsing: "mail:25")
        #expect(queue.name == "mail")
        #expect(queue.concurrency == 25)
        for text in ["", ":", "mail:", "mail:0", "mail:x", "a:b:2", ":5"] {
            #expect(throws: ValidationError.self) { try QueueArgument(parsing: text) }
        }
    }

    @Test(
        "handlers are read from their spec",
        arguments: [
            ("noop", HandlerSpec.noop), ("echo", .echo), ("fail", .fail("failed on purpose")),
            ("fail:a: b", .fail("a: b")),
            ("sleep:2s", .sleep(.seconds(2))), ("exec:cat -n", .exec(["cat", "-n"])),
            ("http:https://h/p?a=b", .http("https://h/p?a=b")), ("http://h:1/p", .http("http://h:1/p")),
        ])
    func handlers(text: String, spec: HandlerSpec) throws {
        #expect(try HandlerSpec(parsing: text) == spec)
    }

    @Test(
        "what is no handler is refused",
        arguments: [
            "", "noop:1", "nope", "sleep", "sleep:x", "exec:", "exec: ", "exec:'", "http:", "http:ftp://h", "http:h",
            "http:http:///path", "http:///path", "http:https://:80/", "http:http://user@/path", "http:http://?q",
        ])
    func noHandlers(_ text: String) {
        #expect(throws: ValidationError.self) { try HandlerSpec(parsing: text) }
    }

    @Test(
        "a command is split at blanks; quotes and backslashes keep them, and nothing is expanded",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), (#"a b\ c"#, ["a", "b c"]),
            (#"a "b\"c" 'd\e'"#, ["a", #"b"c"#, #"d\e"#]), ("a ''", ["a", ""]), (#"a "x\y""#, ["a", #"x\y"#]),
            ("a $(id) `id` ;rm * >x|y&", ["a", "$(id)", "`id`", ";rm", "*", ">x|y&"]), ("a\tb\nc", ["a", "b", "c"]),
            ("a b'c'd", ["a", "bcd"]),
        ])
    func words(command: String, words: [String]) throws {
        #expect(try CommandWords.split(command) == words)
    }
}
