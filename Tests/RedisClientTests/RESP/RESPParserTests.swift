import NIOCore
import Testing

@testable import RedisClient

@Suite("The RESP parser")
struct RESPParserTests {
    @Test("gives the value of each kind of message")
    func kinds() {
        for sample in Samples.all {
            let result = Samples.parse(sample.bytes)
            #expect(result.error == nil, "\(sample.bytes.debugDescription)")
            #expect(result.values == [sample.value], "\(sample.bytes.debugDescription)")
        }
        #expect(Samples.parse(",nan\r\n").values.first?.text == "nan")
        #expect(Samples.parse(",-nan\r\n").values.first?.text == "nan")
    }

    @Test("gives the same value for every split into two and into single bytes, and none before the last byte")
    func everySplit() throws {
        for sample in Samples.all {
            let bytes = Array(sample.bytes.utf8)
            for cut in 0...bytes.count {
                var parser = RESPParser()
                parser.append(ByteBuffer(bytes: bytes[..<cut]))
                if cut < bytes.count {
                    #expect(try parser.next() == nil)
                    parser.append(ByteBuffer(bytes: bytes[cut...]))
                }
                #expect(try parser.next() == sample.value)
                #expect(try parser.next() == nil)
            }
            let singles = Samples.parse(bytes.map { ByteBuffer(bytes: [$0]) })
            #expect(singles.values == [sample.value])
        }
    }

    @Test("gives all values of a stream in order, at every split of the stream")
    func stream() {
        let bytes = Array(Samples.all.map(\.bytes).joined().utf8)
        for cut in 0...bytes.count {
            let result = Samples.parse([ByteBuffer(bytes: bytes[..<cut]), ByteBuffer(bytes: bytes[cut...])])
            #expect(result.values == Samples.all.map(\.value))
        }
    }

    @Test(
        "refuses what is not RESP with the reason",
        arguments: [
            ("x\r\n", RESPParseError.unknownKind(UInt8(ascii: "x"))),
            ("\r\n", .unknownKind(13)),
            ("+a\nb\r\n", .missingLineEnd),
            ("+a\rb\r\n", .missingLineEnd),
            ("$1\r\nabc", .missingLineEnd),
            (":\r\n", .malformedNumber),
            (":1a\r\n", .malformedNumber),
            (":--1\r\n", .malformedNumber),
            (":9223372036854775808\r\n", .malformedNumber),
            (":-9223372036854775809\r\n", .malformedNumber),
            (":?\r\n", .malformedNumber),
            ("$-2\r\n", .malformedNumber),
            ("!-1\r\n", .malformedNumber),
            ("=-1\r\n", .malformedNumber),
            ("*-2\r\n", .malformedNumber),
            ("%-1\r\n", .malformedNumber),
            ("~-1\r\n", .malformedNumber),
            ("$1x\r\n", .malformedNumber),
            ("_x\r\n", .malformedNumber),
            ("#x\r\n", .malformedNumber),
            ("#\r\n", .malformedNumber),
            (",\r\n", .malformedNumber),
            (",0x10\r\n", .malformedNumber),
            (",infinity\r\n", .malformedNumber),
            (",1.5.5\r\n", .malformedNumber),
            ("(\r\n", .malformedNumber),
            ("(12a\r\n", .malformedNumber),
            ("=3\r\ntxt\r\n", .malformedVerbatim),
            ("=5\r\ntxt-a\r\n", .malformedVerbatim),
            ("$?\r\n", .streamed),
            ("*?\r\n", .streamed),
            ("%?\r\n", .streamed),
            ("~?\r\n", .streamed),
            (";4\r\n", .unknownKind(UInt8(ascii: ";"))),
            (".\r\n", .unknownKind(UInt8(ascii: "."))),
            ("*1\r\n>1\r\n+a\r\n", .misplacedPush),
            ("$536870913\r\n", .bulkTooLong),
            ("!536870913\r\n", .bulkTooLong),
            ("*16777217\r\n", .tooManyElements),
            ("%8388609\r\n", .tooManyElements),
            ("|9223372036854775807\r\n", .tooManyElements),
            ("$9223372036854775807\r\n", .bulkTooLong),
        ])
    func refusals(text: String, error: RESPParseError) {
        #expect(Samples.parse(text).error == error)
        #expect(Samples.parse(text.utf8.map { ByteBuffer(bytes: [$0]) }).error == error)
    }

