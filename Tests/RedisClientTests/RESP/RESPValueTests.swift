import NIOCore
import Testing

@testable import RedisClient

@Suite("A RESP value")
struct RESPValueTests {
    private func string(_ text: String) -> RESPValue {
        .string(ByteBuffer(string: text))
    }

    @Test("is text when it is a string or a number")
    func text() {
        #expect(string("hé").text == "hé")
        #expect(RESPValue.integer(-5).text == "-5")
        #expect(RESPValue.double(1.5).text == "1.5")
        #expect(RESPValue.double(3).text == "3")
        #expect(RESPValue.double(-.infinity).text == "-inf")
        #expect(RESPValue.double(1e300).text == "1e+300")
        #expect(RESPValue.null.text == nil)
        #expect(RESPValue.boolean(true).text == nil)
        #expect(RESPValue.array([]).text == nil)
    }

    @Test("is an integer when it is one or a string that spells one in full")
    func int() {
        #expect(RESPValue.integer(7).int == 7)
        #expect(string("-12").int == -12)
        #expect(string("9223372036854775807").int == .max)
        #expect(string("-9223372036854775808").int == .min)
        for text in ["", "-", "+", "1.0", " 1", "1 ", "9223372036854775808", "99999999999999999999", "0x1"] {
            #expect(string(text).int == nil, "\(text)")
        }
        #expect(RESPValue.double(1).int == nil)
        #expect(RESPValue.null.int == nil)
    }

    @Test("has items when it is an aggregate, keys and values in turn for a map")
    func items() {
        let map = RESPValue.map([RESPPair(key: string("a"), value: .integer(1))])
        #expect(map.items == [string("a"), .integer(1)])
        #expect(RESPValue.array([.null]).items == [.null])
        #expect(RESPValue.set([.null]).items == [.null])
        #expect(RESPValue.push([.null]).items == [.null])
        #expect(string("a").items == nil)
    }

    @Test("gives names and values in turn by the names")
    func fields() {
        let map = RESPValue.map([RESPPair(key: string("a"), value: .integer(1))])
        #expect(map.fields == ["a": .integer(1)])
        let list: [RESPValue] = [
            string("a"), .integer(1), string("b"), .null, .null, string("no name"), string("a"), .null,
        ]
        #expect(RESPValue.array(list).fields == ["a": .null, "b": .null])
        #expect(RESPValue.array([string("no value")]).fields == [:])
        #expect(string("a").fields == nil)
    }

    @Test("is null only when there is no value")
    func null() {
        #expect(RESPValue.null.isNull)
        #expect(!string("").isNull)
        #expect(!RESPValue.array([]).isNull)
    }

    @Test("tells the kind of a server's error by its first word")
    func prefix() {
        #expect(RedisServerError(text: "NOSCRIPT No matching script").prefix == "NOSCRIPT")
        #expect(RedisServerError(text: "OOM").prefix == "OOM")
        #expect(RedisServerError(text: "").prefix == "")
    }

    @Test(
        "shows of a server's error no arguments that it repeats",
        arguments: [
            ("ERR unknown command 'X', with args beginning with: 'hunter2'", "ERR unknown command 'X'"),
            ("ERR unknown command `x`, with args `hunter2`", "ERR unknown command `x`"),
            ("ERR bad call, args beginning with: 'hunter2', with args 'hunter2'", "ERR bad call,"),
            ("WRONGTYPE Operation against a key", "WRONGTYPE Operation against a key"),
        ])
    func shownText(_ text: String, _ shown: String) {
        #expect(RedisServerError(text: text).shownText == shown)
    }
}
