import DroverCore
import RedisTesting
import Testing

/// PROTOCOL 23, RM. RM2 with locked children, and RM7, wait for flows; an active job is never removed by hand (RM3,
/// docs/store-contract.md).
@Suite("Interoperability: removing")
struct RemovingTests {
    @Test("RM1: a job is removed from every state", arguments: Party.allCases, Party.allCases)
    func removed(_ producer: Party, _ party: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(producer, "n", ["do": "log", "row": "x"])
            try await bridge.add(producer, "n", ["do": "fail"])
            try await bridge.working(producer) { try await bridge.ended(2) }
            try await bridge.add(producer)
            try await bridge.add(producer, "n", nil, ["delay": 60_000])
            try await bridge.add(producer, "n", nil, ["priority": 2])
            for (id, state) in [
                ("1", "completed"), ("2", "failed"), ("3", "wait"), ("4", "delayed"), ("5", "prioritized"),
            ] {
                #expect(try await bridge.places(of: id) == [state])
                try await bridge.remove(party, id)
                #expect(try await bridge.story(id).last == ["event": "removed", "prev": state])
                #expect(try await bridge.places(of: id).isEmpty)
                #expect(try await bridge.suffixes().allSatisfy { $0 != id && !$0.hasPrefix(id + ":") })
                #expect(try await bridge.store.jobs([try bridge.jobKey(id)]) == [nil])
                #expect(try await bridge.ask("getJob", ["job": .string(id)]) == .null)
            }
            for reader in Party.allCases { #expect(try await bridge.counts(reader).isEmpty) }
            let events = try await bridge.stream().count
            let answer = try await bridge.store.apply([.remove(try bridge.jobKey("none"))])
            #expect(answer == [.notFound])
            #expect(try await bridge.stream().count == events)
        }
    }

