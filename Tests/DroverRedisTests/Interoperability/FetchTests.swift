import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, FE.
@Suite("Interoperability: fetching")
struct FetchTests {
    @Test("FE1: a fetched job is locked and counted", arguments: Party.allCases, Party.allCases)
    func fetched(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer)
            try await bridge.add(producer)
            try await bridge.raw("DEL", bridge.key("marker"))
            let began = try await bridge.now()
            #expect(try await bridge.take(worker, token: "my-token") == id)
            let hash = try await bridge.hash(id)
            #expect((began...(try await bridge.now())).contains(Int(hash["processedOn"] ?? "") ?? 0))
            #expect(hash["ats"] == "1" && hash["atm"] == nil)
            #expect(try await bridge.server.command("GET", bridge.key("\(id):lock")) == "my-token")
            let lasts = try #require(Int(try await bridge.server.command("PTTL", bridge.key("\(id):lock"))))
            #expect((1...60_000).contains(lasts))
            #expect(try await bridge.list("active") == [id])
            #expect(try await bridge.story(id).last == ["event": "active", "prev": "waiting"])
            #expect(try await bridge.members("marker") == ["0"])
            for reader in Party.allCases { #expect(try await bridge.state(reader, id) == "active") }
            #expect(try await bridge.ask("getJob", ["job": .string(id)])["attemptsStarted"] == 1)
            #expect(try await bridge.record(id).attemptsStarted == 1)
        }
    }

    /// The Python client neither writes nor shows the name of a worker, so it is read on the wire.
    @Test("FE2: a Swift worker's name is where BullMQ's clients look for it")
    func named() async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(.python)
            _ = try await bridge.claim()
            #expect(try await bridge.hash(id)["pb"] == "by-hand")
            // And another one's is read.
            try await bridge.raw("HSET", bridge.key(id), "pb", "node-7")
            #expect(try await bridge.record(id).worker == "node-7")
        }
    }

    @Test("FE3: of 1,001 due jobs one fetch moves 1,000", arguments: Party.allCases, Party.allCases)
    func backlog(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            _ = try await bridge.addBulk(producer, Array(repeating: .init(options: ["delay": 1]), count: 1001))
            let last = try #require(try await bridge.score("delayed", "1001")) / 4096
            while try await bridge.now() <= last { try await bridge.pass(.milliseconds(5)) }
            #expect(try await bridge.take(worker) == "1")
            #expect(try await bridge.server.command("ZCARD", bridge.key("delayed")) == "1")
            #expect(try await bridge.server.command("LLEN", bridge.key("wait")) == "999")
            #expect(try await bridge.take(worker, token: "u") == "2")
            #expect(try await bridge.list("wait").first == "1001")
        }
    }

    @Test("FE4: an empty fetch tells when the next job is due")
    func empty() async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python, "n", nil, ["delay": 3_600_000])
            let reply = try await bridge.store.exchange(
                bridge.queue, id: ExchangeID("t"), settle: [],
                claim: Claim(limit: 1, lease: .seconds(30), worker: "w"))
            let due = try #require(reply.nextDueIn)
            #expect(reply.claimed.isEmpty && due > .seconds(3000) && due <= .seconds(3600))
        }
    }
}
