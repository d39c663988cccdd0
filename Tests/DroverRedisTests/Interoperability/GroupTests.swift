import DroverCore
import RedisTesting
import Testing

/// Groups beside BullMQ's client, which knows nothing of them.
@Suite("Interoperability: groups")
struct GroupTests {
    private func addGrouped(_ bridge: Bridge, _ group: String, _ count: Int = 1) async throws -> [String] {
        var options = JobOptions()
        options.group = group
        let job = NewJob(name: "n", payload: try JSONText(#"{"value":1}"#), options: options)
        return try await bridge.store.enqueue(bridge.queue, Array(repeating: job, count: count))
            .compactMap { $0.id?.text }
    }

    private func group(_ bridge: Bridge, _ name: String) async throws -> GroupSummary? {
        let query = JobQuery(queue: bridge.queue, part: .groups)
        return try await bridge.store.jobs(matching: query, page: Page()).groups.first { $0.name == name }
    }

    @Test("A grouped job is to Python's client one that waits for children, and in one place alone")
    func shown() async throws {
        try await Bridge.run { bridge in
            let ids = try await addGrouped(bridge, "g", 3)
            for id in ids {
                #expect(try await bridge.places(of: id) == ["waiting-children"])
                #expect(try await bridge.state(.python, id) == "waiting-children")
                #expect(try await bridge.record(id).state == .grouped)
                #expect(try await bridge.ask("getJob", ["job": .string(id)])["id"].string == id)
            }
            #expect(try await bridge.counts(.python) == ["waiting-children": 3])
            #expect(try await bridge.counts(.swift) == ["grouped": 3])
            // The removal of orphans leaves what is Drover's own.
            #expect(try await bridge.ask("removeOrphans") == [])
            #expect(try await bridge.claim(5).map(\.job.key.id.text) == ids)
        }
    }

    @Test("Python's worker leaves grouped jobs alone and works the others")
    func leftAlone() async throws {
        try await Bridge.run { bridge in
            let ids = try await addGrouped(bridge, "g", 2)
            try await bridge.add(.python)
            try await bridge.add(.swift)
            try await bridge.working(.python) { try await bridge.ended(2) }
            #expect(try await bridge.counts(.python)["completed"] == 2)
            for id in ids { #expect(try await bridge.record(id).state == .grouped) }
            let claimed = try await bridge.store.exchange(
                bridge.queue, id: ExchangeID("x"), settle: [],
                claim: Claim(limit: 9, lease: .seconds(3600), worker: "w")
            ).claimed
            #expect(claimed.map(\.job.key.id.text) == ids)
        }
    }

    @Test("A job that Python's client adds with a group in its options is not grouped")
    func ungrouped() async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(.python, "n", nil, ["group": "g"])
            #expect(try await bridge.places(of: id) == ["wait"])
            #expect(try await bridge.record(id).state == .waiting)
            #expect(try await group(bridge, "g") == nil)
        }
    }

    @Test("A grouped job that Python's worker recovers and works stops taking a place of its group")
    func healed() async throws {
        try await Bridge.run { bridge in
            _ = try await bridge.store.configure([.group(bridge.queue, "g", .concurrency(1))])
            let ids = try await addGrouped(bridge, "g", 2)
            let claimed = try #require(try await bridge.claim().first)
            #expect(claimed.job.key.id.text == ids[0])
            for _ in 0..<2 {
                try await bridge.expire(ids[0])
                try await bridge.checkStalled(.python)
            }
            #expect(try await bridge.places(of: ids[0]) == ["wait"])
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await bridge.record(ids[0]).state == .completed)
            #expect(try await bridge.settle(claimed, .completed(.null)) == .leaseLost)
            // The group is looked at again when its rest is over: here at once.
            try await bridge.raw("ZADD", bridge.key("drover:resting"), "1", "g")
            #expect(try await bridge.claim(token: "u").map(\.job.key.id.text) == [ids[1]])
            #expect(try await group(bridge, "g")?.active == 1)
        }
    }

    @Test("A grouped job that Python's check puts into wait goes back into its group with Drover's next claim")
    func parkedAgain() async throws {
        try await Bridge.run { bridge in
            _ = try await bridge.store.configure([.group(bridge.queue, "g", .concurrency(1))])
            let ids = try await addGrouped(bridge, "g", 2)
            #expect(try await bridge.claim().map(\.job.key.id.text) == [ids[0]])
            for _ in 0..<2 {
                try await bridge.expire(ids[0])
                try await bridge.checkStalled(.python)
            }
            #expect(try await bridge.places(of: ids[0]) == ["wait"])
            // What is found in `wait` is parked, and has the first turn of its group.
            var found: [String] = []
            for round in 0..<3 where found.isEmpty {
                found = try await bridge.claim(token: "u\(round)").map(\.job.key.id.text)
            }
            #expect(found == [ids[0]])
            #expect(try await bridge.claim(token: "v").isEmpty)
            #expect(
                try await group(bridge, "g")
                    == GroupSummary(
                        name: "g", waiting: 1, active: 1, concurrency: 1, own: GroupLimits(concurrency: 1)))
        }
    }

    @Test("Grouped jobs that Python's obliterate leaves are told, and Drover's removes them")
    func obliterated() async throws {
        try await Bridge.run { bridge in
            let ids = try await addGrouped(bridge, "g", 3)
            try await bridge.add(.python)
            try await bridge.setPaused(.python, true)
            try await bridge.obliterate(.python)
            for id in ids { #expect(try await bridge.record(id).state == .grouped) }
            let summary = try #require(try await bridge.store.queues().first { $0.name == bridge.queue })
            #expect(summary.problem?.contains("3 jobs of groups") == true)
            #expect(try await bridge.sweep(.obliterate(bridge.queue, force: false)) == 3)
            #expect(try await bridge.suffixes() == [])
            #expect(try await !bridge.store.queues().contains { $0.name == bridge.queue })
        }
    }

    @Test("A grouped job that Python's client removes is gone from its group's turns")
    func removed() async throws {
        try await Bridge.run { bridge in
            let ids = try await addGrouped(bridge, "g", 2)
            try await bridge.remove(.python, ids[0])
            #expect(try await bridge.places(of: ids[0]).isEmpty)
            #expect(try await bridge.claim().map(\.job.key.id.text) == [ids[1]])
            #expect(try await group(bridge, "g")?.waiting == 0)
        }
    }
}
