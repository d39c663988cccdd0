import DroverCore

/// The waits of an add for room in a full queue.
///
/// Pure: it is told what time has passed, and draws its jitter from a number that it is given. The waits double from
/// 10 ms to 1 s, each cut to between half of it and the whole so that many producers don't come back together, and the
/// last one ends with the time.
struct RoomWait: Sendable {
    private static let shortest: Duration = .milliseconds(10)
    private static let longest: Duration = .seconds(1)

    /// How long to wait in all.
    let most: Duration
    private var span = Self.shortest

    init(atMost most: Duration) { self.most = most }

    /// The next wait; nil when the time is up.
    ///
    /// - Parameters:
    ///   - elapsed: how long it has been waited already.
    ///   - random: from 0 up to but not including 1.
    mutating func next(elapsed: Duration, random: Double) -> Duration? {
        let left = most - elapsed
        if left <= .zero { return nil }
        let wait = span * (0.5 + random / 2)
        span = min(span * 2, Self.longest)
        return min(wait, left)
    }

    /// There was some room: the queue moves, and more of it may be free soon.
    mutating func foundRoom() { span = Self.shortest }
}
