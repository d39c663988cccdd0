import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, PR.
@Suite("Interoperability: priorities")
struct PriorityTests {
    @Test("PR1: no priority goes first, then the smallest", arguments: Party.allCases, Party.allCases)
    func order(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            for (party, priority) in [(producer, 3), (producer.other, 1), (producer, 2), (producer.other, 0)] {
                try await bridge.add(party, "n", nil, priority == 0 ? [:] : ["priority": .integer(priority)])
            }
            let counts = try await bridge.ask("call", ["method": "getCountsPerPriority", "args": [[0, 1, 2, 3]]])
            #expect(counts == ["0": 1, "1": 1, "2": 1, "3": 1])
            try await bridge.working(worker) { try await bridge.ended(4) }
            #expect(try await bridge.begun() == ["4", "2", "3", "1"])
            #expect(try await bridge.story("2")[2] == ["event": "active", "prev": "waiting"])
        }
    }

    @Test(
        "PR2: jobs of one priority are run in the order in which they were added, by whomever",
        arguments: Party.allCases, [1, 2_097_151])
    func fifo(_ worker: Party, _ priority: Int) async throws {
        try await Bridge.run { bridge in
            for number in 0..<20 {
                try await bridge.add(
                    number % 3 == 0 ? .swift : .python, "n", nil, ["priority": .integer(priority)])
            }
            let ids = (1...20).map(String.init)
            #expect(try await bridge.members("prioritized") == ids)
            try await bridge.working(worker) { try await bridge.ended(20) }
            #expect(try await bridge.begun() == ids)
        }
    }

    @Test("PR3: a waiting job gets another priority", arguments: Party.allCases, Party.allCases)
    func change(_ producer: Party, _ party: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<3 { try await bridge.add(producer) }
            try await bridge.changePriority(party, "1", to: 5)
            try await bridge.changePriority(party, "2", to: 5, lifo: true)
            #expect(try await bridge.hash("1")["priority"] == "5")
            #expect(try await bridge.members("prioritized") == ["2", "1"])
            #expect(try await bridge.score("prioritized", "1") == 5 << 32 + 1)
            #expect(try await bridge.score("prioritized", "2") == 5 << 32)
            #expect(try await bridge.list("wait") == ["3"])

            try await bridge.changePriority(party, "1", to: 0)
            #expect(try await bridge.list("wait") == ["1", "3"])
            try await bridge.changePriority(party, "2", to: 0, lifo: true)
            #expect(try await bridge.list("wait") == ["1", "3", "2"])
            #expect(try await bridge.hash("2")["priority"] == "0")
            #expect(try await bridge.exists("prioritized") == false)
            for reader in Party.allCases { #expect(try await bridge.state(reader, "2") == "waiting") }
            try await bridge.working(party.other) { try await bridge.ended(3) }
            #expect(try await bridge.begun() == ["2", "3", "1"])
        }
    }

    @Test("PR4: of a delayed or active job only the hash changes", arguments: Party.allCases)
    func changeElsewhere(_ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(party.other, "n", nil, ["delay": 60_000])
            try await bridge.add(party.other)
            #expect(try await bridge.take(party.other) == "2")
            for id in ["1", "2"] {
                let events = try await bridge.stream().count
                try await bridge.changePriority(party, id, to: 5)
                #expect(try await bridge.places(of: id) == [id == "1" ? "delayed" : "active"])
                #expect(try await bridge.hash(id)["priority"] == "5")
                #expect(try await bridge.stream().count == events)
            }
            #expect(try await bridge.record("1").priority == 5)
            #expect(try await bridge.ask("getJob", ["job": "2"])["priority"] == 5)
        }
    }
}
