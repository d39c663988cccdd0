package import DroverTesting
import Foundation
import NIOCore
import NIOPosix

/// A TCP proxy in this process that delays, freezes and cuts what passes through it.
///
/// ```swift
/// let proxy = try await FaultProxy.start(to: server.port)
/// try await proxy.cut(after: 100, .toClient)      // the reply breaks off after 100 bytes
/// …
/// try await proxy.stop()
/// ```
///
/// Everything happens on one event loop of its own, so that bytes are never reordered. What it holds back it keeps in
/// memory, without a bound.
package final class FaultProxy: Sendable {
    /// Which way bytes go.
    package enum Direction: Sendable, Hashable, CaseIterable {
        /// From the client to the server: requests.
        case toServer
        /// From the server to the client: replies.
        case toClient
    }

    /// Which connections a cut is about.
    package enum Connections: Sendable, Hashable {
        /// Those that there are, of which ``FaultProxy/opened`` has told; each counts its own bytes.
        case present
        /// The one that is made next.
        case next
    }

    /// What has passed.
    package struct Counts: Sendable, Hashable {
        /// How many connections clients have made.
        package var made = 0
        /// How many of them are open.
        package var open = 0
        /// How many bytes have come in.
        package var received: [Direction: Int] = [.toServer: 0, .toClient: 0]
        /// How many bytes have been sent on.
        package var forwarded: [Direction: Int] = [.toServer: 0, .toClient: 0]
    }

    /// The port at which clients reach it, on 127.0.0.1. It stays the same while connections are refused.
    package let port: Int
    /// Signalled when a connection is made, with its number, from 1.
    package let opened: Probe<Int>
    /// Signalled when both sides of a connection are closed, with its number.
    package let closed: Probe<Int>
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let traffic: NIOLoopBound<ProxyTraffic>

    private init(
        port: Int, opened: Probe<Int>, closed: Probe<Int>, group: MultiThreadedEventLoopGroup,
        traffic: NIOLoopBound<ProxyTraffic>
    ) {
        self.port = port
        self.opened = opened
        self.closed = closed
        self.group = group
        loop = group.next()
        self.traffic = traffic
    }

    deinit {
        // A proxy that a test forgot to stop ends when nobody can reach it any more.
        group.shutdownGracefully { _ in }
    }

    /// Starts a proxy before a server on this host.
    ///
    /// - Parameters:
    ///   - serverPort: the port of the server.
    ///   - delay: how long bytes take in each direction, on top of what the system takes.
    package static func start(to serverPort: Int, delay: Duration = .zero) async throws -> FaultProxy {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let opened = Probe<Int>("connections made to a proxy")
        let closed = Probe<Int>("connections of a proxy closed")
        let traffic = try await loop.submit {
            NIOLoopBound(
                ProxyTraffic(loop: loop, serverPort: serverPort, delay: delay, opened: opened, closed: closed),
                eventLoop: loop)
        }.get()
        do {
            let port = try await listen(traffic, on: loop)
            return FaultProxy(port: port, opened: opened, closed: closed, group: group, traffic: traffic)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private static func listen(_ traffic: NIOLoopBound<ProxyTraffic>, on loop: any EventLoop) async throws -> Int {
        for _ in 0..<20 {
            let port = try FreePort.next()
            do {
                try await loop.flatSubmit { ProxyTraffic.listen(traffic, port: port) }.get()
                return port
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                // Somebody took the port since it was found free: another is tried.
                continue
            }
        }
        throw RedisServer.Failed("no port was found for a proxy")
    }

    /// Changes how long bytes take that come in from now on.
    ///
    /// - Parameters:
    ///   - time: the delay. A shorter one holds for bytes behind those that wait: none overtakes another.
    ///   - direction: the way for which it holds; nil for both.
    package func setDelay(_ time: Duration, _ direction: Direction? = nil) async throws {
        try await onLoop { traffic in
            for way in Direction.allCases where direction == nil || direction == way {
                traffic.delays[way] = TimeAmount(time)
            }
        }
    }

    /// Closes all connections now. What it holds back is lost.
    package func cutAll() async throws { try await onLoop { $0.cutAll() } }

    /// Closes connections, both of their sides, when so many further bytes have been sent on in a direction. Those bytes
    /// are sent on, none after them, and what goes the other way until then.
    ///
    /// - Parameters:
    ///   - bytes: how many; with 0 a connection is closed instead of sending on the first byte.
    ///   - direction: the way whose bytes count.
    ///   - connections: which of them.
    package func cut(after bytes: Int, _ direction: Direction, of connections: Connections = .present) async throws {
        try await onLoop { $0.cut(after: bytes, direction, of: connections) }
    }

    /// Sends nothing on, in either direction, until ``thaw()``. Connections stay open, and new ones are made.
    package func freeze() async throws { try await onLoop { $0.isFrozen = true } }

    /// Sends on what has come in since ``freeze()``, and goes on.
    package func thaw() async throws { try await onLoop { $0.thaw() } }

    /// Refuses new connections, as if nobody listened, until ``accept()``. Those that there are stay.
    package func refuse() async throws {
        try await loop.flatSubmit { [traffic] in traffic.value.refuse() }.get()
    }

    /// Takes new connections again after ``refuse()``.
    package func accept() async throws {
        for _ in 0..<100 {
            do {
                return try await loop.flatSubmit { [traffic, port] in
                    ProxyTraffic.listen(traffic, port: port)
                }.get()
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                // A program that is being started holds the port for a moment, with all that this process has open.
                try await loop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
            }
        }
        throw RedisServer.Failed("the proxy's port \(port) is taken")
    }

    /// Waits until so many bytes in all have come in from one side, sent on or not.
    package func waitUntilReceived(
        _ bytes: Int, _ direction: Direction, timeout: Duration = .seconds(300)
    ) async throws {
        let arrived = Probe<Void>("\(bytes) bytes \(direction)")
        try await onLoop { $0.tell(arrived, after: bytes, direction) }
        try await arrived.wait(timeout: timeout)
    }

    /// What has passed until now.
    package func counts() async throws -> Counts { try await onLoop { $0.counts } }

    /// Closes everything and ends its event loop.
    package func stop() async throws {
        try await refuse()
        try await cutAll()
        try await group.shutdownGracefully()
    }

    private func onLoop<Result: Sendable>(_ body: @escaping @Sendable (ProxyTraffic) -> Result) async throws -> Result {
        try await loop.submit { [traffic] in body(traffic.value) }.get()
    }
}
