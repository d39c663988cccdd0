import DroverCore
import Foundation
import Testing

@Suite("Rules of deduplication")
struct DeduplicationRuleTests {
    @Test(
        "BullMQ's forms are read, and what is none counts as not given",
        arguments: [
            (#"{"id":"d"}"#, Deduplication.simple("d")),
            (#"{"id":"d","ttl":0}"#, .simple("d")),
            (#"{"id":"d","ttl":1500.5}"#, .throttle("d", for: .milliseconds(1500))),
            (#"{"id":"d","ttl":5,"extend":true,"replace":false}"#, .extended("d", for: .milliseconds(5))),
            (#"{"id":"d","keepLastIfActive":true,"more":1}"#, .keepLast("d")),
            (#"{"id":"d","replace":"yes"}"#, .simple("d")),
            (#"{"ttl":5}"#, nil), (#"{"id":7}"#, nil), (#""d""#, nil), ("null", nil),
        ] as [(String, Deduplication?)])
    func read(_ text: String, _ rule: Deduplication?) throws {
        let options = try JSONDecoder().decode(JobOptions.self, from: Data(#"{"attempts":2,"de":\#(text)}"#.utf8))
        #expect(options.deduplication == rule)
        #expect(options.attempts == 2)
    }

    @Test(
        "A rule is refused that no store can keep",
        arguments: [
            .simple(""), .simple("a\nb"), .simple(String(repeating: "ü", count: 128)), .throttle("d", for: .zero),
            .extended("d", for: .seconds(-1)), .debounce("d", for: Deduplication.longestTTL + .seconds(1)),
        ] as [Deduplication])
    func refused(_ rule: Deduplication) {
        #expect(rule.problem != nil)
        var options = JobOptions()
        options.deduplication = rule
        #expect(options.problem == rule.problem)
    }

    @Test("Ids are the same when their bytes are")
    func bytes() {
        #expect(Deduplication.simple("\u{e9}") != .simple("e\u{301}"))
        #expect(Deduplication.simple("\u{e9}").hashValue == Deduplication.simple("\u{e9}").hashValue)
    }
}
