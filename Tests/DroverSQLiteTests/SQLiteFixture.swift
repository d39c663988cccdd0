import DroverConformance
import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import Testing

/// A store on a file of its own or in memory, on a clock that stands still.
struct SQLiteFixture: ConformanceFixture {
    /// Where the store keeps its jobs.
    enum Place: CaseIterable, Sendable, CustomTestStringConvertible {
        case file
        case memory

        var testDescription: String {
            switch self {
            case .file: "file"
            case .memory: "memory"
            }
        }
    }

    let store: any JobStore
    private let clock = ManualWallClock()
    private let folder: URL?

    init(_ place: Place, timer: any Clock<Duration> = ContinuousClock()) async throws {
        var path = ":memory:"
        var folder: URL?
        if place == .file {
            let made = FileManager.default.temporaryDirectory.appending(path: "drover-conformance-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
            path = made.appending(path: "jobs.sqlite").path
            folder = made
        }
        self.folder = folder
        store = SQLiteStore(path: path, clock: clock, timer: timer)
        try await store.prepare()
    }

    func advance(by span: Duration) async throws { clock.advance(by: span) }

    func dispose() async {
        await store.close()
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
