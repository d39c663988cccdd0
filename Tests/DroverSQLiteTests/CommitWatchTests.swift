import DroverTesting
import Foundation
import ProcessTesting
import Testing

@testable import DroverSQLite

/// The watch on files that the test writes as SQLite does: the log first, the counter in its index later.
@Suite("Noticing commits of other processes")
struct CommitWatchTests {
    private struct Files {
        let log: FileHandle
        let index: FileHandle
        let counter: CommitCounter
        let watch: CommitWatch
        let seen: Probe<Void>

        init(
            in folder: TemporaryFolder, watching name: String = "log",
            onCommit: @escaping @Sendable (_ number: Int) -> Void = { _ in }
        ) throws {
            for name in ["log", "index"] {
                try Data(repeating: 0, count: 64).write(to: URL(filePath: folder.file(name)))
            }
            log = try #require(FileHandle(forWritingAtPath: folder.file("log")))
            index = try #require(FileHandle(forWritingAtPath: folder.file("index")))
            let seen = Probe<Void>("commits seen")
            self.seen = seen
            counter = try CommitCounter(path: folder.file("index"))
            watch = CommitWatch(log: folder.file(name), counter: counter) {
                onCommit(seen.values.count + 1)
                seen.signal()
            }
        }

        func writeLog() throws { try log.write(contentsOf: Data([1])) }

        func count(_ number: UInt8) throws {
            try index.seek(toOffset: 8)
            try index.write(contentsOf: Data([number, 0, 0, 0]))
        }
    }

    /// Counts a commit in an index, as another process would.
    private static func count(_ number: UInt8, in path: String) {
        guard let index = FileHandle(forWritingAtPath: path) else { return }
        // Where it can't be written, the test waits in vain and says so.
        try? index.seek(toOffset: 8)
        try? index.write(contentsOf: Data([number, 0, 0, 0]))
    }

    @Test("A commit that counts only after its log was written is noticed")
    func late() async throws {
        try await withTemporaryFolder { folder in
            let files = try Files(in: folder)
            try files.writeLog()
            try files.count(1)
            try await files.seen.wait(for: 1, timeout: .seconds(300))
            files.watch.cancel()
        }
    }

    @Test("A commit that is still being synced when another one is noticed is noticed as well")
    func twoAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let index = folder.file("index")
            // Counted on the watch's own queue: the readings behind a signal end at some time, and a test may be held up.
            let files = try Files(in: folder) { if $0 == 1 { Self.count(2, in: index) } }
            // The first has committed, the second has written its log; one signal stands for both.
            try files.count(1)
            try files.writeLog()
            try await files.seen.wait(for: 2, timeout: .seconds(300))
            files.watch.cancel()
        }
    }

    @Test("A commit behind one of this process is noticed while the watch rests")
    func behindOwn() async throws {
        try await withTemporaryFolder { folder in
            let files = try Files(in: folder)
            _ = try files.counter.noteOwn {
                // Both cannot fail here as they do elsewhere: the closure throws errors of a store.
                (try? files.writeLog()) != nil && (try? files.count(1)) != nil
            }
            try files.writeLog()
            try files.count(2)
            try await files.seen.wait(for: 1, timeout: .seconds(300))
            files.watch.cancel()
        }
    }

    @Test("Where the kernel does not tell of writes a commit is noticed all the same")
    func unwatched() async throws {
        try await withTemporaryFolder { folder in
            let files = try Files(in: folder, watching: "missing")
            try files.count(1)
            try await files.seen.wait(for: 1, timeout: .seconds(300))
            try files.count(2)
            try await files.seen.wait(for: 2, timeout: .seconds(300))
            files.watch.cancel()
        }
    }

    @Test("More watches than a user may have instances of the kernel's notifier all notice, and stop when cancelled")
    func many() async throws {
        try await withTemporaryFolder { folder in
            let files = try Files(in: folder)
            let seen = Probe<Void>("commits seen by the others")
            let others = try (0..<300).map { _ in
                CommitWatch(
                    log: folder.file("log"), counter: try CommitCounter(path: folder.file("index")),
                    onForeignCommit: { seen.signal() })
            }
            try files.writeLog()
            try files.count(1)
            try await seen.wait(for: 300, timeout: .seconds(300))
            // One that came late would see both commits as one.
            try await files.seen.wait(for: 1, timeout: .seconds(300))
            for other in others { other.cancel() }
            try files.writeLog()
            try files.count(2)
            try await files.seen.wait(for: 2, timeout: .seconds(300))
            #expect(seen.values.count == 300)
            files.watch.cancel()
        }
    }
}
