import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, DD: each client's jobs are the same as the other's, and each client's workers end what they hold.
@Suite("Interoperability: deduplication")
struct DeduplicationTests {
    private static let simple: [String: JSON] = ["deduplication": ["id": "d"]]

    /// Each rule by its name, with what a job then needs beside it.
    private static let rules: [(name: String, options: [String: JSON])] = [
        ("simple", ["deduplication": ["id": "d"]]),
        ("throttle", ["deduplication": ["id": "d", "ttl": 600_000]]),
        ("extend", ["deduplication": ["id": "d", "ttl": 600_000, "extend": true]]),
        ("keep last", ["deduplication": ["id": "d", "keepLastIfActive": true]]),
    ]

    @Test("DD1: a job is not stored that is the same as one of the other client's", arguments: Party.allCases, 0..<4)
    func met(_ first: Party, _ rule: Int) async throws {
        try await Bridge.run { bridge in
            let options = Self.rules[rule].options
            #expect(try await bridge.add(first, "n", nil, options) == "1")
            #expect(try await bridge.add(first.other, "n", nil, options) == "1")
            #expect(try await bridge.add(first, "n", nil, options) == "1")
            #expect(try await bridge.hashes() == ["1"])
            #expect(try await bridge.hash("1")["deid"] == "d")
            let told = try await bridge.story("1").filter { $0["event"] == "deduplicated" }
            #expect(told.map { $0["deduplicationId"] } == ["d", "d"])
            #expect(told.map { $0["deduplicatedJobId"] } == ["2", "3"])
        }
    }

    @Test("DD4: the other client's job lets the time begin again", arguments: Party.allCases)
    func extended(_ first: Party) async throws {
        try await Bridge.run { bridge in
            let options: [String: JSON] = ["deduplication": ["id": "d", "ttl": 600_000, "extend": true]]
            try await bridge.add(first, "n", nil, options)
            try await bridge.server.command("PEXPIRE", bridge.key("de:d"), "90000")
            #expect(try await bridge.add(first.other, "n", nil, options) == "1")
            #expect(try await Int(bridge.server.command("PTTL", bridge.key("de:d"))) ?? 0 > 90_000)
        }
    }

    @Test("DD5: a job takes the place of the other client's delayed one", arguments: Party.allCases, [false, true])
    func replaced(_ first: Party, _ extends: Bool) async throws {
        try await Bridge.run { bridge in
            let rule: JSON = ["id": "d", "ttl": 600_000, "replace": true, "extend": .bool(extends)]
            let options: [String: JSON] = ["deduplication": rule, "delay": 600_000]
            try await bridge.add(first, "n", ["value": 1], options)
            try await bridge.server.command("PEXPIRE", bridge.key("de:d"), "90000")
            #expect(try await bridge.add(first.other, "n", ["value": 2], options) == "2")
            #expect(try await bridge.hashes() == ["2"])
            #expect(try await bridge.members("delayed") == ["2"])
            #expect(try await bridge.eventNames("1").last == "removed")
            let told = try await bridge.story("2").first { $0["event"] == "deduplicated" }
            #expect(told?["deduplicatedJobId"] == "1")
            #expect(try await bridge.server.command("GET", bridge.key("de:d")) == "2")
            let left = try await Int(bridge.server.command("PTTL", bridge.key("de:d"))) ?? 0
            #expect(left > 0 && (left > 90_000) == extends)
        }
    }

    @Test("DD6: one that waits is not replaced", arguments: Party.allCases)
    func notReplaced(_ first: Party) async throws {
        try await Bridge.run { bridge in
            let options: [String: JSON] = ["deduplication": ["id": "d", "replace": true]]
            try await bridge.add(first, "n", nil, options)
            #expect(try await bridge.add(first.other, "n", nil, options) == "1")
            #expect(try await bridge.hashes() == ["1"])
            #expect(try await !bridge.eventNames("1").contains("deduplicated"))
        }
    }

