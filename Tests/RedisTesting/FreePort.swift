import Foundation
import Synchronization

/// Ports of 127.0.0.1 on which nobody listens.
///
/// Not those that the system gives to outgoing connections, which binding port 0 would choose: while a server is down,
/// the system could give its port to somebody else, and a client that tries again and again can even connect to itself.
package enum FreePort {
    /// Those that were given out. A server that is down for a while wants its own again.
    private static let given = Mutex<Set<Int>>([])

    /// A port that is free now, and another one each time. Another process may take it before its user does.
    package static func next() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 12_000..<32_000)
            guard isFree(port) else { continue }
            if given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw RedisServer.Failed("no free port was found between 12000 and 32000")
    }

    private static func isFree(_ port: Int) -> Bool {
        #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Connections of a server that has ended may still linger on the port; servers bind it all the same.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, base, socklen_t(bytes.count)) == 0
        }
    }
}
