import NIOCore
import NIOPosix

/// Gives commands to a Redis server over a connection of their own, for set-up work. Not the client under test.
enum RedisExchange {
    /// Sends commands together and returns their replies, in order.
    static func send(_ commands: [[String]], toPort port: Int, timeout: Duration) async throws -> [RedisReply] {
        let clock = ContinuousClock()
        let begun = clock.now
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(encoded(commands))
            // A server that does not answer, a paused one for example, ends the wait with the connection. Not before: a
            // short time may be over as soon as it has begun, and what is written then fails in other words.
            let alarm = channel.channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                channel.channel.close(promise: nil)
            }
            defer { alarm.cancel() }
            var reader = RedisReplyReader()
            var replies: [RedisReply] = []
            for try await part in inbound {
                reader.append(part)
                while let reply = try reader.next() { replies.append(reply) }
                if replies.count >= commands.count { return replies }
            }
            throw RedisServer.Failed(
                "the Redis server on port \(port) gave \(replies.count) of \(commands.count) replies, with "
                    + "\(reader.count) bytes of the next, until the connection ended after \(clock.now - begun)")
        }
    }

    private static func encoded(_ commands: [[String]]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for words in commands {
            buffer.writeString("*\(words.count)\r\n")
            for word in words { buffer.writeString("$\(word.utf8.count)\r\n\(word)\r\n") }
        }
        return buffer
    }
}
