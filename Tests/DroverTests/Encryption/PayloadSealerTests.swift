import DroverTesting
import Foundation
import Testing

@testable import Drover

@Suite struct PayloadSealerTests {
    private let secret = Canary.text(1)

    private func seal(_ text: String, _ parts: EncryptedParts, job: JobName = "j", by numbers: Int = 1) throws
        -> JSONText
    {
        try PayloadSealer.seal(try JSONText(text), parts, of: job, with: .canaries(numbers))
    }

    private func open(_ text: JSONText, job: JobName = "j", by numbers: Int = 1) throws -> OpenedPayload? {
        try PayloadSealer.open(text, of: job, with: .canaries(numbers))
    }

    private func found(_ text: JSONText) throws -> [SealedFinder.Found] {
        try PayloadSealer.withBytes(of: text) { try SealedFinder.find(in: $0) }
    }

    @Test func aWholePayloadBecomesOneObjectThatNamesItsKeyAndVersion() throws {
        let text = " {\"a\" : [1.50, 12345678901234567890, \"\(secret)\"]} "
        let stored = try seal(text, .whole)
        #expect(stored.text.hasPrefix(#"{"$drover":"encrypted:1","key":"k1","nonce":""#))
        #expect(Canary.traces(in: stored.text.utf8).isEmpty)
        _ = try JSONText(stored.text)
        let opened = try #require(try open(stored))
        let isSame = opened.payload.text == text
        #expect(isSame)
        #expect(opened.parts == .whole)
        // Each time by another nonce.
        #expect(try seal(text, .whole) != stored)
    }

