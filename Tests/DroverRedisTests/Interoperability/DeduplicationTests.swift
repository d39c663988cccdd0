import DroverCore
import RedisTesting
import Testing

/// Of PROTOCOL 23, DD, what a Swift worker owes to jobs that hold a deduplication id. Adding such jobs waits for a
/// later version.
@Suite("Interoperability: deduplication")
struct DeduplicationTests {
    private static let simple: [String: JSON] = ["deduplication": ["id": "d"]]

    @Test("DD2: a deduplication ends with the job that holds it", arguments: Party.allCases, ["return", "fail"])
    func freed(_ worker: Party, _ end: String) async throws {
        try await Bridge.run { bridge in
            let data: JSON = ["do": .string(end)]
            #expect(try await bridge.add(.python, "n", data, Self.simple) == "1")
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
