import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Logging
import ProcessTesting
import RedisTesting

@testable import DroverCommand

/// The kinds of stores on which a command is tried, each on a clock that stands still.
enum ClockedStore: String, CaseIterable, Sendable {
    case reference, sqlite, redis

    /// Lends a new store and its clock.
    func use(_ body: (any JobStore, ManualWallClock) async throws -> Void) async throws {
        let clock = ManualWallClock()
        switch self {
        case .reference: try await lend(ReferenceStore(clock: clock), clock, body)
        case .sqlite:
            try await withTemporaryFolder { folder in
                try await lend(SQLiteStore(path: folder.file("jobs.sqlite"), clock: clock), clock, body)
            }
        case .redis:
            let server = try await RedisServer.shared
            let prefix = RedisServer.freshPrefix()
            var configuration = try RedisStoreConfiguration(url: server.url(prefix: prefix))
            configuration.clock = clock
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await lend(RedisStore(configuration, logger: logger), clock, body)
            try await server.flush(prefix: prefix)
        }
    }

    private func lend(
        _ store: any JobStore, _ clock: ManualWallClock, _ body: (any JobStore, ManualWallClock) async throws -> Void
    ) async throws {
        try await store.prepare()
        try await body(store, clock)
        await store.close()
    }
}

/// Runs a command on a store whose host has this clock.
func drover(
    _ arguments: String..., on store: any JobStore, clock: any WallClock
) async -> (status: DroverCommand.ExitStatus, transcript: Transcript) {
    let transcript = Transcript()
    let session = transcript.session(on: store, wallClock: clock)
    return (await DroverTool.run(arguments, in: session), transcript)
}
