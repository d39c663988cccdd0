import Dispatch
import Drover
import DroverCore
import DroverSQLite
import DroverTesting
import Foundation
import Logging
import ProcessTesting
import Testing

/// Handlers that block every thread of the shared pool, as those do that call a blocking library.
@Suite("A blocked pool", .timeLimit(.minutes(5)))
struct BlockedPoolTests {
    /// A store whose jobs with an expired lease are taken back right before each renewal, so that a late one is seen.
    private struct StrictStore: ForwardingStore {
        let base: any JobStore
        let queue: QueueName
        let reclaimed: Probe<JobKey>
        /// Signalled for a thread that is not of the pool.
        let renewals: DispatchSemaphore

        func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
            for job in try await base.reclaimStalled(queue, maxStalled: 0, limit: 1000) { reclaimed.signal(job.key) }
            let statuses = try await base.renew(leases)
            renewals.signal()
            return statuses
        }
    }

    @Test("On a file, leases are renewed while no thread of the pool is free: none is lost")
    func leasesAreKept() async throws {
        try await withTemporaryFolder { folder in
            let base = SQLiteStore(path: folder.file("jobs.sqlite"))
            try await base.prepare()
            let reclaimed = Probe<JobKey>("reclaimed")
            let renewals = DispatchSemaphore(value: 0)
            let store = StrictStore(base: base, queue: "q", reclaimed: reclaimed, renewals: renewals)
            let service = JobService(store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let threads = ProcessInfo.processInfo.activeProcessorCount
            let jobs = threads * 3
            let entered = DispatchSemaphore(value: 0)
            let exit = DispatchSemaphore(value: 0)
            // Long enough that a busy machine delays no renewal by the half of it that is left.
            let options = WorkerOptions(lease: .seconds(2), maxStalled: 0)
            service.work("q", concurrency: jobs, options: options) { handlers in
                handlers.otherwise { _ in
                    block(entered, exit)
                    return .null
                }
            }
            let results = try await base.enqueue("q", Array(repeating: NewJob(name: "n"), count: jobs))
            let keys = results.compactMap(\.id).map { JobKey(queue: "q", id: $0) }

            let verdict = Probe<Bool>("the watching thread is done")
            Thread.detachNewThread {
                var isSteady = true
                for _ in 0..<threads { isSteady = isSteady && entered.wait(timeout: .now() + 30) == .success }
                // Leases are renewed every half of their time: with three renewals more than a lease has passed.
                for _ in 0..<3 { isSteady = isSteady && renewals.wait(timeout: .now() + 30) == .success }
                for _ in 0..<jobs { exit.signal() }
                verdict.signal(isSteady)
            }
            async let running: Void = service.run()
            let isSteady = try await verdict.wait(timeout: .seconds(200))
            #expect(isSteady == [true], "renewals go on while the pool is blocked")
            for key in keys { _ = try await service.result(of: key, within: .seconds(60)) }
            service.stop()
            try await running

            #expect(reclaimed.values.isEmpty)
            for record in try await base.jobs(keys) {
                #expect(record?.state == .completed)
                #expect(record?.stalls == 0)
                #expect(record?.attemptsStarted == 1)
            }
            await base.close()
        }
    }
}

/// Blocks the thread.
private func block(_ entered: DispatchSemaphore, _ exit: DispatchSemaphore) {
    entered.signal()
    exit.wait()
}
