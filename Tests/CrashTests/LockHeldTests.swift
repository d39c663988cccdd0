import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import GRDB
import ProcessTesting
import Testing

/// Somebody holds the file's write lock for several leases while workers in other processes hold jobs.
@Suite("A lock held for several leases", .serialized)
struct LockHeldTests {
    /// When the jobs' handlers end.
    enum When: CaseIterable {
        case whileItIsHeld, later
    }

    @Test(
        "No lease is lost while nobody can renew or settle, and each job is run once", arguments: When.allCases)
    func nothingIsLost(jobsEnd: When) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let go = folder.file("go")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            let ids = try await store.enqueue("q", (0..<8).map { _ in NewJob(name: "work") }).compactMap(\.id)
            let workers = try (0..<2).map { _ in
                try ChildProcess(
                    BuiltProducts.path(of: "drover"),
                    [
                        "work", "--store", "sqlite:\(path)", "--queue", "q:4", "--handler",
                        "exec:sh -c 'until [ -e \"$0\" ]; do sleep 0.1; done' \(go)", "--lease", "2s",
                        "--max-stalled", "0",
                    ])
            }
            defer { for worker in workers { worker.crash() } }
            var history = History(of: "q", in: store)
            try await history.follow { $0.active == 8 }

            let lock = try Self.hold(path)
            if jobsEnd == .whileItIsHeld { try Data().write(to: URL(filePath: go)) }
            // A call gives up when it has waited for five seconds: by then each lease has run out several times.
            for worker in workers { try await Self.untilRenewalFails(worker) }
            try Self.release(lock)
            if jobsEnd == .later { try Data().write(to: URL(filePath: go)) }

            try await history.follow { $0.completed + $0.failed == 8 }
            for worker in workers { kill(worker.processID, SIGTERM) }
            for worker in workers { #expect(try await worker.end().isSuccess) }
            #expect(history.total.stalled == 0)
            for record in try await store.jobs(ids.map { JobKey(queue: "q", id: $0) }) {
                #expect(record?.state == .completed)
                #expect(record?.attemptsStarted == 1)
                #expect(record?.stalls == 0)
            }
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    private static func untilRenewalFails(_ worker: ChildProcess) async throws {
        for count in 1...1000 {
            let lines = try await worker.errors.wait(for: count, timeout: .seconds(300))
            if lines[count - 1].contains("leases not renewed") { return }
        }
        Issue.record("the worker never told that leases were not renewed")
    }

    /// Takes the lock on a connection of its own, as another program.
    private static func hold(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(30)
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return other
    }

    private static func release(_ other: DatabaseQueue) throws {
        try other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try other.close()
    }
}
