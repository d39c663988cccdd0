import DroverConformance
import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting

/// A store under a prefix of its own on the server that the tests share, on a clock that stands still.
struct RedisFixture: ConformanceFixture {
    let store: any JobStore
    private let server: RedisServer
    private let prefix: String
    private let clock = ManualWallClock()

    init(timer: any Clock<Duration> = ContinuousClock()) async throws {
        server = try await RedisServer.shared
        prefix = RedisServer.freshPrefix()
        var configuration = try RedisStoreConfiguration(url: server.url(prefix: prefix))
        configuration.clock = clock
        configuration.timer = timer
        store = RedisStore(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
    }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async {
        await store.close()
        // What is left under a prefix that nobody else has harms no other test.
        try? await server.flush(prefix: prefix)
    }
}
