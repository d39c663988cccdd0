import DroverCore
import RedisTesting
import Testing

@Suite("Interoperability: bounded queues")
struct BoundTests {
    @Test("A maximum length bounds Drover's producers, leaves BullMQ's alone, and outlives its settings of the queue")
    func bounded() async throws {
        try await Bridge.run { bridge in
            #expect(try await bridge.store.configure([.maxLength(bridge.queue, 2)]) == [.done])
            for _ in 0..<3 { try await bridge.add(.python) }
            let refused = try await bridge.store.enqueue(bridge.queue, [NewJob(name: "n")])
            #expect(refused == [.queueFull(maxLength: 2)])
            for party in Party.allCases {
                try await bridge.setPaused(party, true)
                try await bridge.setPaused(party, false)
                #expect(try await bridge.counts(party) == ["waiting": 3])
            }
            #expect(try await bridge.server.command("HGET", bridge.key("meta"), "drover:maxLength") == "2")
        }
    }

    @Test("Workers of either client make room in a bounded queue", arguments: Party.allCases)
    func room(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            #expect(try await bridge.store.configure([.maxLength(bridge.queue, 2)]) == [.done])
            for party in Party.allCases { try await bridge.add(party) }
            #expect(try await bridge.store.enqueue(bridge.queue, [NewJob(name: "n")]) == [.queueFull(maxLength: 2)])
            try await bridge.working(worker) { try await bridge.ended(2) }
            #expect(try await bridge.add(.swift) == "3")
        }
    }
}
