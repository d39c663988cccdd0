import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting
import Testing

/// PROTOCOL 23, ME. The Python client has no call for metrics: they are read on the wire.
@Suite("Interoperability: metrics")
struct MetricsTests {
    @Test("ME1: finished jobs are counted by the minute, as BullMQ counts them")
    func minutes() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let clock = ManualWallClock()
        var configuration = try RedisStoreConfiguration.patient(server.url(prefix: prefix) + "&metrics=5")
        configuration.clock = clock
        let store = RedisStore(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
        // To ten seconds before a full minute.
        clock.advance(by: .milliseconds(60_000 - clock.now.milliseconds % 60_000 - 10_000))
        var lists: [String] = []
        for number in 0..<5 {
            if number > 0 { clock.advance(by: .seconds(20)) }
            _ = try await store.enqueue("q", [NewJob(name: "n")])
            let claim = Claim(limit: 1, lease: .seconds(60), worker: "w")
            let reply = try await store.exchange("q", id: ExchangeID("c\(number)"), settle: [], claim: claim)
            let settlement = Settlement(lease: try #require(reply.claimed.first).lease, outcome: .completed(.null))
            _ = try await store.exchange("q", id: ExchangeID("s\(number)"), settle: [settlement], claim: nil)
            lists.append(try await server.command("LRANGE", "\(prefix):q:metrics:completed:data", "0", "-1"))
        }
        #expect(lists == ["", "1", "1", "1", "3\n1"])
        #expect(try await server.command("HGET", "\(prefix):q:metrics:completed", "count") == "5")
        await store.close()
        try await server.flush(prefix: prefix)
    }

    @Test("ME1: both clients count together", arguments: ["return", "fail"])
    func together(_ end: String) async throws {
        let suffix = "metrics:" + (end == "return" ? "completed" : "failed")
        try await Bridge.run(["metrics": "5"]) { bridge in
            var expected: [String] = []
            var since: Int?
            for (number, worker) in [Party.python, .swift, .python, .swift].enumerated() {
                try await bridge.add(worker, "n", ["do": .string(end)])
                try await bridge.working(worker, WorkerSettings(metrics: 5)) { try await bridge.ended(number + 1) }
                let hash = try await bridge.raw("HGETALL", bridge.key(suffix))
                #expect(hash["count"].string == String(number + 1))
                let now = try #require(Int(hash["prevTS"].string ?? ""))
                if let since {
                    let zeros = Array(repeating: "0", count: now / 60_000 - since / 60_000 - 1)
                    expected = Array((zeros + ["1"] + expected).prefix(5))
                }
                // As if some minutes had passed since the last point.
                let before = now - [1, 3, 1, 1][number] * 60_000
                since = before
                try await bridge.raw("HSET", bridge.key(suffix), "prevTS", String(before))
            }
            #expect(try await bridge.list(suffix + ":data") == expected)
            #expect(expected.count >= 5)
        }
    }
}
