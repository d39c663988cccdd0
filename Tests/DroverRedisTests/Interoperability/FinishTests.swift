import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, FI.
@Suite("Interoperability: finishing")
struct FinishTests {
    @Test("FI1: a completed job is what the other client expects", arguments: Party.allCases, Party.allCases)
    func completed(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", ["value": ["r": 1]])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let hash = try await bridge.hash(id)
            #expect(hash["returnvalue"] == #"{"r":1}"# && hash["atm"] == "1" && hash["ats"] == "1")
            let finished = try #require(Int(hash["finishedOn"] ?? ""))
            #expect(try await bridge.score("completed", id) == finished)
            #expect(try await bridge.places(of: id) == ["completed"])
            #expect(try await !bridge.exists("\(id):lock"))
            #expect(try await !bridge.exists("stalled"))
            let end = ["event": "completed", "returnvalue": #"{"r":1}"#, "prev": "active"]
            #expect(try await bridge.story(id).last == end)

            let theirs = try await bridge.ask("getJob", ["job": .string(id)])
            #expect(theirs["returnvalue"] == ["r": 1] && theirs["attemptsMade"] == 1)
            #expect(theirs["finishedOn"].integer == finished)
            let ours = try await bridge.record(id)
            #expect(ours.state == .completed && ours.result?.text == #"{"r":1}"# && ours.attemptsMade == 1)
            #expect(ours.finishedAt?.milliseconds == Int64(finished))
        }
    }

    @Test("FI2: a job without a result has null", arguments: Party.allCases, Party.allCases)
    func nothing(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer)
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await bridge.hash(id)["returnvalue"] == "null")
            #expect(try await bridge.story(id).last?["returnvalue"] == "null")
            #expect(try await bridge.record(id).result == .null)
        }
    }

    @Test("FI3: who does not hold a job can't complete it", arguments: [nil, "DEL", "SET", "LREM"])
    func notHeld(_ how: String?) async throws {
        try await Bridge.run { bridge in
            // One job of Swift's and one of Python's, with the same thing done to both.
            for _ in 0..<2 { try await bridge.add(.python) }
            let ours = try #require(try await bridge.claim(token: "s").first)
            #expect(try await bridge.take(.python, token: "p") == "2")
            switch how {
            case "DEL":
                for id in ["1", "2"] {
                    try await bridge.raw("DEL", bridge.key("\(id):lock"))
                    try await bridge.raw("LREM", bridge.key("active"), "1", id)
                }
            case "SET": for id in ["1", "2"] { try await bridge.raw("SET", bridge.key("\(id):lock"), "other") }
            case "LREM": for id in ["1", "2"] { try await bridge.raw("LREM", bridge.key("active"), "1", id) }
            default: for id in ["1", "2"] { try await bridge.raw("DEL", bridge.key(id)) }
            }
            let status = try await bridge.settle(ours, .completed(.null))
            #expect(status == .leaseLost || how == nil)
            await #expect(throws: PythonPeer.Failed.self) {
                try await bridge.ask("complete", ["job": "2", "token": "p"])
            }
            if how != nil { #expect(try await !bridge.exists("completed")) }
        }
    }

    @Test("FI4: a job that fails with its last attempt is failed", arguments: Party.allCases, Party.allCases)
    func failed(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", ["do": "fail", "message": "boom \"ü\" /"])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let hash = try await bridge.hash(id)
            #expect(hash["failedReason"] == "boom \"ü\" /" && hash["atm"] == "1" && hash["returnvalue"] == nil)
            let traces = try JSON(parsing: hash["stacktrace"] ?? "").list
            #expect(traces.count == 1 && traces[0].string != nil)
            #expect(try await bridge.score("failed", id) == Int(hash["finishedOn"] ?? ""))
            #expect(
                try await bridge.story(id).suffix(2) == [
                    ["event": "failed", "failedReason": "boom \"ü\" /", "prev": "active"],
                    ["event": "retries-exhausted", "attemptsMade": "1"],
                ])
            #expect(try await bridge.record(id).stacktrace.count == 1)
            let theirs = try await bridge.ask("getJob", ["job": .string(id)])
            #expect(theirs["failedReason"] == "boom \"ü\" /" && theirs["stacktrace"].list.count == 1)
        }
    }

    @Test("FI5: an unrecoverable error leaves no further attempt", arguments: Party.allCases, Party.allCases)
    func unrecoverable(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", ["do": "unrecoverable", "message": "no"], ["attempts": 3])
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await bridge.eventNames(id) == ["added", "waiting", "active", "failed"])
            for reader in Party.allCases { #expect(try await bridge.state(reader, id) == "failed") }
            #expect(try await bridge.hash(id)["atm"] == "1")
        }
    }

    @Test(
        "FI6: of a job that is removed when it completes only the event stays", arguments: Party.allCases,
        Party.allCases)
    func removed(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let steps: JSON = [["do": "log", "row": "x"], ["value": 7]]
            let id = try await bridge.add(producer, "n", ["steps": steps], ["removeOnComplete": true])
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await bridge.story(id).last == ["event": "completed", "returnvalue": "7", "prev": "active"])
            let left = try await bridge.suffixes().filter { $0.hasPrefix(id) || $0 == "completed" }
            #expect(left.isEmpty)
        }
    }

    @Test("FI7: of completed jobs as many stay as a job says", arguments: Party.allCases, Party.allCases)
    func kept(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<5 { try await bridge.add(producer, "n", nil, ["removeOnComplete": 2]) }
            try await bridge.working(worker) { try await bridge.ended(5) }
            #expect(try await bridge.members("completed") == ["4", "5"])
            #expect(try await bridge.hashes() == ["4", "5"])
        }
    }

    /// Of Node's `limit` neither Python's worker nor Drover knows: Drover removes oldest first, at most a thousand with
    /// one exchange.
    @Test("FI8: completed jobs beyond an age are removed when another one completes", arguments: Party.allCases)
    func aged(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<6 { try await bridge.add(worker.other) }
            try await bridge.working(worker.other) { try await bridge.ended(6) }
            for id in 1...6 {
                try await bridge.raw("ZINCRBY", bridge.key("completed"), "-11000", String(id))
            }
            try await bridge.add(worker.other, "n", nil, ["removeOnComplete": ["age": 10, "limit": 2]])
            try await bridge.working(worker) { try await bridge.ended(7) }
            let kept = try await bridge.members("completed")
            #expect(kept == ["7"])
            #expect(try await bridge.hashes() == kept)
        }
    }

    @Test("FI9: a worker's rule speaks for jobs that have none", arguments: Party.allCases, Party.allCases)
    func workersRule(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            for number in 1...5 {
                // The last one but one says for itself that it leaves nothing.
                try await bridge.add(producer, "n", nil, number == 4 ? ["removeOnComplete": true] : [:])
            }
            try await bridge.add(producer, "n", ["do": "fail"])
            try await bridge.working(worker, WorkerSettings(keepCompleted: 3, keepFailed: 0)) {
                try await bridge.ended(6)
            }
            #expect(try await bridge.members("completed") == ["2", "3", "5"])
            #expect(try await !bridge.exists("failed"))
            #expect(try await !bridge.exists("6"))
        }
    }

    @Test("FI10: a queue is drained once", arguments: Party.allCases, Party.allCases)
    func drained(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<3 { try await bridge.add(producer) }
            try await bridge.working(worker) { try await bridge.ended(3) }
            let names = try await bridge.stream().compactMap { $0["event"] }
            #expect(names.count { $0 == "drained" } == 1)
            #expect(names.last == "drained")
        }
    }
}
