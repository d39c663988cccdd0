import DroverTesting
import NIOCore
import NIOPosix

/// A connection of which a test sees every byte, and the end.
final class LineClient: Sendable {
    private let channel: any Channel
    private let received: Probe<String>
    private let ended: Probe<Void>

    private init(_ channel: any Channel, _ received: Probe<String>, _ ended: Probe<Void>) {
        self.channel = channel
        self.received = received
        self.ended = ended
    }

    deinit { channel.close(promise: nil) }

    static func connect(to port: Int) async throws -> LineClient {
        let received = Probe<String>("bytes of a connection")
        let ended = Probe<Void>("end of a connection")
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(received, ended))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return LineClient(channel, received, ended)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    /// All that came until now, once it is at least so many bytes.
    func receive(_ bytes: Int) async throws -> String {
        var parts = received.values
        while parts.reduce(0, { $0 + $1.utf8.count }) < bytes {
            parts = try await received.wait(for: parts.count + 1)
        }
        return parts.joined()
    }

    /// All that came before the other side closed the connection.
    func end() async throws -> String {
        try await ended.wait()
        return received.values.joined()
    }

    func close() async throws { try await channel.close() }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let received: Probe<String>
        private let ended: Probe<Void>

        init(_ received: Probe<String>, _ ended: Probe<Void>) {
            self.received = received
            self.ended = ended
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.signal(String(buffer: unwrapInboundIn(data)))
        }

        func channelInactive(context: ChannelHandlerContext) { ended.signal() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
