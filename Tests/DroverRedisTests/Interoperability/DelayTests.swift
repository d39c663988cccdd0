import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, DE.
@Suite("Interoperability: delays")
struct DelayTests {
    @Test("DE1: a delayed job is run when it is due, and not before", arguments: Party.allCases, Party.allCases)
    func due(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            // A Swift worker looks again only when the job is due; Python's own wait is of whole seconds (PROTOCOL 21).
            try await bridge.working(worker, WorkerSettings(idle: worker == .swift ? 600 : nil)) {
                // The worker is idle already.
                let warm = try await bridge.add(producer)
                try await bridge.heard("completed", warm)
                let id = try await bridge.add(producer, "n", nil, ["delay": 1000])
                let hash = try await bridge.hash(id)
                let due = try #require(Int(hash["timestamp"] ?? "")) + 1000
                #expect(
                    try await bridge.story(id).prefix(2) == [
                        ["event": "added", "name": "n"], ["event": "delayed", "delay": String(due)],
                    ])
                try await bridge.heard("completed", id)
                let processed = try await bridge.record(id).processedAt
                let late = Int(try #require(processed).milliseconds) - due
                #expect((0...200_000).contains(late), "\(late) ms late")
                #expect(try await bridge.hash(id)["delay"] == "0")
                #expect(try await bridge.story(id)[2] == ["event": "waiting", "prev": "delayed"])
            }
        }
    }

    @Test("DE1: a delayed job has BullMQ's score and marker", arguments: Party.allCases)
    func score(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", nil, ["delay": 500_000])
            let due = try #require(Int(try await bridge.hash(id)["timestamp"] ?? "")) + 500_000
            #expect(try await bridge.score("delayed", id) == due * 4096)
            #expect(try await bridge.members("marker") == ["1"])
            #expect(try await bridge.score("marker", "1") == due)
            #expect(try await bridge.record(id).dueAt?.milliseconds == Int64(due))
        }
    }

    @Test("DE2: jobs due in the same millisecond are run in the order of entry", arguments: Party.allCases)
    func together(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let due = try await bridge.now() + 60_000
            for number in 0..<6 {
                if number % 2 == 0 {
                    let job = NewJob(name: "n", start: .at(Timestamp(milliseconds: Int64(due))))
                    _ = try await bridge.store.enqueue(bridge.queue, [job])
                } else {
                    let timestamp = due - 60_000
                    try await bridge.add(
                        .python, "n", nil, ["delay": 60_000, "timestamp": .integer(timestamp)])
                }
            }
            let ids = (1...6).map(String.init)
            for (place, id) in ids.enumerated() {
                #expect(try await bridge.score("delayed", id) == due * 4096 + place)
            }
            // All of them are due now.
            for id in ids { try await bridge.raw("ZINCRBY", bridge.key("delayed"), "-409600000", id) }
            try await bridge.working(worker) { try await bridge.ended(6) }
            #expect(try await bridge.begun() == ids)
        }
    }

    @Test("DE3: an idle worker learns of a job that is due sooner", arguments: Party.allCases, Party.allCases)
    func sooner(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(producer, "late", nil, ["delay": 3_600_000])
            try await bridge.working(worker) {
                let warm = try await bridge.add(producer)
                try await bridge.heard("completed", warm)
                let id = try await bridge.add(producer.other, "soon", nil, ["delay": 300])
                try await bridge.heard("completed", id)
                #expect(try await bridge.record("1").state == .delayed)
            }
        }
    }

    @Test("DE4: in a paused queue a due job moves to waiting and is not run", arguments: Party.allCases, Party.allCases)
    func paused(_ pauser: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.setPaused(pauser, true)
            let id = try await bridge.add(worker.other, "n", nil, ["delay": 60_000])
            try await bridge.raw("ZINCRBY", bridge.key("delayed"), "-409600000", id)
            #expect(try await bridge.take(worker) == nil)
            #expect(try await bridge.places(of: id) == ["wait"])
            #expect(try await bridge.hash(id)["delay"] == "0")
            try await bridge.working(worker) {
                try await bridge.setPaused(pauser.other, false)
                try await bridge.ended(1)
            }
        }
    }

    @Test("DE5: a delayed job is promoted, once", arguments: Party.allCases, Party.allCases)
    func promoted(_ producer: Party, _ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(producer)
            try await bridge.add(producer, "n", nil, ["delay": 60_000])
            try await bridge.add(producer, "n", nil, ["delay": 60_000, "priority": 6])
            for id in ["2", "3"] {
                try await bridge.promote(party, id)
                #expect(try await bridge.hash(id)["delay"] == "0")
                #expect(try await bridge.story(id).last == ["event": "waiting", "prev": "delayed"])
                await #expect(throws: (any Error).self) { try await bridge.promote(party, id) }
            }
            #expect(try await bridge.list("wait") == ["2", "1"])
            #expect(try await bridge.score("prioritized", "3") == 6 << 32 + 1)
            try await bridge.working(party.other) { try await bridge.ended(3) }
        }
    }

    @Test("DE5: all delayed jobs that Python promotes are Swift's to run", arguments: Party.allCases)
    func promotedAll(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<3 { try await bridge.add(producer, "n", nil, ["delay": 600_000]) }
            try await bridge.ask("promoteJobs")
            try await bridge.working(.swift) { try await bridge.ended(3) }
            #expect(try await bridge.begun() == ["1", "2", "3"])
        }
    }

    @Test("A job that one client's worker postpones is the other's when it is due", arguments: Party.allCases)
    func postponed(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(worker.other, "n", ["do": "postpone", "ms": 600_000])
            let began = try await bridge.now()
            try await bridge.working(worker) { try await bridge.heard("delayed", id) }
            let due = try #require(try await bridge.score("delayed", id)) / 4096
            #expect((began + 600_000...(try await bridge.now()) + 600_000).contains(due))
            let hash = try await bridge.hash(id)
            #expect(hash["ats"] == "1" && hash["atm"] == nil && hash["failedReason"] == nil)
            #expect(try await bridge.story(id).last == ["event": "delayed", "delay": String(due)])
            try await bridge.promote(worker, id)
            try await bridge.working(worker.other) { try await bridge.ended(1) }
            let after = try await bridge.hash(id)
            #expect(after["ats"] == "2" && after["atm"] == "1")
        }
    }

    /// Python's client offers no such call.
    @Test("DE6: a delayed job gets another delay, counted from now", arguments: Party.allCases)
    func changed(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(producer, "n", nil, ["delay": 60_000])
            let began = try await bridge.now()
            try await bridge.apply(.changeDelay(try bridge.jobKey(id), to: .milliseconds(9000)))
            let due = try #require(try await bridge.score("delayed", id)) / 4096
            #expect((began + 9000...(try await bridge.now()) + 9000).contains(due))
            #expect(try await bridge.score("marker", "1") == due)
            #expect(try await bridge.ask("getJob", ["job": .string(id)])["delay"] == 9000)
            #expect(try await bridge.story(id).last == ["event": "delayed", "delay": String(due)])
            try await bridge.promote(.python, id)
            await #expect(throws: Bridge.Surprise.self) {
                try await bridge.apply(.changeDelay(try bridge.jobKey(id), to: .seconds(1)))
            }
        }
    }

    @Test("DE7: a delayed job whose markers are lost is run all the same", arguments: Party.allCases)
    func lostMarkers(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.working(worker) {
                let id = try await bridge.add(worker.other, "n", nil, ["delay": 400])
                try await bridge.raw("DEL", bridge.key("marker"))
                try await bridge.heard("completed", id)
            }
        }
    }

    @Test("DE8: a delayed job with a priority enters that when it is due", arguments: Party.allCases, Party.allCases)
    func priority(_ producer: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.setPaused(producer, true)
            let id = try await bridge.add(producer, "n", nil, ["delay": 60_000, "priority": 3])
            try await bridge.raw("ZINCRBY", bridge.key("delayed"), "-409600000", id)
            #expect(try await bridge.take(worker) == nil)
            #expect(try await bridge.score("prioritized", id) == 3 << 32 + 1)
        }
    }
}