    @Test("RM2: a job that the other client holds is not removed", arguments: Party.allCases)
    func held(_ holder: Party) async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(holder)
            #expect(try await bridge.take(holder) == id)
            let before = try await bridge.hash(id)
            await #expect(throws: Bridge.Surprise.self) { try await bridge.remove(holder.other, id) }
            #expect(try await bridge.hash(id) == before)
            #expect(try await bridge.list("active") == [id])
        }
    }

    @Test("A job that Swift cancels is a failed one to Python")
    func cancelled() async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.python)
            try await bridge.add(.python, "n", bridge.gate("g"))
            try await bridge.apply(.cancel(try bridge.jobKey("1")))
            let theirs = try await bridge.ask("getJob", ["job": "1"])
            #expect(theirs["failedReason"] == "cancelled" && theirs["finishedOn"].integer != nil)
            #expect(try await bridge.state(.python, "1") == "failed")
            try await bridge.working(.python) {
                try await bridge.heard("active", "2")
                // Its worker knows no such request, and goes on.
                let before = try await bridge.hash("2")
                guard case .refused = try await bridge.store.apply([.cancel(try bridge.jobKey("2"))]).first else {
                    Issue.record("a request that nobody hears was taken")
                    return
                }
                #expect(try await bridge.hash("2") == before)
                let held = try await bridge.store.jobs([try bridge.jobKey("2")])
                #expect(held.map { $0?.isHeldElsewhere } == [true])
                try await bridge.openGate("g")
                try await bridge.heard("completed", "2")
            }
        }
    }

    @Test("RM4: completed jobs beyond an age are cleaned, oldest first", arguments: Party.allCases)
    func clean(_ party: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<4 { try await bridge.add(party.other) }
            try await bridge.working(party.other) { try await bridge.ended(4) }
            for (id, age) in [("1", "-8000"), ("2", "-7000"), ("3", "-6000")] {
                try await bridge.raw("ZINCRBY", bridge.key("completed"), age, id)
            }
            switch party {
            case .python:
                let removed = try await bridge.ask("clean", ["grace": 5000, "limit": 2, "type": "completed"])
                #expect(removed == ["1", "2"])
            case .swift:
                let sweep = Sweep.clean(bridge.queue, state: .completed, olderThan: .seconds(5))
                let step = try await bridge.store.sweep(sweep, after: nil, limit: 2)
                #expect(step.removed == 2)
            }
            #expect(try await bridge.stream().last == ["event": "cleaned", "count": "2"])
            #expect(try await bridge.members("completed") == ["3", "4"])
            #expect(try await bridge.hashes() == ["3", "4"])
            #expect(try await bridge.counts(party.other) == ["completed": 2])
        }
    }

    @Test("RM5: jobs of every state are cleaned", arguments: Party.allCases, Party.allCases)
    func cleanStates(_ producer: Party, _ party: Party) async throws {
        try await Bridge.run { bridge in
            for _ in 0..<2 { try await bridge.add(producer) }
            #expect(try await bridge.take(producer, token: "held") == "1")
            #expect(try await bridge.take(.python, token: "lost") == "2")
            try await bridge.raw("DEL", bridge.key("2:lock"))
            try await bridge.add(producer)
            try await bridge.add(producer, "n", nil, ["delay": 600_000])
            try await bridge.add(producer, "n", nil, ["priority": 2])
            let states = [
                ("active", JobState.active, "2"), ("wait", .waiting, "3"), ("delayed", .delayed, "4"),
                ("prioritized", .prioritized, "5"),
            ]
            for (type, state, id) in states {
                switch party {
                case .python:
                    let removed = try await bridge.ask("clean", ["grace": 0, "type": .string(type)])
                    #expect(removed == [.string(id)])
                case .swift:
                    #expect(try await bridge.sweep(.clean(bridge.queue, state: state, olderThan: .zero)) == 1)
                }
                #expect(try await !bridge.exists(id))
                #expect(try await bridge.places(of: id).isEmpty)
            }
            #expect(try await bridge.list("active") == ["1"])
            #expect(try await bridge.counts(party) == ["active": 1])
        }
    }

    @Test("RM6: a queue is drained, and a schedule's next job stays", arguments: Party.allCases)
    func drain(_ party: Party) async throws {
        try await Bridge.run { bridge in
            let every: JSON = ["every": 3_600_000, "offset": 60_000]
            try await bridge.ask("call", ["method": "upsertJobScheduler", "args": ["s", every, "tick"]])
            let pending = try #require(try await bridge.members("delayed").first)
            for producer in Party.allCases {
                try await bridge.add(producer)
                try await bridge.add(producer, "n", nil, ["delay": 600_000])
                try await bridge.add(producer, "n", nil, ["priority": 2])
            }
            try await bridge.drain(party, delayed: false)
            #expect(try await bridge.counts(.python) == ["delayed": 3])
            try await bridge.drain(party, delayed: true)
            #expect(try await bridge.members("delayed") == [pending])
            // By hand it can't be removed either (-8).
            await #expect(throws: (any Error).self) { try await bridge.remove(party, pending) }
            try await bridge.promote(.swift, pending)
            try await bridge.working(.swift) { try await bridge.heard("completed", pending) }
        }
    }

    @Test("RM8: a queue is obliterated when it is paused and nothing runs", arguments: Party.allCases, Party.allCases)
    func obliterate(_ producer: Party, _ party: Party) async throws {
        try await Bridge.run(["metrics": "5"]) { bridge in
            try await bridge.add(producer, "n", ["do": "log", "row": "x"])
            try await bridge.add(producer, "n", ["do": "fail"])
            let settings = WorkerSettings(metrics: 5)
            try await bridge.working(party.other, settings) { try await bridge.ended(2) }
            try await bridge.add(producer)
            #expect(try await bridge.take(producer) == "3")
            try await bridge.add(producer)
            try await bridge.add(producer, "n", nil, ["delay": 600_000])
            try await bridge.add(producer, "n", nil, ["priority": 2])
            if party == .swift {
                // Python's client pauses by itself.
                await #expect(throws: (any Error).self) { try await bridge.obliterate(party) }
            }
            try await bridge.setPaused(party, true)
            await #expect(throws: (any Error).self) { try await bridge.obliterate(party) }
            #expect(try await bridge.counts(.python).values.reduce(0, +) == 6)
            try await bridge.obliterate(party, force: true)
            #expect(try await bridge.suffixes() == [])
            for reader in Party.allCases { #expect(try await bridge.counts(reader).isEmpty) }
            #expect(try await !bridge.store.queues().contains { $0.name == bridge.queue })
            // And it begins anew.
            #expect(try await bridge.add(producer.other) == "1")
            try await bridge.working(producer) { try await bridge.ended(1) }
            #expect(try await bridge.store.queues().contains { $0.name == bridge.queue })
        }
    }

    /// Node's call of that name, which Python lacks; the peer does what PROTOCOL 2.2 tells of it.
    @Test("BullMQ's search for orphaned jobs removes nothing of Drover's")
    func orphans() async throws {
        try await Bridge.run { bridge in
            try await bridge.add(.swift, "n", ["do": "log", "row": "x"])
            try await bridge.working(.swift) { try await bridge.ended(1) }
            for options: [String: JSON] in [[:], ["delay": 600_000], ["priority": 2], ["jobId": "a:b:c"]] {
                try await bridge.add(.swift, "n", nil, options)
            }
            let claimed = try #require(try await bridge.claim().first)
            try await bridge.raw("HSET", bridge.key("gone"), "name", "n")
            let before = try await bridge.raw("KEYS", bridge.prefix + ":*").list.compactMap(\.string)
            #expect(try await bridge.ask("removeOrphans") == [.string(bridge.key("gone"))])
            let after = try await bridge.raw("KEYS", bridge.prefix + ":*").list.compactMap(\.string)
            #expect(Set(after) == Set(before).subtracting([bridge.key("gone")]))
            #expect(after.contains { $0.contains(":drover:leases") } && after.contains { $0.contains(":drover:x-") })
            #expect(try await bridge.store.renew([claimed.lease]) == [.held])
        }
    }
}