    @Test("refuses a string beyond the limit when all of it is there, as when it is not")
    func wholeBulk() {
        let bytes = ByteBuffer(string: "$4\r\nabcd\r\n")
        #expect(Samples.parse([bytes], limits: .init(bulk: 3)).error == .bulkTooLong)
        #expect(Samples.parse([bytes], limits: .init(bulk: 4)).values == [.string(ByteBuffer(string: "abcd"))])
        #expect(Samples.parse([bytes], limits: .init(bulk: .max)).values == [.string(ByteBuffer(string: "abcd"))])
        #expect(Samples.parse([ByteBuffer(string: "$4\r\nabcde\r\n")], limits: .init()).error == .missingLineEnd)
    }

    @Test("takes 32 aggregates within each other and refuses 33")
    func depth() {
        let deepest = String(repeating: "*1\r\n", count: 32)
        #expect(Samples.parse(deepest + ":1\r\n").values.count == 1)
        #expect(Samples.parse(deepest + "*0\r\n").error == .tooDeep)
        #expect(Samples.parse(String(repeating: "|1\r\n", count: 33)).error == .tooDeep)
    }

    @Test("takes a line of 64 KB and refuses a longer one, whether or not it ends")
    func longLines() {
        let line = String(repeating: "x", count: 65536)
        #expect(Samples.parse("+\(line)\r\n").values.count == 1)
        #expect(Samples.parse("+\(line)x\r\n").error == .lineTooLong)
        #expect(Samples.parse("+\(line)x").error == .lineTooLong)
        #expect(Samples.parse("+\(line)").error == nil)
    }

    @Test("keeps throwing the same error and lets go of its memory after the first")
    func failureIsFinal() {
        var parser = RESPParser()
        parser.append(ByteBuffer(string: "?"))
        for _ in 0..<3 {
            #expect(throws: RESPParseError.unknownKind(UInt8(ascii: "?"))) { try parser.next() }
            parser.append(ByteBuffer(string: "+OK\r\n"))
        }
        #expect(parser.retainedBytes == 0)
    }

    @Test("reserves nothing for what was announced and has not come")
    func announcements() throws {
        var parser = RESPParser()
        parser.append(ByteBuffer(string: "*16777216\r\n*16777216\r\n$536870912\r\nabc"))
        #expect(try parser.next() == nil)
        #expect(parser.retainedBytes <= 256)
        #expect(parser.stack.allSatisfy { $0.items.capacity <= 128 })
    }

    @Test("keeps no more than the unfinished part of a long stream that is never cut between values")
    func longStream() throws {
        var parser = RESPParser()
        parser.append(ByteBuffer(string: ":12"))
        #expect(try parser.next() == nil)
        for _ in 0..<20000 {
            parser.append(ByteBuffer(string: "34\r\n:12"))
            #expect(try parser.next() == .integer(1234))
            #expect(try parser.next() == nil)
        }
        #expect(parser.retainedBytes <= 16384)
    }

    @Test("takes large aggregates and strings in small pieces without beginning again", .timeLimit(.minutes(10)))
    func largeInPieces() throws {
        let array = "*200000\r\n" + String(repeating: "$1\r\nx\r\n", count: 200_000)
        let string = "$4000000\r\n" + String(repeating: "y", count: 4_000_000) + "\r\n"
        for (text, piece) in [(array, 11), (string, 100)] {
            let whole = ByteBuffer(string: text)
            var parser = RESPParser()
            var last: RESPValue?
            for start in stride(from: 0, to: whole.readableBytes, by: piece) {
                #expect(last == nil)
                parser.append(try #require(whole.getSlice(at: start, length: min(piece, whole.readableBytes - start))))
                last = try parser.next()
            }
            switch last {
            case .array(let items)?: #expect(items.count == 200_000)
            case .string(let bytes)?: #expect(bytes.readableBytes == 4_000_000)
            default: Issue.record("neither array nor string")
            }
        }
    }

    @Test("does not let a short value keep the large buffer alive that it came in")
    func shortValues() throws {
        var parser = RESPParser()
        var piece = ByteBufferAllocator().buffer(capacity: 65536)
        piece.writeString("$2\r\nhi\r\n")
        parser.append(piece)
        guard case .string(let text)? = try parser.next() else {
            Issue.record("no string")
            return
        }
        #expect(text.storageCapacity <= 64)
    }
}
