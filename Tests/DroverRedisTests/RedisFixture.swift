import DroverConformance
import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisClient
import RedisTesting

/// A store under a prefix of its own on a server of the tests, on a clock that stands still.
struct RedisFixture: ConformanceFixture {
    let store: any JobStore
    private let server: RedisServer
    private let prefix: String
    private let clock = ManualWallClock()

    /// A store on the server that the tests share.
    init(timer: any Clock<Duration> = ContinuousClock()) async throws {
        try await self.init(on: RedisServer.shared, prefix: RedisServer.freshPrefix(), timer: timer)
    }

    /// A store on a server.
    ///
    /// - Parameter user: the name and password of the user as whom it connects; nil for the default one.
    init(
        on server: RedisServer, prefix: String, user: (name: String, password: String)? = nil,
        timer: any Clock<Duration> = ContinuousClock()
    ) async throws {
        self.server = server
        self.prefix = prefix
        var configuration = try RedisStoreConfiguration.patient(server.url(prefix: prefix))
        configuration.server.user = user?.name
        configuration.server.password = user?.password
        configuration.clock = clock
        configuration.releaseFreshness = .zero
        configuration.timer = timer
        store = RedisStore(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
    }

    func advance(by span: Duration) async throws {
        clock.advance(by: span)
        // Small steps are left out: the server's clock goes on by as much meanwhile.
        if span >= .milliseconds(500) { try await server.pass(span, forTimedKeysUnder: prefix) }
    }

    func dispose() async {
        await store.close()
        // What is left under a prefix that nobody else has harms no other test.
        try? await server.flush(prefix: prefix)
    }
}
