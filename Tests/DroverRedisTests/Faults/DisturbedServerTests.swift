import Drover
import DroverCore
import DroverRedis
import DroverTesting
import RedisTesting
import Testing

/// Somebody removes scripts and connections from the server, which goes on.
@Suite("Disturbed servers", .serialized)
struct DisturbedServerTests {
    @Test("Whenever scripts are removed from the server, all calls go on")
    func scriptFlush() async throws {
        try await FaultBench.with { bench in
            try await bench.endure(try bench.configuration()) { load in
                for _ in 0..<20 {
                    try await load.ended.wait(for: load.ended.values.count + 10, timeout: .seconds(300))
                    // One after the other, so that some come between a script's load and its run.
                    for _ in 0..<50 { try await bench.server.command("SCRIPT", "FLUSH") }
                }
                #expect(load.troubles == 0)
            }
        }
    }

    @Test("A script that is removed between its load and its run is run all the same")
    func scriptFlushWithin() async throws {
        try await FaultBench.with { bench in
            let store = try bench.store()
            try await store.prepare()
            let isOver = Probe<Void>("end of the removals")
            let server = bench.server
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await Self.flush(server, until: isOver) } }
                defer { isOver.signal() }
                for number in 0..<500 {
                    let claim = Claim(limit: 1, lease: .seconds(60), worker: "w")
                    // Throws when the script was not found.
                    _ = try await store.exchange("q", id: ExchangeID("flush-\(number)"), settle: [], claim: claim)
                }
            }
            await store.close()
        }
    }

    private static func flush(_ server: RedisServer, until isOver: Probe<Void>) async throws {
        while isOver.values.isEmpty { try await server.command("SCRIPT", "FLUSH") }
    }

    @Test("Whenever connections are killed, every job ends once")
    func clientKill() async throws {
        try await FaultBench.with { bench in
            try await bench.endure(try bench.configuration()) { load in
                for round in 0..<30 {
                    try await load.ended.wait(for: load.ended.values.count + 10, timeout: .seconds(300))
                    try await bench.server.command("CLIENT", "KILL", "TYPE", round % 2 == 0 ? "normal" : "pubsub")
                }
                // The producers' and the worker's two, of which it has the second once it has waited for work.
                let connections = try await bench.connections(becoming: 2...3)
                #expect((2...3).contains(connections))
            }
        }
    }

    @Test("Cancellations reach handlers after connections were killed, and waits for work wake")
    func hintsAfterKills() async throws {
        try await FaultBench.with { bench in
            let (store, other) = (try bench.store(), try bench.store())
            try await other.prepare()
            let service = JobService(store: store, logger: FaultLoad.silent)
            let begun = Probe<JobID>("begun")
            let cancelled = Probe<JobID>("cancelled")
            // Neither renewals nor looks without a hint come within the test.
            var options = WorkerOptions(lease: .seconds(1800))
            options.idleWait = .seconds(1800)
            service.work("q", concurrency: 2, options: options) { handlers in
                handlers.otherwise { context in
                    begun.signal(context.key.id)
                    do { try await Probe<Void>("nothing").wait(timeout: .seconds(600)) } catch {
                        cancelled.signal(context.key.id)
                        throw error
                    }
                    return context.payload
                }
            }
            async let serving: Void = service.run()
            for round in 1...20 {
                let id = try JobID("job-\(round)")
                // Its own connection was killed in the round before, and the call may be the first to learn of it. The id
                // lets it be repeated.
                while (try? await other.enqueue("q", [NewJob(id: id, name: "work")])) == nil {}
                try await begun.wait(for: round, timeout: .seconds(300))
                let key = JobKey(queue: "q", id: id)
                if round % 2 == 0 { _ = try await other.apply([.cancel(key)]) }
                for type in ["pubsub", "normal"] { try await bench.server.command("CLIENT", "KILL", "TYPE", type) }
                if round % 2 == 1 {
                    // Its own connection was killed as well, and the call may be the first to learn of it.
                    while (try? await other.apply([.cancel(key)])) == nil {}
                }
                try await cancelled.wait(for: round, timeout: .seconds(300))
            }
            service.stop()
            try await serving
            #expect(begun.values == cancelled.values)
            await store.close()
            await other.close()
            #expect(try await RedisAudit.problems(on: bench.server, prefix: FaultBench.prefix) == [])
        }
    }
}