    @Test("DD7: a job of Drover's that is kept follows, whoever's worker ends the holder", arguments: Party.allCases)
    func keptByDrover(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            var options: [String: JSON] = ["deduplication": ["id": "d", "keepLastIfActive": true]]
            try await bridge.add(.python, "first", bridge.gate("g"), options)
            try await bridge.working(worker) {
                try await bridge.heard("active", "1")
                #expect(try await bridge.add(.swift, "second", ["value": 2], options) == "1")
                options["delay"] = 600_000
                options["priority"] = 4
                #expect(try await bridge.add(.swift, "third", ["value": 3], options) == "1")
                try await bridge.openGate("g")
                try await bridge.ended(1)
            }
            #expect(try await bridge.members("delayed") == ["3"])
            let hash = try await bridge.hash("3")
            #expect(hash["name"] == "third" && hash["data"] == #"{"value":3}"# && hash["deid"] == "d")
            #expect(hash["delay"] == "600000" && hash["priority"] == "4")
            #expect(try await bridge.server.command("GET", bridge.key("de:d")) == "3")
            #expect(try await bridge.add(.python, "n", nil, options) == "3")
        }
    }

    @Test("A holder whose job is gone holds nothing more", arguments: Party.allCases)
    func stale(_ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.server.command("SET", bridge.key("de:d"), "gone")
            try await bridge.server.command("HSET", bridge.key("dn:d"), "name", "old", "opts", "{}")
            #expect(try await bridge.add(party, "n", nil, Self.simple) == "1")
            #expect(try await !bridge.exists("dn:d"))
        }
    }

    @Test("DD2: a deduplication ends with the job that holds it", arguments: Party.allCases, ["return", "fail"])
    func freed(_ worker: Party, _ end: String) async throws {
        try await Bridge.run { bridge in
            let data: JSON = ["do": .string(end)]
            #expect(try await bridge.add(worker.other, "n", data, Self.simple) == "1")
            #expect(try await bridge.add(.python, "n", data, Self.simple) == "1")
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await !bridge.exists("de:d"))
            #expect(try await bridge.add(.python, "n", data, Self.simple) == "3")
        }
    }

    @Test("DD3: with a time it stays until that has passed", arguments: Party.allCases)
    func throttled(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let options: [String: JSON] = ["deduplication": ["id": "d", "ttl": 600_000]]
            try await bridge.add(.python, "n", nil, options)
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await bridge.server.command("GET", bridge.key("de:d")) == "1")
            #expect(try await bridge.add(.python, "n", nil, options) == "1")
        }
    }

    @Test(
        "DD7: of the jobs added while the holder runs the last one follows it", arguments: Party.allCases,
        ["return", "fail"])
    func followed(_ worker: Party, _ end: String) async throws {
        try await Bridge.run { bridge in
            var options: [String: JSON] = ["deduplication": ["id": "d", "keepLastIfActive": true]]
            let steps: JSON = ["steps": [bridge.gate("g"), ["do": .string(end)]]]
            try await bridge.add(.python, "first", steps, options)
            try await bridge.working(worker) {
                try await bridge.heard("active", "1")
                #expect(try await bridge.add(.python, "second", ["value": 2], options) == "1")
                options["delay"] = 600_000
                options["priority"] = 4
                #expect(try await bridge.add(.python, "third", ["value": 3], options) == "1")
                try await bridge.openGate("g")
                try await bridge.ended(1)
            }
            let ids = try await bridge.members("delayed")
            let id = try #require(ids.first)
            #expect(ids.count == 1)
            let hash = try await bridge.hash(id)
            #expect(hash["name"] == "third" && hash["data"] == #"{"value":3}"# && hash["deid"] == "d")
            #expect(hash["delay"] == "600000" && hash["priority"] == "4")
            #expect(try await bridge.server.command("GET", bridge.key("de:d")) == id)
            #expect(try await !bridge.exists("dn:d"))
            try await bridge.promote(worker.other, id)
            try await bridge.working(worker.other) { try await bridge.heard("completed", id) }
            #expect(try await bridge.hash(id)["returnvalue"] == "3")
            #expect(try await !bridge.exists("de:d"))
        }
    }

    @Test("DD7: not when the holder is tried again", arguments: Party.allCases)
    func notOnRetry(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            var options: [String: JSON] = ["deduplication": ["id": "d", "keepLastIfActive": true]]
            let steps: JSON = ["steps": [bridge.gate("g"), ["do": "fail"]]]
            let second = options
            options["attempts"] = 2
            options["backoff"] = 600_000
            try await bridge.add(.python, "first", steps, options)
            try await bridge.working(worker) {
                try await bridge.heard("active", "1")
                try await bridge.add(.python, "second", ["value": 2], second)
                try await bridge.openGate("g")
                try await bridge.heard("delayed", "1")
            }
            #expect(try await bridge.exists("dn:d"))
            #expect(try await bridge.server.command("GET", bridge.key("de:d")) == "1")
            #expect(try await bridge.list("wait").isEmpty)
        }
    }

    @Test("DD8: the job that follows has the id that it was given", arguments: Party.allCases)
    func ownID(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            var options: [String: JSON] = ["deduplication": ["id": "d", "keepLastIfActive": true]]
            try await bridge.add(.python, "first", bridge.gate("g"), options)
            try await bridge.working(worker) {
                try await bridge.heard("active", "1")
                options["jobId"] = "mine"
                try await bridge.add(.python, "second", ["value": 2], options)
                try await bridge.openGate("g")
                try await bridge.heard("completed", "mine")
            }
        }
    }

    @Test("DD9: a deduplication ends with the removal of the job that holds it", arguments: Party.allCases)
    func removed(_ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python, "n", nil, Self.simple)
            try await bridge.remove(party, "1")
            #expect(try await !bridge.exists("de:d"))
        }
    }

    @Test("DD10: not with that of one that held it before", arguments: Party.allCases)
    func removedBefore(_ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python, "n", nil, Self.simple)
            try await bridge.working(party) { try await bridge.ended(1) }
            try await bridge.add(.python, "n", nil, Self.simple)
            try await bridge.remove(party, "1")
            #expect(try await bridge.server.command("GET", bridge.key("de:d")) == "2")
        }
    }
}
