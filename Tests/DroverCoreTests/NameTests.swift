import DroverCore
import Testing

@Suite struct NameTests {
    @Test(
        "a queue name without a colon or control character is accepted",
        arguments: ["q", "a b", "größer", "漢字", "a/b.c-d_e", "{tag}q", "0", "wait"])
    func acceptsQueueNames(_ text: String) throws {
        #expect(try QueueName(text).text == text)
    }

    @Test(
        "a queue name with a colon, a control character or nothing is refused",
        arguments: ["", ":", "a:b", "a:", "a\nb", "a\u{0}", "\u{7F}", "\t"])
    func refusesQueueNames(_ text: String) {
        #expect(throws: ValidationError.self) { try QueueName(text) }
    }

    @Test func namesAndIdsHoldAtMost255BytesOfUTF8() throws {
        let longest = String(repeating: "é", count: 127) + "x"
        #expect(try QueueName(longest).text == longest)
        #expect(try JobName(longest).text == longest)
        #expect(try JobID(longest).text == longest)
        for tooLong in [longest + "x", String(repeating: "n", count: 10_000)] {
            #expect(throws: ValidationError.self) { try QueueName(tooLong) }
            #expect(throws: ValidationError.self) { try JobName(tooLong) }
            #expect(throws: ValidationError.self) { try JobID(tooLong) }
        }
    }

    @Test(
        "names are the same when their bytes are",
        arguments: [
            ("a", "a", true), ("a", "ab", false), ("ab", "a", false), ("a", "b", false), ("\u{e9}", "e\u{301}", false),
            ("a name of more than fifteen bytes", "a name of more than " + "fifteen bytes", true),
        ])
    func bytes(_ left: String, _ right: String, _ isSame: Bool) throws {
        #expect(try (QueueName(left) == QueueName(right)) == isSame)
        #expect(try (JobName(left) == JobName(right)) == isSame)
        #expect(try (JobID(left) == JobID(right)) == isSame)
        #expect(try Set([JobID(left), JobID(right)]).count == (isSame ? 1 : 2))
    }

    @Test func aJobNameMayHoldAColonButNoControlCharacter() throws {
        let given = "mail:welcome"
        #expect(try JobName(given).text == given)
        for text in ["", "a\nb", "\u{0}"] { #expect(throws: ValidationError.self) { try JobName(text) } }
    }

    @Test(
        "an id of the program's own may be any text but a number, a key's name or a wrong count of parts",
        arguments: [
            "a", "order-17", "1a", "1.5", "1e5", "007", "-01", "-", "--1", "a:b:c", "::", "repeat:x:123", "waiting",
            "ID", "Grüße", "+1", " 1", "0x10",
        ])
    func acceptsCustomIDs(_ text: String) throws {
        #expect(try JobID.custom(text).text == text)
    }

    @Test(
        "whole numbers, ids that begin with 0:, one or more than two colons, and names of keys are refused",
        arguments: [
            "0", "1", "42", "-1", "-0", "9007199254740993", "0:", "0:1", "0:a:b", ":", "a:b", "a:", ":a", "a:b:c:d",
            "id", "meta",
            "wait", "active", "prioritized", "pc", "delayed", "waiting-children", "completed", "failed", "marker",
            "events", "stalled",
            "stalled-check", "limiter", "repeat", "de", "dn", "metrics", "paused", "priority", "delay", "", "a\u{0}b",
            "\n",
        ])
    func refusesCustomIDs(_ text: String) {
        #expect(throws: ValidationError.self) { try JobID.custom(text) }
    }

    @Test func anIdToLookUpMayBeANumber() throws {
        #expect(try JobID("42").text == "42")
        #expect(try JobID("a:b").text == "a:b")
    }

    @Test func messagesQuoteAtMost64CharactersAndNoControlCharacter() {
        let error = #expect(throws: ValidationError.self) {
            try QueueName("\u{1}" + String(repeating: "n", count: 200))
        }
        #expect((error?.description.count ?? 0) < 150)
        #expect(error?.description.contains("\u{1}") == false)
    }

    @Test func keysAreOrderedByQueueThenId() throws {
        let keys = try [("b", "a"), ("a", "b"), ("a", "a")].map { try JobKey(queue: QueueName($0.0), id: JobID($0.1)) }
        #expect(keys.sorted().map(\.description) == ["a/a", "a/b", "b/a"])
    }
}
