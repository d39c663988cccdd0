import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The host and process that work here.
struct HostIdentity: Sendable {
    let host: String
    let process: Int

    /// This process on this host.
    static let current = HostIdentity(
        host: ProcessInfo.processInfo.hostName, process: Int(ProcessInfo.processInfo.processIdentifier))

    /// A name that no other worker has: host, process and a random part.
    func workerName() -> String { "\(host):\(process):\(Self.randomPart())" }

    /// Twelve random hexadecimal digits, from the system's generator: names must differ between processes.
    static func randomPart() -> String {
        let digits = String(UInt64.random(in: 0..<(1 << 48)), radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}
