import DroverCore
import Foundation
import RedisTesting
import Testing

/// PROTOCOL 23, SK2, and 19.2: what Bull Board reads past any client's calls, on data that Drover wrote. The board itself runs on
/// Node, in no registry that tests use; what it asks by calls of a client is in the other suites.
@Suite("Interoperability: Bull Board")
struct BoardTests {
    @Test("SK2: a failed job has the fields of the list and the detail, and its traces, logs and points")
    func job() async throws {
        try await Bridge.run(["bullmqWorkers": "1", "metrics": "5"]) { bridge in
            let steps: JSON = ["steps": [["do": "log", "row": "a line"], ["do": "fail", "message": "no"]]]
            try await bridge.add(.swift, "n", steps, ["attempts": 1])
            try await bridge.working(.swift) {
                try await bridge.ended(1)
                // The board says that nobody consumes a queue without a connection of this name. It is opened beside the work.
                let name = "name=\(bridge.prefix):\(Data(bridge.queue.text.utf8).base64EncodedString())"
                func isShown() async throws -> Bool {
                    let clients = try await bridge.server.command("CLIENT", "LIST")
                    return clients.contains("\(name) ") || clients.contains("\(name):w:")
                }
                var looks = 0
                while try await !isShown(), looks < 3000 {
                    looks += 1
                    try await bridge.pass(.milliseconds(20))
                }
                #expect(looks < 3000)
            }
            let hash = try await bridge.hash("1")
            for field in ["name", "data", "opts", "timestamp", "processedOn", "finishedOn", "atm", "failedReason"] {
                #expect(hash[field]?.isEmpty == false, "\(field)")
            }
            #expect(hash["failedReason"]?.contains("no") == true)
            #expect(try JSON(parsing: #require(hash["stacktrace"])).list.allSatisfy { $0.string != nil })
            #expect(try JSON(parsing: #require(hash["opts"]))["attempts"].integer == 1)
            #expect(try await bridge.list("1:logs") == ["a line"])
            #expect(try await bridge.score("failed", "1") == Int(#require(hash["finishedOn"])))
            #expect(try await bridge.raw("HGET", bridge.key("metrics:failed"), "count").string == "1")
        }
    }

    @Test("SK2: the tree of a flow is climbed by the options of its children")
    func tree() async throws {
        try await Bridge.run { bridge in
            let leaf = ChildJob(bridge.queue, NewJob(id: try .custom("leaf"), name: "n"))
            let middle = ChildJob(bridge.queue, NewJob(id: try .custom("middle"), name: "n", children: [leaf]))
            let root = NewJob(id: try .custom("root"), name: "n", children: [middle])
            #expect(try await bridge.store.enqueue(bridge.queue, [root]).first?.problem == nil)
            for (child, parent) in [("leaf", "middle"), ("middle", "root")] {
                let options = try JSON(parsing: #require(try await bridge.hash(child)["opts"]))
                #expect(options["parent"]["id"].string == parent)
                #expect(options["parent"]["queue"].string == "\(bridge.prefix):\(bridge.queue.text)")
            }
            #expect(try JSON(parsing: #require(try await bridge.hash("root")["opts"]))["parent"] == .null)
        }
    }

    @Test("SK2: a schedule has its fields, and its next run is a job with the id of its score")
    func schedule() async throws {
        try await Bridge.run { bridge in
            let offset = try await bridge.farOffset(every: 3_600_000)
            try await bridge.schedule(.swift, "s", ["every": 3_600_000, "offset": offset], data: ["a": 1])
            let hash = try await bridge.schedulerHash("s")
            #expect(hash["name"] == "tick" && hash["every"] == "3600000" && hash["ic"] == "1")
            #expect(hash["data"].map { try? JSON(parsing: $0) } == .some(["a": 1]))
            let score = try #require(try await bridge.score("repeat", "s"))
            let run = try await bridge.hash("repeat:s:\(score)")
            #expect(run["name"] == "tick" && run["timestamp"].flatMap(Int.init) != nil)
            #expect(try JSON(parsing: #require(run["opts"]))["repeat"]["every"].integer == 3_600_000)
        }
    }

    @Test("SK2: a paused queue and its concurrency are told by its settings")
    func switches() async throws {
        try await Bridge.run { bridge in
            let settings: [QueueSetting] = [.pause(bridge.queue), .concurrency(bridge.queue, 3)]
            #expect(try await bridge.store.configure(settings) == [.done, .done])
            var meta = try await bridge.hash("meta")
            #expect(meta["paused"] != nil && meta["concurrency"] == "3")
            _ = try await bridge.store.configure([.resume(bridge.queue), .concurrency(bridge.queue, nil)])
            meta = try await bridge.hash("meta")
            #expect(meta["paused"] == nil && meta["concurrency"] == nil)
        }
    }
}
