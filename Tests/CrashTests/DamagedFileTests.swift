import Drover
import DroverCore
import DroverSQLite
import DroverTesting
import GRDB
import Logging
import ProcessTesting
import Testing

/// The file of a running service is damaged.
@Suite("A damaged file", .timeLimit(.minutes(10)))
struct DamagedFileTests {
    @Test("A worker that can claim nothing for good ends when it is told to, long before its lease")
    func workerEnds() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            _ = try await store.enqueue("q", [NewJob(name: "work")])
            let other = try DatabaseQueue(path: path)
            try await other.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE drover_jobs") }
            try other.close()

            let errors = Probe<String>("errors logged")
            let logger = Logger(label: "test") { _ in ErrorProbe(errors: errors) }
            let service = JobService(store: store, logger: logger)
            service.work("q", options: WorkerOptions(lease: .seconds(3600))) { $0.otherwise { _ in .null } }
            let run = Task { try await service.run() }
            let line = try await errors.wait(timeout: .seconds(300))[0]
            #expect(line.contains("no job could be claimed"))
            service.stop()
            try await run.value
            await store.close()
        }
    }
}

/// Keeps the errors that are logged.
private struct ErrorProbe: LogHandler {
    let errors: Probe<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { errors.signal(event.message.description) }
}
