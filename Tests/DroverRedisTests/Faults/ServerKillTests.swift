import DroverCore
import DroverRedis
import DroverTesting
import RedisClient
import RedisTesting
import Synchronization
import Testing

/// The server is killed and started again while producers add and a worker works.
@Suite("Killed servers", .serialized)
struct ServerKillTests {
    /// What took longest: from a server's start to the next completed job, and one wait of a server for its disk.
    private struct Slowest: CustomStringConvertible {
        var restart: Duration = .zero
        var disk: Duration = .zero

        var description: String {
            "the next one completed at most \(restart) later, at most \(disk) of it one write to disk"
        }
    }

    private func kill(
        _ bench: FaultBench, times: Int, _ random: SeededGenerator, _ load: FaultLoad, slowest: borrowing Mutex<Slowest>
    ) async throws {
        var random = random
        for _ in 0..<times {
            // By progress and not by time: after so many more attempts.
            try await load.ended.wait(
                for: load.ended.values.count + Int.random(in: 1...120, using: &random), timeout: .seconds(300))
            try await bench.server.kill()
            try await bench.server.restart()
            try await FaultLedger.keepEvents(on: bench.server, prefix: FaultBench.prefix)
            let time = try await bench.nextCompletion()
            let disk = try await bench.slowestDisk()
            slowest.withLock { $0 = Slowest(restart: max($0.restart, time), disk: max($0.disk, disk)) }
        }
    }

    @Test("With a file that is synced before each answer, a killed server loses nothing that it acknowledged")
    func always() async throws {
        let random = TestRun.generator()
        let kills = TestRun.number("DROVER_REDIS_KILLS", default: 3)
        try await FaultBench.with(.init(appendOnly: .always, extra: ["latency-monitor-threshold 20"])) { bench in
            let slowest = Mutex(Slowest())
            var configuration = try bench.configuration()
            configuration.server.reconnect = ReconnectBackoff()
            let result = try await bench.endure(configuration) { load in
                try await kill(bench, times: kills, random, load, slowest: slowest)
            }
            TestRun.figure(
                "\(kills) kills of a server that syncs always, \(result.acknowledged) jobs, \(result.lost) lost, "
                    + "\(slowest.withLock { $0 })")
        }
    }

    @Test("With a file that is synced each second, what survives a kill is whole and comes to its end")
    func everySecond() async throws {
        let random = TestRun.generator()
        let kills = TestRun.number("DROVER_REDIS_KILLS", default: 3)
        try await FaultBench.with(.init(appendOnly: .everysec, extra: ["latency-monitor-threshold 20"])) { bench in
            let slowest = Mutex(Slowest())
            // A settlement that is lost leaves its job active: it is taken over when the lease has run out.
            var configuration = try bench.configuration()
            configuration.server.reconnect = ReconnectBackoff()
            let result = try await bench.endure(
                configuration, .init(lease: .seconds(5)), mayLose: true, isGapless: false
            ) { load in
                try await kill(bench, times: kills, random, load, slowest: slowest)
            }
            TestRun.figure(
                "\(kills) kills of a server that syncs each second, \(result.acknowledged) jobs, \(result.lost) lost, "
                    + "\(slowest.withLock { $0 })")
        }
    }
}
