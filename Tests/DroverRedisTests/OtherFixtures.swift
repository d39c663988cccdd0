import DroverConformance
import DroverCore
import DroverSQLite
import DroverTesting

/// The store that is believed.
struct BelievedFixture: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    init() { store = ReferenceStore(clock: clock) }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async { await store.close() }
}

/// SQLite in memory, on a clock that stands still.
struct MemoryFixture: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    init() async throws {
        store = SQLiteStore(path: ":memory:", clock: clock, timer: TimelessClock())
        try await store.prepare()
    }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async { await store.close() }
}

/// A clock on which every wait is over at once, for long runs in which nothing else happens meanwhile.
struct TimelessClock: Clock {
    var now: ContinuousClock.Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
    }
}
