import DroverTesting
import NIOCore
import NIOPosix

/// The connections of a ``FaultProxy`` and what is to happen to them. Lives on the proxy's event loop.
final class ProxyTraffic {
    let loop: any EventLoop
    var delays: [FaultProxy.Direction: TimeAmount]
    var isFrozen = false
    private(set) var counts = FaultProxy.Counts()
    private let serverPort: Int
    private let opened: Probe<Int>
    private let closed: Probe<Int>
    private var listener: (any Channel)?
    private var links: [Int: ProxyLink] = [:]
    private var listeners: [(probe: Probe<Void>, bytes: Int, direction: FaultProxy.Direction)] = []
    private var cutsOfNext: [FaultProxy.Direction: Int] = [:]

    init(loop: any EventLoop, serverPort: Int, delay: Duration, opened: Probe<Int>, closed: Probe<Int>) {
        self.loop = loop
        self.serverPort = serverPort
        self.opened = opened
        self.closed = closed
        delays = [.toServer: TimeAmount(delay), .toClient: TimeAmount(delay)]
    }

    /// Listens on the port, unless it does.
    static func listen(_ traffic: NIOLoopBound<ProxyTraffic>, port: Int) -> EventLoopFuture<Void> {
        let loop = traffic.value.loop
        guard traffic.value.listener == nil else { return loop.makeSucceededVoidFuture() }
        return ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture { try traffic.value.connect(client, traffic) }
            }
            .bind(host: "127.0.0.1", port: port)
            .map { traffic.value.listener = $0 }
    }

    /// Stops listening; whoever connects then is refused by the system.
    func refuse() -> EventLoopFuture<Void> {
        guard let listener else { return loop.makeSucceededVoidFuture() }
        self.listener = nil
        return listener.close()
    }

    private func connect(_ client: any Channel, _ traffic: NIOLoopBound<ProxyTraffic>) throws {
        counts.made += 1
        counts.open += 1
        let link = ProxyLink(number: counts.made, client: client, traffic: self)
        links[link.number] = link
        for (direction, bytes) in cutsOfNext { link.pipe(direction).cut(after: bytes) }
        cutsOfNext = [:]
        try client.pipeline.syncOperations.addHandler(ProxyHandler(link, .toServer))
        let held = NIOLoopBound(link, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(ProxyHandler(held.value, .toClient))
                }
            }
            .connect(host: "127.0.0.1", port: serverPort)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let server): link.connected(to: server)
                case .failure: link.cut()
                }
            }
        opened.signal(link.number)
    }

    func cutAll() { for link in links.values { link.cut() } }

    func cut(after bytes: Int, _ direction: FaultProxy.Direction, of connections: FaultProxy.Connections) {
        switch connections {
        case .present: for link in links.values { link.pipe(direction).cut(after: bytes) }
        case .next: cutsOfNext[direction] = bytes
        }
    }

    func thaw() {
        isFrozen = false
        for link in links.values {
            for direction in FaultProxy.Direction.allCases { link.pipe(direction).pump() }
        }
    }

    /// Signals a probe when so many bytes in all have come in.
    func tell(_ probe: Probe<Void>, after bytes: Int, _ direction: FaultProxy.Direction) {
        listeners.append((probe, bytes, direction))
        received(0, direction)
    }

    func received(_ bytes: Int, _ direction: FaultProxy.Direction) {
        let total = counts.received[direction, default: 0] + bytes
        counts.received[direction] = total
        if listeners.isEmpty { return }
        for listener in listeners where listener.direction == direction && listener.bytes <= total {
            listener.probe.signal()
        }
        listeners.removeAll { $0.direction == direction && $0.bytes <= total }
    }

    func forwarded(_ bytes: Int, _ direction: FaultProxy.Direction) { counts.forwarded[direction, default: 0] += bytes }

    func ended(_ link: ProxyLink) {
        guard links.removeValue(forKey: link.number) != nil else { return }
        counts.open -= 1
        closed.signal(link.number)
    }
}
