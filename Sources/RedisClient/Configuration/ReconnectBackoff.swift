/// How long to wait between attempts to connect: a random part of a ceiling that grows with each failure.
///
/// The random part ("full jitter") keeps many clients that lost the same server from coming back all at once.
public struct ReconnectBackoff: Sendable, Hashable {
    /// The ceiling before the first attempt after a loss; 50 ms unless told.
    public var base: Duration
    /// What each further failure multiplies the ceiling by; 2 unless told.
    public var factor: Double
    /// What the ceiling never exceeds; 2 s unless told.
    public var maximum: Duration

    /// Makes a backoff; the defaults are 50 ms, doubled by each failure up to 2 s.
    public init(base: Duration = .milliseconds(50), factor: Double = 2, maximum: Duration = .seconds(2)) {
        self.base = base
        self.factor = factor
        self.maximum = maximum
    }

    /// The wait before the next attempt after so many failures in a row (0 for the first attempt after a loss), of
    /// a random number from 0 up to, not including, 1.
    public func delay(failures: Int, random: Double) -> Duration {
        let limit = Self.seconds(maximum)
        var ceiling = min(Self.seconds(base), limit)
        var left = failures
        while left > 0, ceiling < limit, factor > 1 {
            ceiling = min(ceiling * factor, limit)
            left -= 1
        }
        let share = min(max(random, 0), 1)
        return .nanoseconds(Int64(max(0, min(ceiling * share, 86400)) * 1e9))
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
