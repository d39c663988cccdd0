import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, RT.
@Suite("Interoperability: retries")
struct RetryTests {
    private static let failing: JSON = ["do": "fail", "message": "boom"]

    /// Drover puts the job behind all that wait and BullMQ as well: left in `wait`.
    @Test("RT1: a job without backoff goes to the back at once", arguments: Party.allCases, Party.allCases)
    func atOnce(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", ["steps": [bridge.gate("g"), Self.failing]], ["attempts": 2])
            let next = try await bridge.add(producer)
            try await bridge.working(worker) {
                try await bridge.heard("active", id)
                try await bridge.openGate("g")
                try await bridge.ended(2)
            }
            #expect(try await bridge.begun() == [id, next, id])
            let story = try await bridge.story(id)
            #expect(
                story.compactMap { $0["event"] }
                    == ["added", "waiting", "active", "waiting", "active", "failed", "retries-exhausted"])
            #expect(story[3] == ["event": "waiting", "prev": "active"])
            let hash = try await bridge.hash(id)
            #expect(hash["atm"] == "2" && hash["failedReason"] == "boom")
            #expect(try JSON(parsing: hash["stacktrace"] ?? "").list.count == 2)
        }
    }

    @Test("RT1: the next attempt may be the other client's", arguments: Party.allCases)
    func acrossClients(_ first: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(first, "n", Self.failing, ["attempts": 3, "backoff": 3_600_000])
            for (number, worker) in [first, first.other, first].enumerated() {
                try await bridge.working(worker) {
                    if number < 2 {
                        try await bridge.heard("delayed", id, times: number + 1)
                    } else {
                        try await bridge.heard("failed", id)
                    }
                }
                let hash = try await bridge.hash(id)
                #expect(hash["atm"] == String(number + 1) && hash["ats"] == String(number + 1))
                #expect(try JSON(parsing: hash["stacktrace"] ?? "").list.count == number + 1)
                if number < 2 { try await bridge.promote(worker, id) }
            }
            #expect(try await bridge.record(id).stacktrace.count == 3)
            #expect(try await bridge.ask("getJob", ["job": .string(id)])["stacktrace"].list.count == 3)
        }
    }

    @Test("RT2: a job with backoff is delayed", arguments: Party.allCases, Party.allCases)
    func fixed(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", Self.failing, ["attempts": 3, "backoff": 600_000])
            let began = try await bridge.now()
            try await bridge.working(worker) { try await bridge.heard("delayed", id) }
            let hash = try await bridge.hash(id)
            #expect(hash["delay"] == "600000" && hash["atm"] == "1" && hash["failedReason"] == "boom")
            let due = try #require(try await bridge.score("delayed", id)) / 4096
            #expect((began + 600_000...(try await bridge.now()) + 600_000).contains(due))
            #expect(try await bridge.story(id).last == ["event": "delayed", "delay": String(due)])
            #expect(try await bridge.record(id).dueAt?.milliseconds == Int64(due))
            #expect(try await !bridge.exists("\(id):lock"))
        }
    }

    @Test("RT3: exponential waits double", arguments: Party.allCases, Party.allCases)
    func exponential(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let backoff: JSON = ["type": "exponential", "delay": 100_000]
            let id = try await bridge.add(producer, "n", Self.failing, ["attempts": 4, "backoff": backoff])
            try await bridge.working(worker) {
                for (number, delay) in ["100000", "200000", "400000"].enumerated() {
                    try await bridge.heard("delayed", id, times: number + 1)
                    #expect(try await bridge.hash(id)["delay"] == delay)
                    try await bridge.promote(worker.other, id)
                }
                try await bridge.heard("failed", id)
            }
        }
    }

    /// Python's worker knows no jitter, so only Swift's is asked.
    @Test("RT4: with jitter a wait lies between its share and the whole")
    func jitter() async throws {
        try await Bridge.run { bridge in
            let backoff: JSON = ["type": "fixed", "delay": 1_000_000, "jitter": 0.5]
            let ids = try await bridge.addBulk(
                .python,
                Array(repeating: .init(data: Self.failing, options: ["attempts": 2, "backoff": backoff]), count: 8))
            try await bridge.working(.swift) { try await bridge.heard("delayed", times: 8) }
            var delays: Set<Int> = []
            for id in ids { delays.insert(try #require(Int(try await bridge.hash(id)["delay"] ?? ""))) }
            #expect(delays.allSatisfy { (500_000...1_000_000).contains($0) })
            #expect(delays.count > 1)
        }
    }

    /// BullMQ's worker asks a strategy of the program's own, which a worker of Swift's does not have.
    @Test("RT5: a backoff of somebody's own type waits its delay, and fails no job")
    func ownType() async throws {
        try await Bridge.run { bridge in
            for backoff: JSON in [["type": "ours", "delay": 700_000, "x": [1]], ["type": "ours"]] {
                try await bridge.add(.python, "n", Self.failing, ["attempts": 2, "backoff": backoff])
            }
            try await bridge.working(.swift) {
                try await bridge.heard("delayed", "1")
                try await bridge.heard("failed", "2")
            }
            #expect(try await bridge.hash("1")["delay"] == "700000")
            #expect(try await bridge.hash("2")["atm"] == "2")
            #expect(try await bridge.hash("2")["failedReason"] == "boom")
        }
    }

    @Test("RT6: as many traces stay as a job says", arguments: Party.allCases, [0, 1])
    func traces(_ worker: Party, _ limit: Int) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(
                worker.other, "n", Self.failing, ["attempts": 3, "stackTraceLimit": .integer(limit)])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let stored = try JSON(parsing: try await bridge.hash(id)["stacktrace"] ?? "")
            #expect(stored.list.count == limit)
            if limit == 0 { #expect(stored == []) }
        }
    }

    @Test("RT7: a finished job is retried by the other client", arguments: Party.allCases, Party.allCases)
    func finished(_ worker: Party, _ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(worker, "n", Self.failing)
            try await bridge.add(worker, "n", ["value": 1])
            try await bridge.working(worker) { try await bridge.ended(2) }
            for (id, state) in [("1", "failed"), ("2", "completed")] {
                try await bridge.retry(party, id, from: state)
                let hash = try await bridge.hash(id)
                for field in ["finishedOn", "processedOn", "failedReason", "returnvalue"] {
                    #expect(hash[field] == nil, "\(field) of \(id)")
                }
                #expect(hash["atm"] == "1" && hash["ats"] == "1")
                #expect(try await bridge.places(of: id) == ["wait"])
                #expect(try await bridge.story(id).last == ["event": "waiting", "prev": state])
            }
            #expect(try await bridge.list("wait") == ["2", "1"])
            for id in ["1", "2"] { try await bridge.updateData(party.other, id, to: ["value": 5]) }
            try await bridge.working(worker.other) { try await bridge.ended(4) }
            for id in ["1", "2"] {
                #expect(try await bridge.hash(id)["atm"] == "2")
                #expect(try await bridge.hash(id)["returnvalue"] == "5")
            }
        }
    }

    @Test("RT7: with its attempts forgotten, and by its priority", arguments: Party.allCases)
    func reset(_ party: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(party.other, "n", Self.failing, ["priority": 3])
            try await bridge.working(party.other) { try await bridge.ended(1) }
            try await bridge.retry(party, id, reset: true)
            let hash = try await bridge.hash(id)
            #expect(hash["atm"] == nil && hash["ats"] == nil)
            #expect(try await bridge.places(of: id) == ["prioritized"])
            #expect(try await bridge.record(id).attemptsMade == 0)
        }
    }

    @Test("RT8: all failed jobs are retried, oldest first", arguments: Party.allCases)
    func all(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<3 { try await bridge.add(worker.other, "n", Self.failing) }
            try await bridge.working(worker) { try await bridge.ended(3) }
            try await bridge.raw("ZINCRBY", bridge.key("failed"), "1000000", "3")
            // Drover has no such call: it retries the jobs of a list.
            try await bridge.ask("retryJobs", ["opts": ["state": "failed"]])
            #expect(try await bridge.list("wait") == ["2", "1"])
            #expect(try await bridge.places(of: "3") == ["failed"])
            for id in ["1", "2"] { #expect(try await bridge.record(id).state == .waiting) }
            try await bridge.working(worker.other) { try await bridge.ended(5) }
            #expect(try await bridge.begun().suffix(2) == ["1", "2"])
        }
    }

    @Test("RT10: a lifo job is tried again before those that wait", arguments: Party.allCases, Party.allCases)
    func lifo(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let next = try await bridge.add(producer)
            let id = try await bridge.add(producer, "n", Self.failing, ["attempts": 2, "lifo": true])
            try await bridge.working(worker) { try await bridge.ended(2) }
            #expect(try await bridge.begun() == [id, id, next])
        }
    }

    @Test("RT9: what has not finished, or is not there, is not retried", arguments: Party.allCases)
    func wrong(_ party: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(party.other)
            let before = try await bridge.hash(id)
            await #expect(throws: (any Error).self) { try await bridge.retry(party, id) }
            await #expect(throws: (any Error).self) { try await bridge.retry(party, "none") }
            #expect(try await bridge.hash(id) == before)
            #expect(try await bridge.list("wait") == [id])
            #expect(try await !bridge.exists("none"))
        }
    }
}
