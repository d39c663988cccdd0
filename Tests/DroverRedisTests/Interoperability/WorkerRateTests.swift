import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, RL.
@Suite("Interoperability: rates of workers")
struct WorkerRateTests {
    private var settings: WorkerSettings {
        var settings = WorkerSettings(concurrency: 5)
        settings.limiter = (max: 4, duration: 600_000)
        return settings
    }

    @Test("RL1: workers of both clients that have the same limiter share it", arguments: Party.allCases)
    func shared(_ first: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<2 { try await bridge.add(first) }
            try await bridge.working(first, settings) { try await bridge.ended(2) }
            #expect(try await bridge.raw("GET", bridge.key("limiter")) == "2")
            for _ in 0..<4 { try await bridge.add(first) }
            try await bridge.working(first.other, settings) {
                try await bridge.ended(4)
                try await bridge.pass(.milliseconds(300))
                #expect(try await bridge.begun() == ["1", "2", "3", "4"])
                #expect(try await bridge.raw("GET", bridge.key("limiter")) == "4")
                // The span is over: the server drops the key as it does at its end.
                try await bridge.raw("PEXPIRE", bridge.key("limiter"), "1")
                try await bridge.ended(6)
            }
            #expect(try await bridge.begun() == ["1", "2", "3", "4", "5", "6"])
        }
    }

    @Test("The rate of the queue goes before that of a worker of either client", arguments: Party.allCases)
    func ofTheQueue(_ party: Party) async throws {
        try await Bridge.run { bridge in
            let limit = RateLimit(max: 2, per: .seconds(600), window: .fixed)
            #expect(try await bridge.store.configure([.rateLimit(bridge.queue, limit)]) == [.done])
            for _ in 0..<4 { try await bridge.add(party) }
            try await bridge.working(party, settings) {
                try await bridge.ended(2)
                try await bridge.pass(.milliseconds(300))
                #expect(try await bridge.begun() == ["1", "2"])
            }
        }
    }
}
