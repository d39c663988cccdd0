import Drover
import DroverCore
import DroverRedis
import DroverTesting
import Foundation
import RedisClient
import RedisTesting
import Testing

/// A process that has lost its connections very often.
@Suite("Reconnecting")
struct ReconnectTests {
    /// The most memory that this process has had, in bytes.
    private static func mostMemory() -> Int {
        var usage = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        return Int(usage.ru_maxrss)
        #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) * 1024
        #endif
    }

    /// Loses the connections of a working service again and again, and prints what that has cost.
    private static func loseConnections() async throws {
        try await FaultBench.with { bench in
            var configuration = try bench.configuration()
            configuration.server.reconnect = ReconnectBackoff(base: .milliseconds(5), maximum: .milliseconds(5))
            let store = RedisStore(configuration, logger: FaultLoad.silent)
            let other = RedisStore(configuration, logger: FaultLoad.silent)
            try await other.prepare()
            let service = JobService(store: store, logger: FaultLoad.silent)
            let ran = Probe<JobID>("runs")
            service.work("q", concurrency: 2) { handlers in
                handlers.otherwise { context in
                    ran.signal(context.key.id)
                    return context.payload
                }
            }
            async let serving: Void = service.run()
            var memory = 0
            for round in 0..<250 {
                // What is made once, as pools of buffers, is made in the first rounds.
                if round == 50 { memory = mostMemory() }
                let id = try JobID("j\(round)")
                while (try? await other.enqueue("q", [NewJob(id: id, name: "work")])) == nil {}
                try await ran.wait(for: round + 1, timeout: .seconds(300))
                for type in ["normal", "pubsub"] { try await bench.server.command("CLIENT", "KILL", "TYPE", type) }
            }
            let grown = mostMemory() - memory
            _ = try? await other.queues()
            // The other's, and the worker's two.
            let connections = try await bench.connections(becoming: 3...3)
            service.stop()
            try await serving
            await store.close()
            await other.close()
            let left = try await bench.connections(becoming: 0...0)
            print("answer: \(grown / 1024) \(connections) \(left)")
        }
    }

    @Test("A process that has lost its connections 200 times has not grown, and has as many connections as before")
    func doesNotGrow() async throws {
        // In a process of its own, so that nothing else is counted.
        let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await Self.loseConnections()
        }
        let output = String(decoding: child?.standardOutputContent ?? [], as: UTF8.self)
        let line = try #require(output.split(separator: "\n").last { $0.hasPrefix("answer: ") })
        let numbers = line.split(separator: " ").dropFirst().compactMap { Int($0) }
        try #require(numbers.count == 3)
        TestRun.figure("200 reconnects of 3 connections, \(numbers[0]) KiB more memory")
        #expect(numbers[0] < 32 * 1024)
        #expect(numbers[1] == 3)
        #expect(numbers[2] == 0)
    }
}
