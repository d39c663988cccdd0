/// Measures from the moment it is made.
struct Stopwatch: Sendable {
    private let read: @Sendable () -> Duration

    /// Starts to measure.
    init(_ clock: any Clock<Duration>) { read = Self.reader(clock) }

    /// How long it has run.
    var elapsed: Duration { read() }

    private static func reader<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}

extension Duration {
    /// The span in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
