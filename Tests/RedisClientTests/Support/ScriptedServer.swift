import DroverTesting
import NIOCore
import NIOPosix
import Synchronization

@testable import RedisClient

/// A server in this process that answers each command with what the test says, and may close at any point.
final class ScriptedServer: Sendable {
    /// What to do after a command.
    enum Step: Sendable {
        /// Send bytes, by a write of their own.
        case bytes(String)
        /// Close the connection.
        case close
    }

    /// Gets the number of the connection, from 1, and the words of a command.
    typealias Script = @Sendable (_ connection: Int, _ words: [String]) -> [Step]

    /// Signals each connection.
    let accepted = Probe<Void>("a connection to the scripted server")
    /// Signals each command but those of greetings.
    let commanded = Probe<Void>("a command at the scripted server")
    let port: Int
    private let channel: any Channel
    private let held: ChildList

    init(_ script: @escaping Script) async throws {
        let accepted = accepted
        let commanded = commanded
        let held = ChildList()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { child in
                let number = held.add(child)
                accepted.signal()
                return child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(
                        ScriptHandler(number: number, commanded: commanded, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.held = held
    }

    /// Sends bytes on all connections that are open.
    func send(_ text: String) {
        for child in held.all {
            child.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }

    func stop() async {
        for child in held.all {
            child.close(promise: nil)
        }
        // It may be closed already.
        try? await channel.close()
    }

    /// A script that greets by RESP3 and leaves all other commands to `script`.
    static func greeting(_ script: @escaping Script) -> Script {
        { connection, words in
            switch words.prefix(2) {
            case ["HELLO", "3"]: [.bytes("%1\r\n+proto\r\n:3\r\n")]
            case ["CLIENT", "ID"]: [.bytes(":\(connection)\r\n")]
            default: script(connection, words)
            }
        }
    }
}

private final class ChildList: Sendable {
    private let channels = Mutex<[any Channel]>([])

    var all: [any Channel] {
        channels.withLock { $0 }
    }

    /// Keeps a channel and gives its number.
    func add(_ channel: any Channel) -> Int {
        channels.withLock { channels in
            channels.append(channel)
            return channels.count
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let commanded: Probe<Void>
    private let script: ScriptedServer.Script
    private var parser = RESPParser()

    init(number: Int, commanded: Probe<Void>, script: @escaping ScriptedServer.Script) {
        self.number = number
        self.commanded = commanded
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(unwrapInboundIn(data))
        // What a client sends is RESP; a test that breaks this fails for want of answers.
        while let value = try? parser.next() {
            let words = value.items?.compactMap(\.text) ?? []
            for step in script(number, words) {
                switch step {
                case .bytes(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                case .close: context.close(promise: nil)
                }
            }
            if words.first != "HELLO", words.first != "CLIENT" { commanded.signal() }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
