public import DroverCore
import Synchronization

/// A time of day that stands still until a test moves it.
///
/// It may be moved backwards too, as a host's clock may be.
public final class ManualWallClock: WallClock {
    private let start: Timestamp
    private let moved = Mutex(Duration.zero)

    /// A clock that stands at `start`, by default on 15 June 2025.
    public init(start: Timestamp = Timestamp(milliseconds: 1_750_000_000_000)) { self.start = start }

    /// Where the clock stands. Parts of a millisecond add up but do not show.
    public var now: Timestamp {
        let (seconds, attoseconds) = moved.withLock { $0 }.components
        return Timestamp(milliseconds: start.milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// Moves the clock by a span, backwards when it is negative.
    public func advance(by span: Duration) { moved.withLock { $0 += span } }
}
