import NIOCore
import Testing

@testable import RedisTesting

/// What the tests' own connections read, past the client under test.
@Suite("Replies to the tests' own commands")
struct RedisReplyTests {
    @Test("Replies are the same in whatever parts they come", arguments: [1, 2, 3, 7, 1000])
    func parts(_ size: Int) throws {
        let bytes = ByteBuffer(
            string: "+OK\r\n*4\r\n$3\r\na\r\n\r\n*2\r\n:-7\r\n*0\r\n$-1\r\n*-1\r\n"
                + "-ERR no\r\n$0\r\n\r\n*1\r\n*1\r\n+x\r\n")
        var reader = RedisReplyReader()
        var replies: [RedisReply] = []
        var rest = bytes
        while let part = rest.readSlice(length: min(size, rest.readableBytes)), part.readableBytes > 0 {
            reader.append(part)
            while let reply = try reader.next() { replies.append(reply) }
        }
        #expect(
            replies == [
                .text("OK"), .list([.text("a\r\n"), .list([.number(-7), .list([])]), .nothing, .nothing]),
                .refusal("ERR no"), .text(""), .list([.list([.text("x")])]),
            ])
    }

    @Test("The time that a long list takes grows with its length only")
    func longList() async throws {
        let server = try await RedisServer.shared
        let script = """
            local items = {}
            for index = 1, tonumber(ARGV[1]) do items[index] = string.rep('element ', 8) .. index end
            return items
            """
        // It comes in hundreds of parts; reading them all from the beginning with each takes minutes.
        let answer = try await server.command("EVAL", script, "0", "300000")
        let lines = answer.split(separator: "\n")
        #expect(lines.count == 300_000)
        #expect(lines.last?.hasSuffix(" 300000") == true)
    }
}
