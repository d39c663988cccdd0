import NIOCore

/// One connection of a client through a ``FaultProxy``, and its connection to the server.
final class ProxyLink {
    let number: Int
    private let client: any Channel
    private var server: (any Channel)?
    private let traffic: ProxyTraffic
    private let toServer: ProxyPipe
    private let toClient: ProxyPipe
    private var isCut = false
    private var openSides = 1

    init(number: Int, client: any Channel, traffic: ProxyTraffic) {
        self.number = number
        self.client = client
        self.traffic = traffic
        toServer = ProxyPipe(.toServer, traffic)
        toClient = ProxyPipe(.toClient, traffic)
        toClient.target = client
        toServer.link = self
        toClient.link = self
    }

    func pipe(_ direction: FaultProxy.Direction) -> ProxyPipe { direction == .toServer ? toServer : toClient }

    /// The server has taken the connection: what the client sent until now can go on.
    func connected(to server: any Channel) {
        openSides += 1
        guard !isCut else { return server.close(promise: nil) }
        self.server = server
        toServer.target = server
        toServer.pump()
    }

    /// Sends nothing on any more, and closes both sides when what was written has gone out.
    func cut(after written: EventLoopFuture<Void>) {
        toServer.stop()
        toClient.stop()
        written.assumeIsolated().whenComplete { _ in self.cut() }
    }

    /// Closes both sides now.
    func cut() {
        guard !isCut else { return }
        isCut = true
        toServer.stop()
        toClient.stop()
        client.close(promise: nil)
        server?.close(promise: nil)
    }

    /// The side from which the bytes of a direction come is closed: the other is, once it has got all of them.
    func closed(sourceOf direction: FaultProxy.Direction) {
        openSides -= 1
        pipe(direction).finish()
        if openSides == 0 { traffic.ended(self) }
    }
}

/// Hands what a side of a link receives to the pipe that leads to the other.
final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: ProxyLink
    private let direction: FaultProxy.Direction

    init(_ link: ProxyLink, _ direction: FaultProxy.Direction) {
        self.link = link
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.pipe(direction).receive(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) { link.pipe(direction).pump() }

    func channelInactive(context: ChannelHandlerContext) { link.closed(sourceOf: direction) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
