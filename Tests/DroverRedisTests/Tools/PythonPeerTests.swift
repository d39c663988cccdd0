import DroverTesting
import RedisTesting
import Testing

@Suite struct PythonPeerTests {
    @Test func thePythonClientAddsAJobAndItsWorkerDoesIt() async throws {
        let server = try await RedisServer.shared
        let peer = try await PythonPeer.client(port: server.port, prefix: RedisServer.freshPrefix())
        try await peer.ask("events", ["queue": "mail"])
        let worker = try await peer.ask("work", ["queue": "mail", "opts": ["name": "worker-1", "concurrency": 2]])
        let steps: JSON = [
            ["do": "progress", "value": 50], ["do": "log", "row": "half"], ["do": "gate", "name": "open"],
            ["do": "return", "value": ["sent": 1]],
        ]
        let done = try await peer.ask(
            "add", ["queue": "mail", "name": "welcome", "data": ["steps": steps], "opts": ["jobId": "w1"]])
        #expect(done == "w1")
        try await peer.ask("add", ["queue": "mail", "name": "lost", "data": ["do": "fail", "message": "no address"]])
        let failed = try await peer.wait { $0["event"] == "failed" }
        #expect(failed[0]["message"] == "no address")
        try await peer.ask("openGate", ["name": "open"])
        let completed = try await peer.wait { $0["event"] == "completed" }
        #expect(completed[0]["jobId"] == "w1" && completed[0]["value"]["sent"] == 1)
        _ = try await peer.wait { $0["event"] == "queue" && $0["name"] == "completed" }
        try await peer.ask("stopWork", ["worker": worker])

        let job = try await peer.ask("getJob", ["queue": "mail", "job": "w1"])
        #expect(job["progress"] == 50 && job["attemptsMade"] == 1)
        #expect(try await peer.ask("getState", ["queue": "mail", "job": "w1"]) == "completed")
        #expect(try await peer.ask("getLogs", ["queue": "mail", "job": "w1"])["logs"] == ["half"])
        let counts = try await peer.ask("getCounts", ["queue": "mail", "types": ["completed", "failed"]])
        #expect(counts == ["completed": 1, "failed": 1])
        try await peer.stop()
    }

    @Test func anOperationThatFailsIsAnErrorInThePeersWords() async throws {
        let server = try await RedisServer.shared
        let peer = try await PythonPeer.client(port: server.port, prefix: RedisServer.freshPrefix())
        await #expect {
            try await peer.ask("getJobOfNoQueue")
        } throws: {
            "\($0)".contains("no operation getJobOfNoQueue")
        }
        #expect(try await peer.ask("getJob", ["queue": "mail", "job": "none"]) == .null)
        try await peer.kill()
        await #expect(throws: (any Error).self) { try await peer.ask("raw", ["words": ["PING"]], timeout: .seconds(1)) }
    }

    private static let additions: [(String, [String: JSON])] = [
        ("standard", [:]), ("delayed", ["delay": 500]), ("prioritized", ["priority": 3]), ("standard", ["lifo": true]),
    ]

    @Test(arguments: additions)
    func theModelAndThePythonClientLeaveTheSameKeysAfterAnAdd(_ kind: String, _ options: [String: JSON]) async throws {
        let server = try await RedisServer.shared
        let (theirs, ours) = (RedisServer.freshPrefix(), RedisServer.freshPrefix())
        let client = try await PythonPeer.client(port: server.port, prefix: theirs)
        let model = try await PythonPeer.model(port: server.port)
        let given = JSON.object(options.merging(["timestamp": 1_000_000, "attempts": 3]) { $1 })
        // The client adds what it has no other value for.
        let stored = JSON.object(given.object.merging(["delay": 0]) { given, _ in given })
        for _ in 0..<2 {
            try await client.ask("add", ["queue": "q", "name": "n", "data": ["x": [1, "ü"]], "opts": given])
            try await model.ask(
                "call",
                [
                    "method": "add", "now": 1_000_000,
                    "args": [.string(kind), .string("\(ours):q"), .null, "n", #"{"x":[1,"\u00fc"]}"#, stored],
                ])
        }
        let mine = try await model.ask("dump", ["prefix": .string(ours)])
        #expect(mine["q:meta"]["value"]["opts.maxLenEvents"] == "10000")
        #expect(mine["q:1"]["value"]["opts"]["attempts"] == 3)
        let its = try await model.ask("dump", ["prefix": .string(theirs)])
        #expect(its == mine)
        try await client.stop()
        try await model.stop()
    }

    @Test func aDumpLeavesOutWhatOnlyDroverHasAndSaysWhatExpires() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let model = try await PythonPeer.model(port: server.port)
        try await server.command("SET", "\(prefix):q:drover:state", "1")
        try await server.command("SET", "\(prefix):drover-queues", "1")
        try await server.command("SET", "\(prefix):q:lock", "\(prefix):q", "PX", "60000")
        try await server.command("ZADD", "\(prefix):q:delayed", "7348380000000123", "a", "0.1", "b")
        try await server.command("HSET", "\(prefix):q:1", "opts", #"{"b":1, "a":2}"#, "data", #"{"b": 1}"#, "pb", "w")
        let dump = try await model.ask("dump", ["prefix": .string(prefix), "without": ["pb"]])
        #expect(
            dump == [
                "q:lock": ["type": "string", "value": "{}:q", "expires": true],
                "q:delayed": [
                    "type": "zset", "expires": false,
                    "value": [
                        ["b", "0.1000000000000000055511151231257827021181583404541015625"], ["a", "7348380000000123"],
                    ],
                ],
                "q:1": [
                    "type": "hash", "expires": false, "value": ["data": #"{"b": 1}"#, "opts": ["a": 2, "b": 1]],
                ],
            ])
        try await model.stop()
    }
}
