import Drover
import DroverCore
import DroverTesting
import RedisTesting
import Testing

/// PROTOCOL 23, AD.
@Suite("Interoperability: adding")
struct AddingTests {
    @Test("AD1: a job that one client adds is what the other one expects", arguments: Party.allCases)
    func added(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            let began = try await bridge.now()
            #expect(try await bridge.add(producer, "n", ["a": 1]) == "1")
            let ended = try await bridge.now()
            var hash = try await bridge.hash("1")
            let timestamp = try #require(hash.removeValue(forKey: "timestamp").flatMap(Int.init))
            #expect((began...ended).contains(timestamp))
            let options = try JSON(parsing: hash.removeValue(forKey: "opts") ?? "")
            // Python compares this number, and Node and Python always store it.
            #expect(options["attempts"].integer != nil)
            #expect(hash == ["name": "n", "data": #"{"a":1}"#, "delay": "0", "priority": "0"])
            #expect(try await bridge.suffixes() == ["id", "meta", "wait", "marker", "events", "1"])
            #expect(try await bridge.list("wait") == ["1"])
            #expect(try await bridge.raw("ZRANGE", bridge.key("marker"), "0", "-1", "WITHSCORES") == [["0", 0]])
            #expect(try await bridge.raw("HGETALL", bridge.key("meta")) == ["opts.maxLenEvents": "10000"])
            #expect(try await bridge.story("1") == [["event": "added", "name": "n"], ["event": "waiting"]])

            let theirs = try await bridge.ask("getJob", ["job": "1"])
            #expect(theirs["name"] == "n" && theirs["data"] == ["a": 1] && theirs["timestamp"] == .integer(timestamp))
            #expect(theirs["attemptsMade"] == 0 && theirs["delay"] == 0 && theirs["priority"] == 0)
            let ours = try await bridge.record("1")
            #expect(ours.name == "n" && ours.payload.text == #"{"a":1}"# && ours.state == .waiting)
            #expect(ours.createdAt.milliseconds == Int64(timestamp) && ours.options == JobOptions())
        }
    }

    private static let variants: [(String, [String: JSON])] = [
        ("wait", [:]), ("wait", ["lifo": true]), ("delayed", ["delay": 60_000]), ("prioritized", ["priority": 2]),
    ]

    @Test("AD2: a large counter stays a whole number in every variant", arguments: Party.allCases, variants)
    func largeCounter(_ producer: Party, _ variant: (String, [String: JSON])) async throws {
        try await Bridge.run { bridge in
            try await bridge.raw("SET", bridge.key("id"), "299999999")
            #expect(try await bridge.add(producer, "n", nil, variant.1) == "300000000")
            #expect(try await bridge.exists("300000000"))
            #expect(try await bridge.places(of: "300000000") == [variant.0])
            #expect(try await bridge.story("300000000").count == 2)
            #expect(try await bridge.add(producer.other) == "300000001")
        }
    }

    @Test("AD3: an id of one's own is the key, and counts all the same", arguments: Party.allCases)
    func ownID(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", nil, ["jobId": "abc"])
            #expect(id == "abc")
            #expect(try await bridge.server.command("GET", bridge.key("id")) == "1")
            #expect(try await bridge.hash("abc")["name"] == "n")
            #expect(try await bridge.add(producer.other) == "2")
        }
    }

    @Test("AD4: adding a known id changes nothing, whoever added it", arguments: Party.allCases, Party.allCases)
    func known(_ first: Party, _ second: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(first, "n", ["a": 1], ["jobId": "abc"])
            let before = try await bridge.hash("abc")
            #expect(try await bridge.add(second, "m", ["a": 2], ["jobId": "abc", "priority": 3]) == "abc")
            #expect(try await bridge.hash("abc") == before)
            #expect(try await bridge.places(of: "abc") == ["wait"])
            #expect(try await bridge.list("wait") == ["abc"])
            #expect(try await bridge.eventNames("abc") == ["added", "waiting", "duplicated"])
            #expect(try await bridge.server.command("GET", bridge.key("id")) == "2")
        }
    }

    @Test("AD5: ids that would meet another key are refused, and those of a client that checks none do no harm")
    func ids() async throws {
        try await Bridge.run { bridge in
            for id in ["12", "0", "0:x", "a:b", "wait", "de"] {
                let job = NewJob(id: try JobID(id), name: "n")
                guard case .refused = try await bridge.store.enqueue(bridge.queue, [job])[0] else {
                    Issue.record("\(id) was accepted")
                    continue
                }
            }
            #expect(try await bridge.suffixes().isEmpty)
            #expect(try await bridge.add(.swift, "n", nil, ["jobId": "a:b:c"]) == "a:b:c")
            // Python checks no ids: a number is passed over when it would be generated, and all are run.
            for id in ["4", "x:y"] { try await bridge.add(.python, "n", nil, ["jobId": .string(id)]) }
            #expect(try await bridge.addBulk(.swift, [.init(), .init()]).allSatisfy { $0 != "4" })
            try await bridge.working(.swift) { try await bridge.ended(5) }
            #expect(try await bridge.counts(.python) == ["completed": 5])
        }
    }

    private static let payloads: [(JSON?, String)] = [
        (nil, "{}"), (0, "0"), ("text", #""text""#), ([1, ["x": nil]], #"[1,{"x":null}]"#),
        (["ü": "\u{1F600}/\n"], ""), (["n": 1.5, "big": 9_007_199_254_740_991], ""),
    ]

    @Test("AD6: data of every kind arrives at the other client's worker", arguments: Party.allCases, payloads)
    func data(_ producer: Party, _ payload: (JSON?, String)) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", payload.0)
            let stored = try await bridge.hash(id)["data"] ?? ""
            if !payload.1.isEmpty { #expect(stored == payload.1) }
            let expected = payload.0 ?? [:]
            switch producer.other {
            case .swift:
                let worker = SwiftWorker(bridge.store, bridge.queue, WorkerSettings(), gates: bridge.gates)
                let seen = try await worker.payloads.wait()[0]
                #expect(try JSON(parsing: seen) == expected)
                #expect(seen == stored)
                try await worker.stop()
            case .python:
                try await bridge.working(.python) {
                    #expect(try await bridge.told("active")[0]["data"] == expected)
                    try await bridge.ended(1)
                }
            }
        }
    }

    @Test("AD7: a priority beyond what a score holds is refused, and the largest is not", arguments: Party.allCases)
    func priorities(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            await #expect(throws: Bridge.Surprise.self) {
                try await bridge.add(.swift, "n", nil, ["priority": 2_097_152])
            }
            for producer in Party.allCases { try await bridge.add(producer, "n", nil, ["priority": 2_097_151]) }
            #expect(try await bridge.score("prioritized", "1") == 2_097_151 << 32 + 1)
            #expect(try await bridge.score("prioritized", "2") == 2_097_151 << 32 + 2)
            try await bridge.working(worker) { try await bridge.ended(2) }
            #expect(try await bridge.begun() == ["1", "2"])
        }
    }

    @Test("AD8: a payload of too many bytes is refused, and nothing is stored")
    func size() async throws {
        try await Bridge.run { bridge in
            // BullMQ's `sizeLimit` of one job is a limit of the service here.
            let service = JobService(store: bridge.store, configuration: ServiceConfiguration(maxPayloadBytes: 20))
            let jobs = [#""0123456789012345ü""#, #""0123456789012345üx""#].map {
                NewJob(name: "n", payload: JSONText(trusted: $0))
            }
            let results = try await service.add(jobs, to: bridge.queue)
            #expect(results[0].id?.text == "1" && results[1].id == nil)
            #expect(try await bridge.list("wait") == ["1"])
        }
    }

    @Test("AD9: options are stored under BullMQ's names, and read by both clients", arguments: Party.allCases)
    func options(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            var given: [String: JSON] = [
                "attempts": 3, "backoff": 1000, "keepLogs": 5, "stackTraceLimit": 2, "priority": 7,
                "removeOnComplete": ["age": 60, "count": 9], "removeOnFail": false,
            ]
            if producer == .python { given["failParentOnFailure"] = true }
            let id = try await bridge.add(producer, "n", nil, given)
            let stored = try JSON(parsing: try await bridge.hash(id)["opts"] ?? "")
            #expect(stored["backoff"] == ["type": "fixed", "delay": 1000] && stored["kl"] == 5)
            if producer == .python { #expect(stored["fpof"] == true) }

            let theirs = try await bridge.ask("getJob", ["job": .string(id)])["opts"]
            given["backoff"] = ["type": "fixed", "delay": 1000]
            for (name, value) in given { #expect(theirs[name] == value, "\(name)") }
            let ours = try await bridge.record(id).options
            var expected = JobOptions(attempts: 3, backoff: .fixed(.seconds(1)), priority: 7)
            expected.keepLogs = 5
            expected.stackTraceLimit = 2
            expected.completedRetention = Retention(count: 9, age: .seconds(60))
            expected.failedRetention = .keepAll
            #expect(ours == expected)
        }
    }

    @Test("AD10: a lifo job is run before those that wait", arguments: Party.allCases, Party.allCases)
    func lifo(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<2 { try await bridge.add(producer) }
            try await bridge.add(producer.other, "n", nil, ["lifo": true])
            #expect(try await bridge.list("wait") == ["2", "1", "3"])
            try await bridge.working(worker) { try await bridge.ended(3) }
            #expect(try await bridge.begun() == ["3", "1", "2"])
        }
    }

    @Test("AD11: of several jobs added at once each enters its state, and ids come in order", arguments: Party.allCases)
    func bulk(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            let ids = try await bridge.addBulk(
                producer, [.init(), .init(options: ["priority": 4]), .init(options: ["delay": 60_000])])
            #expect(ids == ["1", "2", "3"])
            for party in Party.allCases {
                for (id, state) in zip(ids, ["waiting", "prioritized", "delayed"]) {
                    #expect(try await bridge.state(party, id) == state)
                }
                #expect(try await bridge.counts(party) == ["waiting": 1, "prioritized": 1, "delayed": 1])
            }
            let record = try await bridge.record("3")
            let due = try #require(record.dueAt).milliseconds
            #expect(due == record.createdAt.milliseconds + 60_000)
            #expect(try await bridge.score("delayed", "3") == Int(due) * 4096)
        }
    }
}
