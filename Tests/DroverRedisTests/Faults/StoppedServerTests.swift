import Drover
import DroverCore
import DroverRedis
import DroverTesting
import RedisTesting
import Testing

/// The server is stopped where it is, or is not there at all.
@Suite("Stopped servers", .serialized)
struct StoppedServerTests {
    /// How many milliseconds the server is stopped.
    private static let stop = TestRun.number("DROVER_REDIS_STOP", default: 2000)

    private func stop(_ bench: FaultBench, _ load: FaultLoad) async throws {
        let store = try bench.store("timeout=1s&connectTimeout=1s")
        try await FaultBench.insist { try await store.prepare() }
        try await load.ended.wait(for: 30, timeout: .seconds(300))
        try bench.server.pause()
        let error = try await FaultBench.trouble { _ = try await store.queues() }
        #expect(error.code == .unreachable && error.isTransient)
        await load.pause(.milliseconds(Self.stop))
        try bench.server.unpause()
        let time = try await bench.nextCompletion()
        // The store that failed goes on by itself.
        try await FaultBench.insist { _ = try await store.queues() }
        await store.close()
        TestRun.figure("\(Self.stop) ms of a stopped server, the next job completed \(time) later")
        try await load.ended.wait(for: load.ended.values.count + 100, timeout: .seconds(300))
    }

    @Test("A server that is stopped for a while loses nothing, and no attempt is begun again")
    func stopped() async throws {
        try await FaultBench.with { bench in
            try await bench.endure(try bench.configuration(settings: "timeout=1s&connectTimeout=1s")) { load in
                try await stop(bench, load)
            }
        }
    }

    @Test("Jobs whose leases run out while the server is stopped end once all the same")
    func stoppedLongerThanLeases() async throws {
        try await FaultBench.with { bench in
            let configuration = try bench.configuration(settings: "timeout=1s&connectTimeout=1s")
            let options = FaultLoad.Options(lease: .milliseconds(500), holding: .milliseconds(300))
            try await bench.endure(configuration, options, isGapless: false) { load in try await stop(bench, load) }
        }
    }

    @Test("A store that is closed while the server is stopped or gone returns soon", arguments: [true, false])
    func closes(isStopped: Bool) async throws {
        try await FaultBench.with { bench in
            var time = Duration.seconds(3600)
            // A busy host may hold one up; what a store itself would wait for holds up all.
            for _ in 0..<3 where time >= .seconds(10) { time = try await min(time, timeToClose(bench, isStopped)) }
            #expect(time < .seconds(10))
            TestRun.figure("a store of a \(isStopped ? "stopped" : "killed") server closed in \(time)")
        }
    }

    /// How long it takes to close a store whose server is stopped or gone, which then goes on.
    private func timeToClose(_ bench: FaultBench, _ isStopped: Bool) async throws -> Duration {
        let store = try bench.store()
        try await store.prepare()
        // With a wait for work, one for events and a call under way.
        async let wait = store.waitForWork(WakeInterest(work: ["q"], cancellations: ["q"]), atMost: .seconds(300))
        async let page = store.events(EventQuery(queue: "q", start: .end), waitingAtMost: .seconds(300))
        while try await bench.connections() < 3 {}
        if isStopped { try bench.server.pause() } else { try await bench.server.kill() }
        async let summaries = store.queues()
        let time = await ContinuousClock().measure { await store.close() }
        // They end; how is theirs to tell.
        _ = try? await wait
        _ = try? await page
        _ = try? await summaries
        if isStopped { try bench.server.unpause() } else { try await bench.server.restart() }
        _ = try await bench.connections(becoming: 0...0)
        return time
    }

    @Test("A service that begins while the server is gone fails, in words that name the server")
    func beginsWithoutServer() async throws {
        try await FaultBench.with { bench in
            let store = try bench.store()
            let service = JobService(store: store, logger: FaultLoad.silent)
            service.work("q") { $0.otherwise { $0.payload } }
            try await bench.server.kill()
            let error = try await FaultBench.trouble { try await service.run() }
            #expect(error.code == .unreachable && error.isTransient)
            #expect(error.message.contains("127.0.0.1:\(bench.server.port)"))
            #expect(error.message.contains("failed: connection refused."))
            // The same store can be prepared when the server is back.
            try await bench.server.restart()
            try await store.prepare()
            #expect(try await store.queues() == [])
            await store.close()
        }
    }

    @Test("A store is not prepared by a server that does not answer, and says so within its time to connect")
    func preparesWithoutAnswer() async throws {
        try await FaultBench.with { bench in
            // Far more time for a call than the test allows.
            let store = try bench.store("timeout=300s&connectTimeout=1s")
            try bench.server.pause()
            let clock = ContinuousClock()
            let begun = clock.now
            let error = try await FaultBench.trouble { try await store.prepare() }
            #expect(clock.now - begun < .seconds(200))
            #expect(error.code == .unreachable && error.isTransient)
            #expect(error.message.contains("took longer than 1.0 seconds"))
            try bench.server.unpause()
            try await FaultBench.insist { try await store.prepare() }
            await store.close()
        }
    }
}
