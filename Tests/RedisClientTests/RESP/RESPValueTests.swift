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
}
