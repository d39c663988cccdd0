import Dispatch
import Drover
import DroverSQLite
import DroverTesting
import Foundation
import Logging

/// Works jobs of the queue `q` with handlers that block every thread of the shared pool, as those do that call a
/// blocking library, until a line is read or the input ends.
///
/// Says `blocked` when no thread is free, `renewed` after each renewal of the leases, and `done` at the end.
struct BlockedPool {
    /// The lease: long enough that a busy machine delays no renewal by the half of it that is left.
    private static let lease: Duration = .seconds(2)

    let path: String
    let jobs: Int

    func run() async throws {
        let store = SQLiteStore(path: path)
        try await store.prepare()
        let entered = DispatchSemaphore(value: 0)
        let exit = DispatchSemaphore(value: 0)
        let service = JobService(
            store: Renewing(base: store), logger: Logger(label: "blocked") { _ in SwiftLogNoOpLogHandler() })
        service.work(
            "q", concurrency: jobs, options: WorkerOptions(lease: Self.lease, maxStalled: 0, limit: jobs)
        ) { handlers in
            handlers.otherwise { _ in
                block(entered, exit)
                return .null
            }
        }
        // Not of the pool, which is blocked.
        Thread.detachNewThread { [jobs] in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { entered.wait() }
            Workload.say("blocked")
            // Not readLine(): it holds its stream while it waits, and what is said flushes all streams.
            _ = FileHandle.standardInput.availableData
            for _ in 0..<jobs { exit.signal() }
        }
        try await service.run()
        await store.close()
        Workload.say("done")
    }

    /// Tells of each renewal.
    private struct Renewing: ForwardingStore {
        let base: any JobStore

        func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
            let statuses = try await base.renew(leases)
            Workload.say("renewed")
            return statuses
        }
    }
}

/// Blocks the thread.
private func block(_ entered: DispatchSemaphore, _ exit: DispatchSemaphore) {
    entered.signal()
    exit.wait()
}
