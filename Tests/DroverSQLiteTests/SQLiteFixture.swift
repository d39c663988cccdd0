import DroverConformance
import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import GRDB
import Testing

/// A store on a file of its own, in memory, or in an application's database, on a clock that stands still.
struct SQLiteFixture: ConformanceFixture {
    /// Where the store keeps its jobs.
    enum Place: CaseIterable, Sendable, CustomTestStringConvertible {
        case file
        case memory
        /// A `DatabasePool` of an application.
        case pool
        /// A `DatabaseQueue` of an application, on a file without a write-ahead log.
        case queue
        /// A `DatabaseQueue` of an application, in memory.
        case memoryQueue

        var testDescription: String {
            switch self {
            case .file: "file"
            case .memory: "memory"
            case .pool: "pool of an application"
            case .queue: "queue of an application"
            case .memoryQueue: "queue of an application, in memory"
            }
        }

        /// The application's database at a path; nil where the store has one of its own.
        func writer(_ path: String) throws -> (any DatabaseWriter)? {
            // Another process that reads the file keeps a commit to one without a log waiting.
            var configuration = Configuration()
            configuration.busyMode = .timeout(60)
            return switch self {
            case .file, .memory: nil
            case .pool: try DatabasePool(path: path, configuration: configuration)
            case .queue: try DatabaseQueue(path: path, configuration: configuration)
            case .memoryQueue: try DatabaseQueue()
            }
        }
    }

    let store: any JobStore
    private let clock = ManualWallClock()
    private let folder: URL?
    private let writer: (any DatabaseWriter)?

    init(_ place: Place, timer: any Clock<Duration> = ContinuousClock()) async throws {
        var path = ":memory:"
        var folder: URL?
        if place != .memory, place != .memoryQueue {
            let made = FileManager.default.temporaryDirectory.appending(path: "drover-conformance-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
            path = made.appending(path: "jobs.sqlite").path
            folder = made
        }
        self.folder = folder
        writer = try place.writer(path)
        if let writer {
            store = SQLiteStore(writer: writer, clock: clock, timer: timer)
        } else {
            store = SQLiteStore(path: path, clock: clock, timer: timer)
        }
        try await store.prepare()
    }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async {
        await store.close()
        do {
            try writer?.close()
        } catch {
            Issue.record("the store has left statements on the application's database: \(error)")
        }
        // What can't be removed is left to the system's own cleaning of temporary files.
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }
}

/// The store that is believed.
struct BelievedFixture: ConformanceFixture {
    let store: any JobStore
    private let clock = ManualWallClock()

    init() { store = ReferenceStore(clock: clock) }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async { await store.close() }
}
