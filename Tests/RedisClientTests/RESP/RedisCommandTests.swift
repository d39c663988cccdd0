import NIOCore
import Testing

@testable import RedisClient

@Suite("A command")
struct RedisCommandTests {
    private func written(_ commands: RedisCommand...) -> String {
        var batch = WriteBatch()
        for command in commands {
            batch.add(command)
        }
        return (batch.buffers + [batch.tail]).map { String(buffer: $0) }.joined()
    }

    @Test("is written as an array of bulk strings")
    func words() {
        var command = RedisCommand("SET")
        command.append("ké")
        command.append(-10)
        command.append(Int64.min)
        command.append(ByteBuffer(string: "a\r\nb"))
        command.append("")
        #expect(
            written(command)
                == "*6\r\n$3\r\nSET\r\n$3\r\nké\r\n$3\r\n-10\r\n$20\r\n-9223372036854775808\r\n$4\r\na\r\nb\r\n$0\r\n\r\n"
        )
        #expect(written(.make("GET", "k")) == "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
        #expect(RedisCommand.make("GET", "k").name == "GET")
        #expect(!RedisCommand.make("").changesProtocol)
    }

    @Test("writes numbers of every length as String does")
    func numbers() throws {
        var number: Int64 = 1
        while number < Int64.max / 10 {
            for value in [number, -number, number - 1, number + 1] {
                var arguments = RedisArguments()
                arguments.append(value)
                #expect(String(buffer: arguments.body) == "$\(String(value).count)\r\n\(value)\r\n")
            }
            number *= 10
        }
    }

    @Test("announces words of every length", arguments: [0, 1, 9, 10, 11, 99, 100, 999, 1000, 100_000])
    func lengths(_ count: Int) {
        let word = String(repeating: "x", count: count)
        let expected = "$\(count)\r\n\(word)\r\n"
        var arguments = RedisArguments()
        arguments.append(word)
        arguments.append(ByteBuffer(string: word))
        #expect(String(buffer: arguments.body) == expected + expected)
        #expect(RESPWriter.bulkSize(count) == expected.utf8.count)
    }

    @Test("takes arguments that were written before")
    func arguments() {
        var arguments = RedisArguments(capacity: 64)
        arguments.append("a")
        arguments.append(2)
        arguments.append(ByteBuffer(string: "c"))
        #expect(arguments.count == 3)
        var command = RedisCommand("EVALSHA")
        command.append(arguments)
        #expect(written(command) == "*4\r\n$7\r\nEVALSHA\r\n$1\r\na\r\n$1\r\n2\r\n$1\r\nc\r\n")
    }

    @Test("is copied into one buffer with others when small, and kept as it is when large")
    func batches() {
        let large = ByteBuffer(repeating: UInt8(ascii: "x"), count: 100_000)
        var command = RedisCommand("SET")
        command.append("k")
        command.append(large)
        let text = written(.make("PING"), command, .make("PING"), .make("PING"))
        let ping = "*1\r\n$4\r\nPING\r\n"
        #expect(
            text == ping + "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + String(buffer: large) + "\r\n" + ping + ping)
        var batch = WriteBatch()
        for _ in 0..<1000 {
            batch.add(.make("PING"))
        }
        #expect(batch.buffers.isEmpty)
        batch.add(command)
        #expect(batch.buffers.count == 2)
        batch.clear()
        #expect(batch.buffers.isEmpty && batch.tail.readableBytes == 0 && batch.count == 0)
    }
}
