import Drover
import DroverCore
import DroverRedis
import DroverTesting
import RedisTesting
import Testing

/// The server has no memory left.
@Suite("Full memory", .serialized)
struct FullMemoryTests {
    @Test("A full server takes no jobs, keeps the leases of those that run, and lets them end")
    func runningJobsEnd() async throws {
        try await FaultBench.with { bench in
            let (store, other) = (try bench.store(), try bench.store())
            try await other.prepare()
            let service = JobService(store: store, logger: FaultLoad.silent)
            let (begun, finish) = (Probe<JobID>("begun"), Probe<Void>("to finish"))
            var options = WorkerOptions(lease: .seconds(30))
            options.maintenanceInterval = .seconds(2)
            service.work("q", concurrency: 4, options: options) { handlers in
                handlers.otherwise { context in
                    begun.signal(context.key.id)
                    try await finish.wait(timeout: .seconds(300))
                    return context.payload
                }
            }
            async let serving: Void = service.run()
            let jobs = Array(repeating: NewJob(name: "work"), count: 4)
            let ids = try await other.enqueue("q", jobs).compactMap(\.id)
            try await begun.wait(for: 4, timeout: .seconds(300))

            try await bench.server.command("CONFIG", "SET", "maxmemory", "1")
            for _ in 0..<3 {
                let error = try await FaultBench.trouble { _ = try await other.enqueue("q", jobs) }
                #expect(error.code == .full && error.isTransient)
                #expect(error.message.contains("maxmemory"))
            }
            // For more than a lease, as locks are renewed; the worker itself, as any other, puts back what stalls.
            let locks = ids.map { "\(FaultBench.prefix):q:\($0.text):lock" }
            #expect(try await bench.server.seesRenewals(3, of: locks))
            // Where nothing has stalled, the call may be refused as one that begins with a write.
            let stalled = try? await other.reclaimStalled("q", maxStalled: 1, limit: 10)
            #expect(stalled ?? [] == [])
            finish.signal()
            let keys = ids.map { JobKey(queue: "q", id: $0) }
            for key in keys { _ = try await JobService(store: other).result(of: key, within: .seconds(300)) }

            try await bench.server.command("CONFIG", "SET", "maxmemory", "0")
            service.stop()
            try await serving
            #expect(begun.values.count == 4)
            for record in try await other.jobs(keys) {
                #expect(record?.state == .completed)
                #expect(record?.stalls == 0)
                #expect(record?.attemptsStarted == 1)
            }
            #expect(try await other.queues().map(\.counts) == [JobCounts([.completed: 4])])
            await store.close()
            await other.close()
            #expect(try await RedisAudit.problems(on: bench.server, prefix: FaultBench.prefix) == [])
        }
    }

    @Test("A full server hands out what it has, one job at a time or several, and takes outcomes", arguments: [1, 5])
    func claims(concurrency: Int) async throws {
        try await FaultBench.with { bench in
            let store = try bench.store()
            let service = JobService(store: store, logger: FaultLoad.silent)
            service.work("q", concurrency: concurrency) { $0.otherwise { $0.payload } }
            try await store.prepare()
            let ids = try await store.enqueue("q", Array(repeating: NewJob(name: "work"), count: 10)).compactMap(\.id)
            try await bench.server.command("CONFIG", "SET", "maxmemory", "1")
            async let serving: Void = service.run()
            for id in ids {
                _ = try await service.result(of: JobKey(queue: "q", id: id), within: .seconds(300))
            }
            service.stop()
            try await serving
            try await bench.server.command("CONFIG", "SET", "maxmemory", "0")
            await store.close()
            #expect(try await RedisAudit.problems(on: bench.server, prefix: FaultBench.prefix) == [])
        }
    }

    @Test("Under load, a server that is full again and again stores no job in part")
    func underLoad() async throws {
        try await FaultBench.with { bench in
            try await bench.endure(try bench.configuration()) { load in
                for _ in 0..<10 {
                    try await load.ended.wait(for: load.ended.values.count + 20, timeout: .seconds(300))
                    let troubles = load.troubles
                    try await bench.server.command("CONFIG", "SET", "maxmemory", "1")
                    while load.troubles < troubles + 4 { await load.pause(.milliseconds(20)) }
                    try await bench.server.command("CONFIG", "SET", "maxmemory", "0")
                }
            }
        }
    }
}
