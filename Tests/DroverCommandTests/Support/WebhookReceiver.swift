import DroverTesting
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP server on a free port of this host, which answers every request alike and keeps what it got.
final class WebhookReceiver: Sendable {
    /// One request.
    struct Request: Sendable {
        var method: HTTPMethod
        var headers: HTTPHeaders
        var body: String
    }

    let requests = Probe<Request>("requests")
    private let channel: any Channel

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/jobs" }

    /// - Parameter isEndless: whether an answer lacks its last byte, for which its reader waits in vain.
    init(
        status: HTTPResponseStatus, body: String, headers: HTTPHeaders = [:], isEndless: Bool = false
    ) async throws {
        let requests = requests
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Answer(
                            requests: requests, status: status, body: body, headers: headers,
                            isEndless: isEndless))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws { try await channel.close() }

    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let requests: Probe<Request>
        private let status: HTTPResponseStatus
        private let body: String
        private let headers: HTTPHeaders
        private let isEndless: Bool
        private var request: Request?

        init(
            requests: Probe<Request>, status: HTTPResponseStatus, body: String, headers: HTTPHeaders, isEndless: Bool
        ) {
            self.requests = requests
            self.status = status
            self.body = body
            self.headers = headers
            self.isEndless = isEndless
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): request = Request(method: head.method, headers: head.headers, body: "")
            case .body(let part): request?.body += String(buffer: part)
            case .end:
                if let request { requests.signal(request) }
                var headers = headers
                headers.add(name: "content-length", value: String(body.utf8.count + (isEndless ? 1 : 0)))
                let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                if isEndless { return context.flush() }
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
