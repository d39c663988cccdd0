import NIOCore

@testable import RedisClient

/// Messages of every kind with the values they stand for.
enum Samples {
    static let all: [(bytes: String, value: RESPValue)] = [
        ("+OK\r\n", .string(ByteBuffer(string: "OK"))),
        ("+\r\n", .string(ByteBuffer())),
        ("-ERR unknown\r\n", .error(RedisServerError(text: "ERR unknown"))),
        ("!10\r\nSYNTAX a\r\n\r\n", .error(RedisServerError(text: "SYNTAX a\r\n"))),
        (":0\r\n", .integer(0)),
        (":-9223372036854775808\r\n", .integer(.min)),
        (":+9223372036854775807\r\n", .integer(.max)),
        ("$5\r\nhello\r\n", .string(ByteBuffer(string: "hello"))),
        ("$0\r\n\r\n", .string(ByteBuffer())),
        ("$4\r\n\r\n\r\n\r\n", .string(ByteBuffer(string: "\r\n\r\n"))),
        ("$12\r\ntwelve bytes\r\n", .string(ByteBuffer(string: "twelve bytes"))),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("_\r\n", .null),
        ("#t\r\n", .boolean(true)),
        ("#f\r\n", .boolean(false)),
        (",1.5\r\n", .double(1.5)),
        (",-2e-3\r\n", .double(-0.002)),
        (",inf\r\n", .double(.infinity)),
        (",-inf\r\n", .double(-.infinity)),
        (
            "(3492890328409238509324850943850943825024385\r\n",
            .string(ByteBuffer(string: "3492890328409238509324850943850943825024385"))
        ),
        ("=15\r\ntxt:Some string\r\n", .string(ByteBuffer(string: "Some string"))),
        ("*0\r\n", .array([])),
        ("*3\r\n:1\r\n$1\r\na\r\n_\r\n", .array([.integer(1), .string(ByteBuffer(string: "a")), .null])),
        ("*2\r\n*1\r\n:7\r\n*0\r\n", .array([.array([.integer(7)]), .array([])])),
        (
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
            .map([
                RESPPair(key: .string(ByteBuffer(string: "a")), value: .integer(1)),
                RESPPair(key: .string(ByteBuffer(string: "b")), value: .array([.integer(2)])),
            ])
        ),
        ("%0\r\n", .map([])),
        ("~2\r\n+x\r\n#t\r\n", .set([.string(ByteBuffer(string: "x")), .boolean(true)])),
        (
            ">3\r\n+message\r\n+c\r\n$2\r\nhi\r\n",
            .push([
                .string(ByteBuffer(string: "message")), .string(ByteBuffer(string: "c")),
                .string(ByteBuffer(string: "hi")),
            ])
        ),
        ("|1\r\n+ttl\r\n:3600\r\n:5\r\n", .integer(5)),
        ("*2\r\n|1\r\n+a\r\n%1\r\n+b\r\n:2\r\n:1\r\n|0\r\n:2\r\n", .array([.integer(1), .integer(2)])),
        ("*2\r\n-ERR inner\r\n:2\r\n", .array([.error(RedisServerError(text: "ERR inner")), .integer(2)])),
    ]

    /// All values that a parser takes out of `pieces`, and the error that ended it, if any.
    static func parse(
        _ pieces: [ByteBuffer], limits: RESPParser.Limits = RESPParser.Limits()
    ) -> (values: [RESPValue], error: RESPParseError?) {
        var parser = RESPParser(limits: limits)
        var values: [RESPValue] = []
        do throws(RESPParseError) {
            for piece in pieces {
                parser.append(piece)
                while let value = try parser.next() {
                    values.append(value)
                }
            }
            return (values, nil)
        } catch {
            return (values, error)
        }
    }

    /// As above, of one piece of text.
    static func parse(_ text: String, limits: RESPParser.Limits = RESPParser.Limits()) -> (
        values: [RESPValue], error: RESPParseError?
    ) {
        parse([ByteBuffer(string: text)], limits: limits)
    }
}
