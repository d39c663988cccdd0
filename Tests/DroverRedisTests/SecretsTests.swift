import DroverCore
import DroverRedis
import RedisClient
import RedisTesting
import Testing

/// What belongs to jobs and workers is in no message.
@Suite("Secrets on a Redis server")
struct SecretsTests {
    @Test("An answer of the server that repeats arguments is told without them")
    func repeatedArguments() async throws {
        let server = try await RedisServer.start(.init(extra: ["rename-command EVALSHA \"\""]))
        let fixture = try await RedisFixture(on: server, prefix: "p")
        let report = WorkerReport(
            id: "hunter2", queue: "hunter2", host: "h", process: 1, concurrency: 1, running: 0, validFor: .seconds(1))
        let error = try #require(
            await #expect(throws: StoreError.self) { try await fixture.store.heartbeat([report]) })
        let cause = try #require(error.cause as? RedisError)
        #expect(cause.server?.text.contains("hunter2") == true, "the server repeats what it was sent")
        #expect(error.message.contains("EVALSHA"))
        #expect(!error.detailedDescription.contains("hunter2"))
        await fixture.dispose()
        try await server.stop()
    }
}
