import DroverCore
import DroverTesting
import ProcessTesting
import Synchronization
import Testing

@testable import DroverSQLite

/// Somebody sets the clock of the host while jobs are leased.
@Suite("Leases and the host's clock")
struct LeaseClockTests {
    /// A host whose clock can be set, and which can be started again.
    private final class Host: Sendable {
        let wall = ManualWallClock()
        private let state = Mutex((run: 1, uptime: Duration.seconds(1000)))

        /// Time passes.
        func advance(by span: Duration) {
            wall.advance(by: span)
            state.withLock { $0.uptime += span }
        }

        func restart() { state.withLock { $0 = ($0.run + 1, .seconds(5)) } }

        func store(_ path: String) async throws -> SQLiteStore {
            let uptime = HostUptime(run: state.withLock { "run \($0.run)" }) { [self] in
                state.withLock { $0.uptime.wholeMilliseconds }
            }
            let store = SQLiteStore(
                path: path, mustExist: false, clock: wall, timer: TimelessClock(), uptime: uptime)
            try await store.prepare()
            return store
        }
    }

    /// A host with a job that is leased for 30 s, as the clock stood then `ahead` of the right time.
    private func withHost(ahead: Duration = .zero, _ body: (Host, String, Lease) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let host = Host()
            host.wall.advance(by: ahead)
            let store = try await host.store(path)
            try await store.add(1, to: "q")
            let lease = try #require(try await store.claim(1, of: "q", "held").claimed.first).lease
            await store.close()
            try await body(host, path, lease)
        }
    }

    private func reclaimed(_ store: SQLiteStore) async throws -> Int {
        try await store.reclaimStalled("q", maxStalled: 1, limit: 10).count
    }

    @Test("A clock that is set forward takes no lease, from stores opened before and after", arguments: [true, false])
    func forward(isOpenedBefore: Bool) async throws {
        try await withHost { host, path, lease in
            let before = isOpenedBefore ? try await host.store(path) : nil
            host.wall.advance(by: .seconds(3600))
            let store: SQLiteStore
            if let before { store = before } else { store = try await host.store(path) }
            #expect(try await reclaimed(store) == 0)
            #expect(try await store.renew([lease]) == [.held])
            host.advance(by: .seconds(29))
            #expect(try await reclaimed(store) == 0)
            host.advance(by: .seconds(1))
            #expect(try await reclaimed(store) == 1)
            await store.close()
        }
    }

    @Test("A clock that is set back makes no lease longer")
    func back() async throws {
        try await withHost { host, path, _ in
            host.wall.advance(by: .seconds(-3600))
            let store = try await host.store(path)
            host.advance(by: .seconds(30))
            #expect(try await reclaimed(store) == 1)
            await store.close()
        }
    }

    @Test("Exchanges are remembered for their lease, however the clock is set")
    func memory() async throws {
        try await withHost { host, path, lease in
            let store = try await host.store(path)
            host.wall.advance(by: .seconds(3600))
            let again = try await store.claim(1, of: "q", "held")
            #expect(again.claimed.map(\.lease) == [lease])
            #expect(again.claimed.map(\.leaseFor) == [.seconds(30)])
            await store.close()
        }
    }

    @Test("When the host has been started again leases go on as long as by the wall clock")
    func restart() async throws {
        try await withHost { host, path, _ in
            host.advance(by: .seconds(20))
            host.restart()
            let store = try await host.store(path)
            #expect(try await reclaimed(store) == 0)
            host.advance(by: .seconds(10))
            #expect(try await reclaimed(store) == 1)
            await store.close()
        }
    }

    @Test("A clock that was wrong before the host was started again keeps no job for long")
    func restartAfterWrongClock() async throws {
        let ahead = Duration.seconds(5 * 3600)
        try await withHost(ahead: ahead) { host, path, _ in
            host.wall.advance(by: .zero - ahead)
            host.restart()
            let store = try await host.store(path)
            host.advance(by: .seconds(59))
            #expect(try await reclaimed(store) == 0)
            host.advance(by: .seconds(1))
            #expect(try await reclaimed(store) == 1)
            await store.close()
        }
    }

    @Test("The uptime of this host can be read, and grows")
    func system() throws {
        let uptime = try #require(HostUptime.system)
        #expect(!uptime.run.isEmpty)
        let first = uptime.milliseconds()
        #expect(first > 0)
        #expect(uptime.milliseconds() >= first)
    }
}
