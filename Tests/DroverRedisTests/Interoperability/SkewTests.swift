import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, SK, and what jobs of other clients may carry.
@Suite("Interoperability: other versions")
struct SkewTests {
    @Test("SK1: what other versions store is accepted and kept", arguments: Party.allCases)
    func unknown(_ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python, "n", ["do": "fail"], ["jobId": "a", "attempts": 9, "zork": ["a": [1]]])
            let more = ["nrjid": "7", "attemptsMade": "3", "unknown": "\u{1F600}", "tm": "trace"]
            for (field, value) in more { try await bridge.raw("HSET", bridge.key("a"), field, value) }
            #expect(try await bridge.record("a").attemptsMade == 3)
            let options = try await bridge.hash("a")["opts"]
            try await bridge.raw("ZADD", bridge.key("failed"), "5", "a")
            try await bridge.raw("DEL", bridge.key("wait"))
            try await bridge.retry(party, "a")
            try await bridge.updateData(party, "a", to: ["value": 1])
            try await bridge.working(.swift) { try await bridge.ended(1) }
            let hash = try await bridge.hash("a")
            for (field, value) in more { #expect(hash[field] == value) }
            #expect(hash["opts"] == options && hash["returnvalue"] == "1")
        }
    }

    private static let foreign: [JSON] = [
        ["attempts": "2"], ["attempts": 2.5], ["backoff": ["type": "ours", "delay": 5, "more": [1]]],
        ["backoff": "ours"], ["removeOnComplete": ["age": 5, "count": -1, "limit": 3]], ["removeOnComplete": -1],
        ["removeOnFail": "never"], ["lifo": "yes"], ["kl": "all"], ["stackTraceLimit": nil], ["timeout": "5s"],
        ["group": ["id": "g", "priority": 3]], ["tags": "one"], ["metadata": ["a": 1]], ["tenant": 7],
        ["priority": "high"], ["repeat": ["every": 5]], ["telemetry": ["metadata": "x"]], ["tm": "x", "omc": true],
        ["debounce": ["id": "x"]], ["parent": ["id": "x", "queue": "y"]], ["": "", "ü": ["/": nil]],
    ]

    @Test("Options that Drover can't read make no job fail", arguments: foreign)
    func options(_ options: JSON) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python, "n", ["value": 1])
            // Past the client, which would refuse some of them.
            try await bridge.raw("HSET", bridge.key("1"), "opts", options.text)
            try await bridge.working(.swift) { try await bridge.ended(1) }
            #expect(try await bridge.state(.swift, "1") == "completed")
            #expect(try await bridge.hash("1")["opts"] == options.text)
        }
    }

    @Test("A hash whose numbers are odd is read and run")
    func numbers() async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python, "n", ["value": 1])
            for (field, value) in ["timestamp": "1e3", "priority": "", "delay": "5000.0", "stc": "x", "atm": "1.0"] {
                try await bridge.raw("HSET", bridge.key("1"), field, value)
            }
            try await bridge.raw("HSET", bridge.key("1"), "stacktrace", "{", "progress", "none")
            #expect(try await bridge.record("1").createdAt.milliseconds == 1000)
            try await bridge.working(.swift) { try await bridge.ended(1) }
            #expect(try await bridge.hash("1")["atm"] == "2")
        }
    }
}
