import Drover
import DroverRedis
import DroverSQLite
import DroverTesting
import Foundation
import Logging
import ProcessTesting
import RedisTesting
import Testing

/// What reaches a disk of encrypted jobs: neither payload nor result nor key.
@Suite(.timeLimit(.minutes(10))) struct EncryptedStoreTests {
    private let secret = Canary.text(4)
    private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func aFileOfSQLiteHoldsNoPlainPayload() async throws {
        try await withTemporaryFolder { folder in
            let store = SQLiteStore(path: folder.file("jobs.sqlite"))
            try await store.prepare()
            try await work(on: store)
            #expect(try traces(in: folder.path) == [])
            await store.close()
            #expect(try traces(in: folder.path) == [])
            #expect(try isMarked(folder.path))
        }
    }

    @Test func aRedisServerHoldsNoPlainPayloadInItsFiles() async throws {
        let server = try await RedisServer.start(
            .init(appendOnly: .always, extra: ["rdbcompression no", "aof-use-rdb-preamble no"]))
        let store = RedisStore(try RedisStoreConfiguration.patient(server.url(prefix: "p")), logger: silent)
        try await store.prepare()
        try await work(on: store)
        try await server.command("SAVE")
        #expect(try traces(in: server.folder) == [])
        #expect(try isMarked(server.folder))
        await store.close()
        try await server.stop()
    }

    /// Adds, changes, fails, retries and completes encrypted jobs of all kinds, and a schedule.
    private func work(on store: any JobStore) async throws {
        var configuration = ServiceConfiguration()
        configuration.encryption = PayloadEncryption(
            try KeyRing([EncryptionKey(id: "k1", bytes: Canary.key(1)), EncryptionKey(id: "k2", bytes: Canary.key(2))]))
        let service = JobService(store: store, configuration: configuration, logger: silent)
        let text = "{\"card\":{\"number\":\"\(secret)\"},\"n\":1}"
        service.work("cards") { handlers in
            handlers.otherwise { context in
                let isPlain = context.payload.text == text
                #expect(isPlain)
                if context.attempt == 1 {
                    try await context.updatePayload(context.payload)
                    throw Unfit()
                }
                return context.payload
            }
        }
        let job = NewJob(name: "pay", payload: try JSONText(text), options: JobOptions(attempts: 2))
        var ids: [JobID] = []
        for parts in [EncryptedParts.whole, .paths(["card.number"])] {
            ids += try await service.add([job, job], to: "cards", encryption: parts).compactMap(\.id)
        }
        try await service.put(
            Schedule(
                key: ScheduleKey(queue: "cards", id: try ScheduleID("later")), timing: .every(.seconds(86_400)),
                name: "pay",
                payload: job.payload))
        let run = Task { try await service.run() }
        for id in ids {
            let result = try await service.result(of: JobKey(queue: "cards", id: id), within: .seconds(300))
            let isSame = result.text == text
            #expect(isSame)
        }
        service.stop()
        try await run.value
        #expect(ids.count == 4)
    }

    private struct Unfit: Error {}

    private func contents(of folder: String) throws -> [(name: String, bytes: Data)] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).compactMap { name in
            // Sockets and folders have no bytes.
            (try? Data(contentsOf: URL(filePath: folder + "/" + name))).map { (name, $0) }
        }
    }

    /// The files that hold what must not be seen.
    private func traces(in folder: String) throws -> [String] {
        try contents(of: folder).filter { !Canary.traces(in: $0.bytes).isEmpty }.map(\.name)
    }

    /// Whether a file holds something encrypted, so that the search looked at the right ones.
    private func isMarked(_ folder: String) throws -> Bool {
        try contents(of: folder).contains { $0.bytes.range(of: Data("\"$drover\":\"encrypted:1\"".utf8)) != nil }
    }
}