    @Test func valuesAtPathsAreReplacedAndTheRestStaysByteForByte() throws {
        let text =
            "{ \"user\":7,\"card\" : {\"number\":\"\(secret)\" , \"x\":1.0},\"items\":[{\"s\":\"\(secret)\"},{\"t\":2},{\"s\":[3]}] }"
        let stored = try seal(text, .paths(["card.number", "items[].s"]))
        let spots = try found(stored).map(\.spot)
        #expect(
            spots.map(\.way) == [
                [.member("card"), .member("number")], [.member("items"), .element(0), .member("s")],
                [.member("items"), .element(2), .member("s")],
            ])
        let bare = PayloadSealer.withBytes(of: stored) { PayloadSealer.replacing(spots, in: $0) { _ in "?" } }
        #expect(bare.text == #"{ "user":7,"card" : {"number":? , "x":1.0},"items":[{"s":?},{"t":2},{"s":?}] }"#)
        let opened = try #require(try open(stored))
        let isSame = opened.payload.text == text
        #expect(isSame)
        #expect(opened.parts == .paths(["card.number", "items[].s"]))
    }

    @Test(arguments: [
        // A path that leads nowhere, and null.
        ("{}", "a.b", "{}"), (#"{"a":null}"#, "a.b", #"{"a":null}"#),
        (#"{"a":{"b":null}}"#, "a.b", #"{"a":{"b":null}}"#),
        (#"{"a":[]}"#, "a[].b", #"{"a":[]}"#), (#"{"b":1}"#, "a", #"{"b":1}"#),
        // Where the path can't go on the value itself is encrypted.
        (#"{"a":"x"}"#, "a.b", #"{"a":?}"#), (#"{"a":[{"b":1}]}"#, "a.b", #"{"a":?}"#),
        (#"{"a":{"b":1}}"#, "a[].b", #"{"a":?}"#), (#"{"a":[1,{"b":2}]}"#, "a[].b", #"{"a":[?,{"b":?}]}"#),
        ("true", "a", "?"),
        // Names twice, names with escapes, values of all kinds.
        (#"{"a":1,"a":2}"#, "a", #"{"a":?,"a":?}"#), (#"{"\u0061":"\"}"}"#, "a", #"{"\u0061":?}"#),
        (#"{"a":{"c":[{},"]"]},"b":0}"#, "a", #"{"a":?,"b":0}"#), ("[[1],[2,3]]", "[][]", "[[?],[?,?]]"),
    ])
    func aPathFindsItsValues(_ text: String, _ path: String, _ expected: String) throws {
        let stored = try seal(text, .paths([PayloadPath(path)]))
        let bare = PayloadSealer.withBytes(of: stored) { bytes in
            PayloadSealer.replacing((try? found(stored).map(\.spot)) ?? [], in: bytes) { _ in "?" }
        }
        #expect(bare.text == expected)
        #expect(try open(stored)?.payload.text ?? stored.text == text)
        #expect(PayloadSealer.isSealed(stored, .paths([try PayloadPath(path)])))
        #expect(PayloadSealer.isSealed(try JSONText(text), .paths([try PayloadPath(path)])) == (expected == text))
    }

    @Test func ofPathsInEachOtherTheOuterOneCounts() throws {
        let stored = try seal(#"{"a":{"b":1}}"#, .paths(["a.b", "a"]))
        #expect(try found(stored).map(\.spot.way) == [[.member("a")]])
    }

    @Test func aValueOpensOnlyWhereItWasSealed() throws {
        let stored = try seal(#"{"a":"one","b":"two","c":["three","four"]}"#, .paths(["a", "b", "c[]"]))
        let values = try found(stored).map { try $0.value.text() }
        try #require(values.count == 4)
        for (left, right) in [(0, 1), (2, 3), (0, 3)] {
            var swapped = stored.text.replacing(values[left], with: "LEFT")
            swapped = swapped.replacing(values[right], with: values[left]).replacing("LEFT", with: values[right])
            let error = #expect(throws: UnreadableValue.self) { try open(try JSONText(swapped)) }
            #expect(error?.reason.contains("does not open with key \"k1\"") == true)
        }
        #expect(throws: UnreadableValue.self) { try open(stored, job: "other") }
        // The whole of one job is no part of another, and a result is no payload.
        let whole = try seal("\"one\"", .whole)
        #expect(throws: UnreadableValue.self) { try open(try JSONText("{\"a\":\(whole.text)}")) }
        let result = try SealedResult.seal(try JSONText("1"), of: "j", with: .canaries(1))
        #expect(throws: UnreadableValue.self) { try open(result) }
    }

    @Test func whatWasChangedDoesNotOpenAndSaysNothingOfItself() throws {
        let stored = try seal("\"\(secret)\"", .whole)
        let value = try #require(try found(stored).first?.value)
        var changes: [(SealedValue, String)] = []
        func change(_ problem: String, _ body: (inout SealedValue) throws -> Void) rethrows {
            var changed = value
            try body(&changed)
            changes.append((changed, problem))
        }
        try change("does not open") { $0.nonce = try #require(found(seal("1", .whole)).first?.value.nonce) }
        try change("does not open") { $0.data = try #require(found(seal("1", .whole)).first?.value.data) }
        change("is damaged") { $0.data = "AAAA" }
        change("is damaged") { $0.nonce = "AAAA" }
        change("is damaged") { $0.data = nil }
        change("is damaged") { $0.key = "" }
        change("key \"k9\", which this worker does not have") { $0.key = "k9" }
        change("\"encrypted:2\", which this version of Drover does not know") { $0.version = "encrypted:2" }
        for (changed, problem) in changes {
            let error = #expect(throws: UnreadableValue.self) { try open(try JSONText(try changed.text())) }
            #expect(error?.reason.contains(problem) == true, "\(error?.reason ?? "")")
            let traces = Canary.traces(in: "\(String(describing: error))".utf8)
            #expect(traces.isEmpty)
        }
        // Another key under the same id.
        let other = try KeyRing([.canary(2, id: "k1")])
        let error = #expect(throws: UnreadableValue.self) { try PayloadSealer.open(stored, of: "j", with: other) }
        #expect(error?.reason.contains("another key has this id here") == true)
    }

    @Test func aStoredFormThatAnotherClientWroteAnewOpens() throws {
        let stored = try seal(#"{"a":"one"}"#, .paths(["a"]))
        let value = try #require(try found(stored).first?.value)
        let slashes = try #require(value.data).replacing("/", with: #"\/"#)
        let text =
            " { \"a\" : { \"data\": \"\(slashes)\", \"nonce\" : \"\(value.nonce ?? "")\",\n\"key\":\"k1\", \"$drover\": \"encrypted:1\" } }"
        #expect(try open(try JSONText(text))?.payload.text == #" { "a" : "one" }"#)
    }

    @Test func aPayloadThatLooksEncryptedIsRefusedWhereItWouldStayPlain() throws {
        let looks = #"{"$drover":"encrypted:1","key":"k1"}"#
        for parts in [EncryptedParts.nothing, .paths(["b"])] {
            let error = #expect(throws: ValidationError.self) { try seal("{\"a\":\(looks),\"b\":1}", parts) }
            #expect(error?.subject == "payload")
        }
        // Inside what is encrypted it is content.
        let text = "{\"a\":\(looks)}"
        #expect(try open(try seal(text, .whole))?.payload.text == text)
        #expect(try open(try seal(text, .paths(["a"])))?.payload.text == text)
        // Dollar signs and names alone are nothing.
        for plain in [#"{"$drover":1}"#, #"{"a":"$drover"}"#, #"{"$":"$$"}"#, #""$""#, #"{"$drover":"no"}"#] {
            #expect(try seal(plain, .nothing).text == plain)
            #expect(try open(try JSONText(plain)) == nil)
        }
    }

    @Test func whatIsNoJSONIsHandedOnAsItIs() throws {
        for text in ["", "{\"$drover\"", "$drover:", "{\"$drover\":\"encrypted:1", "[[[[$drover"] {
            #expect(try SealedResult.open(JSONText(trusted: text), of: "j", with: .canaries(1)).text == text)
        }
    }

    @Test func aResultOpensWithItsJobsNameOrTheOneThatItCarries() throws {
        let ring = try KeyRing.canaries(1)
        let stored = try SealedResult.seal(try JSONText("\"\(secret)\""), of: "say \"hi\"", with: ring)
        #expect(Canary.traces(in: stored.text.utf8).isEmpty)
        for name in [nil, JobName("say \"hi\"")] {
            let isSame = try SealedResult.open(stored, of: name, with: ring).text == "\"\(secret)\""
            #expect(isSame)
        }
        #expect(throws: UnreadableValue.self) { try SealedResult.open(stored, of: "other", with: ring) }
        let error = #expect(throws: UnreadableValue.self) { try SealedResult.open(stored, of: nil, with: nil) }
        #expect(error?.reason.contains("which this program does not have") == true)
        #expect(try SealedResult.seal(.null, of: "j", with: ring) == .null)
    }

    @Test func whoShowsAStoredValueTellsItsKeysAndNoMore() throws {
        let stored = try seal("{\"a\":\"\(secret)\",\"b\":2}", .paths(["a"]))
        let value = StoredValue(stored)
        #expect(value.keys == ["k1"])
        #expect(value.shown.text == #"{"a":"encrypted with key k1","b":2}"#)
        #expect(StoredValue(try JSONText("[1]")).shown.text == "[1]")
        #expect(StoredValue(try JSONText(#"{"$drover":"encrypted:1","key":"\u001b[2J"}"#)).keys == ["?"])
    }
}
