import DroverCore

/// The two times of a store.
///
/// What people see, and when a job is due, follows the wall clock. Leases do
/// not: a clock that is set forward by a minute would end all of them, though
/// their holders live. They are told by the host's uptime, to which the file
/// keeps a distance from the wall clock as it was when the first process of
/// this run of the host opened it.
struct StoreClock: Sendable {
    let wall: any WallClock
    /// What is added to the uptime; nil without one.
    private let uptime: (host: HostUptime, distance: Int64)?

    init(wall: any WallClock, uptime: HostUptime? = nil, distance: Int64 = 0) {
        self.wall = wall
        // A damaged distance must not overflow what is counted from it.
        self.uptime = uptime.map { ($0, min(max(-(1 << 53), distance), 1 << 53)) }
    }

    /// The present instant.
    var now: Int64 { wall.now.milliseconds }

    /// The present instant as leases count it.
    var leaseNow: Int64 { uptime.map { $0.host.milliseconds() &+ $0.distance } ?? now }
}
