import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import Testing

/// Handlers that block every thread of a process's pool.
@Suite("A blocked pool", .timeLimit(.minutes(10)))
struct BlockedPoolTests {
    @Test("Leases are renewed for three leases while no thread of the pool is free: none is lost")
    func leasesAreKept() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            let jobs = ProcessInfo.processInfo.activeProcessorCount * 3
            let ids = try await store.enqueue("q", (0..<jobs).map { _ in NewJob(name: "work") }).compactMap(\.id)
            // In a process of its own: the pool of this one belongs to the other tests too.
            let worker = try ChildProcess(
                BuiltProducts.path(of: "PowerCutWorkload"), ["blocked-pool", path, String(jobs)])
            defer { worker.crash() }

            var lines = 0
            func wait(for line: String) async throws {
                repeat {
                    lines += 1
                } while try await worker.lines.wait(for: lines, timeout: .seconds(300))[lines - 1]
                    != line
            }
            try await wait(for: "blocked")
            // Leases are renewed when half of their time is left: seven renewals later three leases have passed.
            for _ in 0..<7 {
                try await wait(for: "renewed")
                #expect(try await store.reclaimStalled("q", maxStalled: 0, limit: 1000) == [])
            }
            try worker.closeInput()
            try await wait(for: "done")
            #expect(try await worker.end().isSuccess)
            for record in try await store.jobs(ids.map { JobKey(queue: "q", id: $0) }) {
                #expect(record?.state == .completed)
                #expect(record?.stalls == 0)
                #expect(record?.attemptsStarted == 1)
            }
            await store.close()
        }
    }
}
