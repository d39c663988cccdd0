import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, ST.
@Suite("Interoperability: stalled jobs")
struct StalledTests {
    @Test("ST1: a job whose lock is gone is put back by either client", arguments: Party.allCases, Party.allCases)
    func putBack(_ holder: Party, _ checker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(holder.other)
            try await bridge.add(holder.other)
            #expect(try await bridge.take(holder) == id)
            // It is suspected at one check and put back at the next.
            for _ in 0..<2 {
                try await bridge.expire(id)
                try await bridge.checkStalled(checker)
            }
            #expect(try await bridge.list("wait") == ["2", id])
            #expect(try await bridge.list("active").isEmpty)
            let hash = try await bridge.hash(id)
            #expect(hash["stc"] == "1" && hash["atm"] == nil)
            #expect(
                try await bridge.story(id).suffix(2) == [["event": "waiting", "prev": "active"], ["event": "stalled"]])
            #expect(try await bridge.record(id).stalls == 1)
            #expect(try await bridge.ask("getJob", ["job": .string(id)])["stalledCounter"] == 1)
            try await bridge.working(checker.other) { try await bridge.ended(2) }
            let after = try await bridge.hash(id)
            #expect(after["ats"] == "2" && after["atm"] == "1")
        }
    }

    @Test("ST1: checks of both clients count together", arguments: Party.allCases, Party.allCases)
    func together(_ holder: Party, _ first: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(holder)
            #expect(try await bridge.take(holder) == id)
            for checker in [first, first.other] {
                try await bridge.expire(id)
                try await bridge.checkStalled(checker)
            }
            #expect(try await bridge.places(of: id) == ["wait"])
            #expect(try await bridge.hash(id)["stc"] == "1")
        }
    }

    @Test("ST1: the late outcome of a job that the other client put back is not taken")
    func late() async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(.python)
            let claimed = try #require(try await bridge.claim().first)
            for _ in 0..<2 {
                try await bridge.expire(id)
                try await bridge.checkStalled(.python)
            }
            #expect(try await bridge.settle(claimed, .completed(.null)) == .leaseLost)
            #expect(try await bridge.store.renew([claimed.lease]) == [.lost])
            #expect(try await bridge.take(.python, token: "p") == id)
            #expect(try await bridge.settle(claimed, .completed(.null)) == .leaseLost)
            #expect(try await bridge.server.command("GET", bridge.key("\(id):lock")) == "p")
            try await bridge.ask("complete", ["job": .string(id), "token": "p", "value": 3])
            #expect(try await bridge.record(id).result?.text == "3")
        }
    }

    @Test("ST2: a job whose lock was renewed meanwhile stays", arguments: Party.allCases, Party.allCases)
    func renewed(_ holder: Party, _ checker: Party) async throws {
        // The client that all tests share is too busy to renew in time.
        try await Bridge.run(ownPeer: true) { bridge in
            let id = try await bridge.add(checker, "n", bridge.gate("g"))
            try await bridge.working(holder) {
                try await bridge.heard("active", id)
                // Suspected; with the next renewal it is no more.
                try await bridge.raw("SADD", bridge.key("stalled"), id)
                while try await bridge.server.command("SISMEMBER", bridge.key("stalled"), id) == "1" {
                    try await bridge.pass(.milliseconds(50))
                }
                try await bridge.raw("DEL", bridge.key("stalled-check"))
                try await bridge.checkStalled(checker)
                #expect(try await bridge.list("active") == [id])
                try await bridge.openGate("g")
                try await bridge.heard("completed", id)
            }
            #expect(try await bridge.hash(id)["stc"] == nil)
        }
    }

    @Test("ST3: a job that stalled too often is failed by whoever takes it", arguments: Party.allCases, Party.allCases)
    func tooOften(_ checker: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(checker, "n", ["do": "log", "row": "it ran"], ["attempts": 5])
            for round in 1...2 {
                #expect(try await bridge.take(.python, token: "t\(round)") == id)
                for _ in 0..<2 {
                    try await bridge.expire(id)
                    try await bridge.checkStalled(checker, maxStalled: 1)
                }
                #expect(try await bridge.hash(id)["stc"] == String(round))
            }
            let reason = "job stalled more than allowable limit"
            #expect(try await bridge.hash(id)["defa"] == reason)
            try await bridge.working(worker) { try await bridge.ended(1) }
            let hash = try await bridge.hash(id)
            #expect(hash["failedReason"] == reason && hash["defa"] == nil && hash["atm"] == "1")
            #expect(try await !bridge.exists("\(id):logs"))
            #expect(try await bridge.eventNames(id).last == "failed")
            #expect(try await bridge.record(id).failedReason == reason)
        }
    }

    @Test("ST4: a job of a schedule does not fail by stalls while there is the schedule", arguments: Party.allCases)
    func ofSchedule(_ checker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.schedule(checker, "s", ["every": 3_600_000])
            let slot = try #require(try await bridge.score("repeat", "s"))
            let id = "repeat:s:\(slot)"
            if try await bridge.places(of: id) == ["delayed"] { try await bridge.promote(checker, id) }
            for round in 1...7 {
                if round == 6 { try await bridge.removeSchedule(checker.other, "s") }
                #expect(try await bridge.take(.python, token: "t\(round)") == id)
                for _ in 0..<2 {
                    try await bridge.expire(id)
                    try await bridge.checkStalled(checker, maxStalled: 1)
                }
                let hash = try await bridge.hash(id)
                #expect(hash["stc"] == String(round))
                let failure: String? = round < 6 ? nil : "job stalled more than allowable limit"
                #expect(hash["defa"] == failure)
            }
        }
    }

    @Test("ST5: of two checks within an interval the second does nothing", arguments: Party.allCases)
    func once(_ first: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(first)
            #expect(try await bridge.take(.python) == id)
            try await bridge.raw("DEL", bridge.key("\(id):lock"))
            for checker in [first, first.other, first, first.other] { try await bridge.checkStalled(checker) }
            #expect(try await bridge.list("active") == [id])
            let lasts = try #require(Int(try await bridge.server.command("PTTL", bridge.key("stalled-check"))))
            #expect((1...30_000).contains(lasts))
        }
    }

    /// ST6 waits for flows.
    @Test("A Python worker that is killed loses its job to a Swift one")
    func pythonKilled() async throws {
        try await Bridge.run(["stalledInterval": "1"], ownPeer: true) { bridge in
            let id = try await bridge.add(.swift, "n", bridge.gate("g"))
            try await bridge.ask("work", ["opts": WorkerSettings(lock: 500).options])
            try await bridge.heard("active", id)
            try await bridge.peer.kill()
            bridge.gates.open("\(bridge.queue.text)-g")
            let worker = SwiftWorker(
                bridge.store, bridge.queue, WorkerSettings(stalledInterval: 300), gates: bridge.gates)
            try await bridge.heard("completed", id)
            try await worker.stop()
            let record = try await bridge.record(id)
            #expect(record.stalls == 1 && record.attemptsStarted == 2 && record.attemptsMade == 1)
        }
    }

    @Test("A Swift worker that is killed loses its job to a Python one")
    func swiftKilled() async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(.python, "n", ["do": "hang"])
            let worker = try await WorkerProcess.start(
                bridge.server, prefix: bridge.prefix, queues: [bridge.queue], lease: .seconds(600))
            try await bridge.heard("active", id)
            try await bridge.updateData(.python, id, to: ["value": 4])
            try await worker.kill()
            try await bridge.expire(id)
            try await bridge.working(.python, WorkerSettings(stalledInterval: 500)) {
                try await bridge.heard("completed", id)
            }
            let theirs = try await bridge.ask("getJob", ["job": .string(id)])
            #expect(theirs["stalledCounter"] == 1 && theirs["attemptsStarted"] == 2 && theirs["returnvalue"] == 4)
        }
    }
}
