#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tells the time of day. Injected wherever an instant is stored, so that a test can move it.
public protocol WallClock: Sendable {
    /// The present instant.
    var now: Timestamp { get }
}

/// The clock of this host.
public struct SystemWallClock: WallClock {
    /// The host's clock.
    public init() {}

    /// The present instant by the host's real-time clock.
    public var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
