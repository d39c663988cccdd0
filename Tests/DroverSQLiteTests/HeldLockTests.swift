import DroverCore
import DroverSQLite
import DroverTesting
import GRDB
import ProcessTesting
import Testing

/// Somebody else holds the file's write lock.
@Suite("A held write lock")
struct HeldLockTests {
    /// A manual clock that tells when it is read: a writer reads it just before it asks for the lock.
    private final class WatchedClock: WallClock {
        let manual = ManualWallClock()
        let reads = Probe<Void>("reads of the clock")

        var now: Timestamp {
            defer { reads.signal() }
            return manual.now
        }
    }

    @Test("After a lock held for two leases renewals succeed, and the renewed leases last")
    func renewalsSucceed() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let clock = WatchedClock()
            try await withStore(path, clock: clock) { store in
                try await store.add(20, to: "q")
                let lease = Duration.seconds(2)
                let leases = try await store.claim(20, of: "q", "held", lease: lease).claimed.map(\.lease)
                let other = try holdLock(of: path)
                let before = clock.reads.values.count
                async let renewed = store.renew(leases)
                try await clock.reads.wait(for: before + 1)
                clock.manual.advance(by: lease * 2)
                try releaseLock(other)
                #expect(try await renewed == Array(repeating: .held, count: 20))
                // The time that passed under the lock must not count against what was renewed after it.
                #expect(try await store.reclaimStalled("q", maxStalled: 1, limit: 100) == [])
                clock.manual.advance(by: lease)
                #expect(try await store.reclaimStalled("q", maxStalled: 1, limit: 100).count == 20)
            }
        }
    }

    @Test("A reclaim that waited for the same lock takes no lease that ran out while nobody could renew")
    func reclaimWaitsToo() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let clock = WatchedClock()
            try await withStore(path, clock: clock) { store in
                try await withStore(path, clock: clock) { reclaimer in
                    try await store.add(20, to: "q")
                    let lease = Duration.seconds(2)
                    let leases = try await store.claim(20, of: "q", "held", lease: lease).claimed.map(\.lease)
                    let other = try holdLock(of: path)
                    let before = clock.reads.values.count
                    async let reclaimed = reclaimer.reclaimStalled("q", maxStalled: 1, limit: 100)
                    async let renewed = store.renew(leases)
                    try await clock.reads.wait(for: before + 2)
                    clock.manual.advance(by: lease * 2)
                    try releaseLock(other)
                    #expect(try await reclaimed == [])
                    #expect(try await renewed == Array(repeating: .held, count: 20))
                }
            }
        }
    }

    @Test("A reclaim that begins after the leases ran out under the lock leaves them to who renews when it is free")
    func reclaimBeginsLate() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let clock = WatchedClock()
            try await withStore(path, clock: clock) { store in
                try await withStore(path, clock: clock) { reclaimer in
                    try await store.add(20, to: "q")
                    let lease = Duration.seconds(2)
                    let leases = try await store.claim(20, of: "q", "held", lease: lease).claimed.map(\.lease)
                    let other = try holdLock(of: path)
                    clock.manual.advance(by: lease * 2)
                    let before = clock.reads.values.count
                    async let reclaimed = reclaimer.reclaimStalled("q", maxStalled: 1, limit: 100)
                    try await clock.reads.wait(for: before + 1)
                    async let renewed = store.renew(leases)
                    try await clock.reads.wait(for: before + 2)
                    try releaseLock(other)
                    #expect(try await reclaimed == [])
                    #expect(try await renewed == Array(repeating: .held, count: 20))
                }
            }
        }
    }

    @Test("A reclaim that begins just after the lock was released leaves the leases to who renews then")
    func reclaimBeginsAfter() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let clock = WatchedClock()
            let timer = ManualClock()
            try await withStore(path, clock: clock) { store in
                let reclaimer = SQLiteStore(path: path, clock: clock, timer: timer)
                try await reclaimer.prepare()
                try await store.add(20, to: "q")
                let lease = Duration.seconds(2)
                let leases = try await store.claim(20, of: "q", "held", lease: lease).claimed.map(\.lease)
                clock.manual.advance(by: lease * 2)
                async let reclaimed = reclaimer.reclaimStalled("q", maxStalled: 1, limit: 100)
                // It has seen them and waits; now they are renewed.
                try await timer.waitForSleepers(1)
                #expect(try await store.renew(leases) == Array(repeating: .held, count: 20))
                timer.advance(by: .seconds(1))
                #expect(try await reclaimed == [])

                clock.manual.advance(by: lease * 2)
                async let taken = reclaimer.reclaimStalled("q", maxStalled: 1, limit: 100)
                try await timer.waitForSleepers(1)
                timer.advance(by: .seconds(1))
                #expect(try await taken.count == 20)
                await reclaimer.close()
            }
        }
    }

    /// A clock by which every writer has waited long for the lock.
    private final class SlowClock: WallClock {
        let manual = ManualWallClock()
        var now: Timestamp {
            manual.advance(by: .milliseconds(150))
            return manual.now
        }
    }

    @Test("Where the lock is always held by somebody when it is asked for, stalled jobs are put back all the same")
    func alwaysHeld() async throws {
        try await withTemporaryFolder { folder in
            let store = SQLiteStore(path: folder.file("jobs.sqlite"), clock: SlowClock(), timer: TimelessClock())
            try await store.prepare()
            try await store.add(1, to: "q")
            _ = try await store.claim(1, of: "q", "dead", lease: .milliseconds(1))
            #expect(try await store.reclaimStalled("q", maxStalled: 1, limit: 10).count == 1)
            await store.close()
        }
    }

    @Test("Calls that get no lock in time fail as busy, all of them, and succeed when repeated")
    func busy() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            try await withStore(path) { store in
                try await store.add(1, to: "q")
                let lease = try #require(try await store.claim(1, of: "q", "before").claimed.first).lease
                let settlements = [Settlement(lease: lease, outcome: .completed(.null))]
                let other = try holdLock(of: path)
                async let added = storeError { _ = try await store.add(1, to: "q") }
                async let settled = storeError { _ = try await store.claim(1, of: "q", "again", settling: settlements) }
                for error in try await [added, settled] {
                    #expect(error?.code == .busy)
                    #expect(error?.isTransient == true)
                    #expect(error?.message.contains("another process holds the file") == true)
                }
                // Readers are not in the way of a writer, nor it in theirs.
                #expect(try await store.queues()[0].counts[.active] == 1)
                try releaseLock(other)
                #expect(try await store.claim(1, of: "q", "again", settling: settlements).settled == [.settled])
                #expect(try await store.add(1, to: "q").count == 1)
            }
            #expect(try FileAudit.problems(in: path) == [])
        }
    }
}
