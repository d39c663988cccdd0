import DroverCore
import DroverTesting
import RedisTesting
import Testing

/// PROTOCOL 23: children that are added later, and parents that something else happens to than that they wait.
@Suite("Interoperability: edges of flows")
struct FlowEdgeTests {
    /// A parent in a queue of its own.
    private struct Parent {
        var bridge: Bridge
        var id: String
        var queue: QueueName { QueueName(stored: "\(bridge.queue)-parents") }
        var key: JobKey { JobKey(queue: queue, id: JobID(stored: id)) }
        var wire: String { "\(bridge.prefix):\(queue):\(id)" }
        var options: JSON { ["id": .string(id), "queue": .string("\(bridge.prefix):\(queue)")] }

        /// Where BullMQ's client finds it.
        func state() async throws -> JSON {
            try await bridge.ask("getState", ["queue": .string(queue.text), "job": .string(id)])
        }

        /// A field of its hash.
        func field(_ name: String) async throws -> String? {
            try await bridge.raw("HGET", wire, name).string
        }

        /// The children of which it knows that they are pending.
        func pending() async throws -> Set<String> {
            let base = bridge.key("")
            let keys = try await bridge.raw("SMEMBERS", wire + ":dependencies").list.compactMap(\.string)
            return Set(keys.map { $0.hasPrefix(base) ? String($0.dropFirst(base.count)) : $0 })
        }
    }

    /// Adds a parent that is a job like any other.
    private func addParent(
        _ party: Party, _ bridge: Bridge, _ id: String, _ options: [String: JSON] = [:]
    ) async throws -> Parent {
        let parent = Parent(bridge: bridge, id: id)
        let addition = Bridge.Addition(options: options.merging(["jobId": .string(id)]) { $1 })
        switch party {
        case .swift: #expect(try await bridge.store.enqueue(parent.queue, [addition.job]) == [.added(parent.key.id)])
        case .python:
            try await bridge.ask("add", addition.json.object.merging(["queue": .string(parent.queue.text)]) { $1 })
        }
        return parent
    }

    private static let flags: [ChildFailurePolicy: String] = [
        .failParent: "failParentOnFailure", .continueParent: "continueParentOnFailure",
        .ignore: "ignoreDependencyOnFailure", .remove: "removeDependencyOnFailure",
    ]

    /// Adds a child of a stored job.
    private func addChild(
        _ party: Party, _ id: String, of parent: Parent, _ policy: ChildFailurePolicy = .keepWaiting,
        _ data: JSON = ["value": 1], delay: Int = 0
    ) async throws {
        let bridge = parent.bridge
        var addition = Bridge.Addition(data: data, options: ["jobId": .string(id)])
        if delay > 0 { addition.options["delay"] = .integer(delay) }
        switch party {
        case .swift:
            var job = try addition.job
            job.parent = JobParent(parent.key, onFailure: policy)
            let result = try await bridge.store.enqueue(bridge.queue, [job])[0]
            if let problem = result.problem { throw problem }
        case .python:
            addition.options["parent"] = parent.options
            if let flag = Self.flags[policy] { addition.options[flag] = true }
            try await bridge.ask("add", addition.json.object)
        }
    }

    /// A parent that waits for a child which is delayed for an hour.
    private func addWaiting(_ party: Party, _ bridge: Bridge, _ options: [String: JSON] = [:]) async throws -> Parent {
        let parent = Parent(bridge: bridge, id: "p")
        switch party {
        case .swift:
            var job = try Bridge.Addition(options: options.merging(["jobId": "p"]) { $1 }).job
            let child = NewJob(id: JobID(stored: "first"), name: "n", start: .after(.seconds(3600)))
            job.children = [ChildJob(bridge.queue, child)]
            #expect(try await bridge.store.enqueue(parent.queue, [job]) == [.added(JobID(stored: "p"))])
        case .python:
            let child: JSON = [
                "name": "n", "queueName": .string(bridge.queue.text), "data": [:],
                "opts": ["jobId": "first", "delay": 3_600_000],
            ]
            let flow: JSON = [
                "name": "n", "queueName": .string(parent.queue.text), "data": [:],
                "opts": .object(options.merging(["jobId": "p"]) { $1 }), "children": [child],
            ]
            try await bridge.ask("addFlow", ["flow": flow])
        }
        #expect(try await parent.state() == "waiting-children")
        return parent
    }

    // MARK: Adding children later

    @Test("AD12: a child of a job that is not there is refused, and nothing is stored", arguments: Party.allCases)
    func noParent(_ party: Party) async throws {
        try await Bridge.run { bridge in
            let parent = Parent(bridge: bridge, id: "nobody")
            await #expect(throws: (any Error).self) { try await addChild(party, "x", of: parent) }
            let (isStored, isCounted) = (try await bridge.exists("x"), try await bridge.exists("id"))
            #expect(!isStored && !isCounted)
            #expect(try await bridge.raw("EXISTS", parent.wire + ":dependencies") == 0)
        }
    }

    @Test("AD13: a child keeps its parent", arguments: Party.allCases, Party.allCases)
    func otherParent(_ first: Party, _ second: Party) async throws {
        try await Bridge.run { bridge in
            let (one, other) = (
                try await addParent(first, bridge, "one"), try await addParent(second, bridge, "other")
            )
            try await addChild(first, "x", of: one)
            await #expect(throws: (any Error).self) { try await addChild(second, "x", of: other) }
            #expect(try await bridge.hash("x")["parentKey"] == one.wire)
            #expect(try await one.pending() == ["x"])
            #expect(try await other.pending() == [])
        }
    }

    @Test(
        "AD14: a job that has completed brings its result to the parent that it is given", arguments: Party.allCases,
        Party.allCases)
    func completed(_ party: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await bridge.add(worker, "n", ["value": ["n": 5]], ["jobId": "x"])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let parent = try await addWaiting(party.other, bridge)
            try await addChild(party, "x", of: parent)
            #expect(try await parent.pending() == ["first"])
            #expect(try await bridge.eventNames("x").last == "duplicated")
            let values = try await bridge.ask(
                "childrenValues", ["queue": .string(parent.queue.text), "job": .string(parent.id)])
            #expect(values == [bridge.key("x"): ["n": 5]])
            // With the last one that is pending it goes to work.
            try await bridge.remove(party, "first")
            #expect(try await parent.state() == "waiting")
        }
    }

    // MARK: Failures

    @Test("FL7: a delayed parent whose child fails it is taken at once", arguments: Party.allCases, Party.allCases)
    func delayedParent(_ party: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addParent(party, bridge, "p", ["delay": 3_600_000])
            try await addChild(party, "x", of: parent, .failParent, ["do": "fail"])
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await parent.state() == "waiting")
            #expect(try await parent.field("delay") == "0")
            #expect(try await parent.field("defa") == "child \(bridge.key("x")) failed")
        }
    }

    @Test(
        "FL7: a prioritized parent whose child fails it stays in its place", arguments: Party.allCases, Party.allCases)
    func prioritizedParent(_ party: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addParent(party, bridge, "p", ["priority": 3])
            try await addChild(party, "x", of: parent, .failParent, ["do": "fail"])
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await parent.state() == "prioritized")
            #expect(try await parent.field("defa") == "child \(bridge.key("x")) failed")
        }
    }

    @Test("FL7: an active parent whose child fails it can't complete", arguments: Party.allCases, Party.allCases)
    func activeParent(_ party: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addParent(party, bridge, "p")
            let claim = Claim(limit: 1, lease: .seconds(3600), worker: "w")
            let claimed = try #require(
                try await bridge.store.exchange(parent.queue, id: ExchangeID("c"), settle: [], claim: claim).claimed
                    .first)
            try await addChild(party, "x", of: parent, .failParent, ["do": "fail"])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null))
            _ = try await bridge.store.exchange(parent.queue, id: ExchangeID("s"), settle: [settlement], claim: nil)
            #expect(try await parent.state() == "failed")
            #expect(try await parent.field("failedReason")?.contains("at least one failed child") == true)
        }
    }

    @Test(
        "FL8: a released parent waits its delay, and then stands by its priority", arguments: Party.allCases,
        Party.allCases)
    func delayAndPriority(_ party: Party, _ other: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addWaiting(party, bridge, ["delay": 3_600_000, "priority": 3])
            try await bridge.promote(other, "first")
            try await bridge.working(other) { try await bridge.ended(1) }
            #expect(try await parent.state() == "delayed")
            #expect(try await bridge.store.apply([.promote(parent.key)]) == [.done])
            #expect(try await parent.state() == "prioritized")
        }
    }

    @Test("FL11: a child that is retried is waited for again", arguments: Party.allCases, Party.allCases)
    func retried(_ party: Party, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addWaiting(party, bridge)
            for (id, policy) in [("a", .failParent), ("b", .continueParent), ("c", .ignore)]
                as [(String, ChildFailurePolicy)]
            {
                try await addChild(party, id, of: parent, policy, ["do": "fail"])
            }
            try await addChild(party, "d", of: parent)
            try await bridge.working(worker) { try await bridge.ended(4) }
            #expect(try await parent.pending() == ["first"])
            for id in ["a", "b", "c"] { try await bridge.retry(party, id) }
            try await bridge.retry(party, "d", from: "completed")
            #expect(try await parent.pending() == ["first", "a", "b", "c", "d"])
            let counts = try await bridge.store.children(of: parent.key, .pending, page: Page()).counts
            #expect(counts == ChildCounts(pending: 5))
        }
    }

    @Test(
        "ST6: a child that stalled too often means to its parent what its policy says",
        arguments: [ChildFailurePolicy.failParent, .continueParent, .ignore, .remove, .keepWaiting], Party.allCases)
    func stalled(_ policy: ChildFailurePolicy, _ worker: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addWaiting(worker.other, bridge)
            try await addChild(worker.other, "x", of: parent, policy)
            try await bridge.remove(worker.other, "first")
            for round in 1...2 {
                #expect(try await bridge.take(.python, token: "t\(round)") == "x")
                for _ in 0..<2 {
                    try await bridge.expire("x")
                    try await bridge.checkStalled(worker.other, maxStalled: 1)
                }
            }
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await parent.state() == (policy == .keepWaiting ? "waiting-children" : "waiting"))
            let page = try await bridge.store.children(of: parent.key, .ignored, page: Page())
            let expected: ChildCounts =
                switch policy {
                case .keepWaiting: ChildCounts(pending: 1)
                case .failParent: ChildCounts(failed: 1)
                case .continueParent, .ignore: ChildCounts(ignored: 1)
                case .remove: ChildCounts()
                }
            #expect(page.counts == expected)
            if expected.ignored > 0 {
                #expect(page.children.map(\.reason) == ["job stalled more than allowable limit"])
            }
        }
    }

    // MARK: Removing

    @Test("RM2: nothing of a flow is removed while a job of it is held", arguments: Party.allCases, Party.allCases)
    func held(_ party: Party, _ holder: Party) async throws {
        try await Bridge.run { bridge in
            let parent = try await addWaiting(party, bridge)
            try await bridge.promote(party, "first")
            #expect(try await bridge.take(holder) == "first")
            switch party {
            case .swift:
                #expect(try await bridge.store.apply([.removeFlow(parent.key)]) == [.wrongState(.active)])
            case .python:
                let queue = JSON.string(parent.queue.text)
                #expect(try await bridge.ask("remove", ["queue": queue, "job": .string(parent.id)]) == 0)
            }
            #expect(try await parent.state() == "waiting-children")
            #expect(try await parent.pending() == ["first"])
            #expect(try await bridge.exists("first"))
        }
    }

    @Test(
        "RM7: a parent goes with its only child when the queue of both is swept, else it is released",
        arguments: Party.allCases, ["drain", "clean", "obliterate"])
    func swept(_ party: Party, _ sweep: String) async throws {
        try await Bridge.run { bridge in
            // A parent in the same queue, and one in another.
            let near: JSON = [
                "name": "n", "queueName": .string(bridge.queue.text), "data": [:], "opts": ["jobId": "near"],
                "children": [
                    ["name": "n", "queueName": .string(bridge.queue.text), "data": [:], "opts": ["jobId": "x"]]
                ],
            ]
            try await bridge.ask("addFlow", ["flow": near])
            let far = try await addWaiting(party.other, bridge)
            try await bridge.promote(party, "first")
            switch sweep {
            case "drain": try await bridge.drain(party, delayed: false)
            case "clean":
                switch party {
                case .swift:
                    let clean = Sweep.clean(bridge.queue, state: .waiting, olderThan: .zero)
                    _ = try await bridge.store.sweep(clean, after: nil, limit: 100)
                case .python: try await bridge.ask("clean", ["type": "wait", "limit": 100])
                }
            default:
                try await bridge.setPaused(party, true)
                try await bridge.obliterate(party)
            }
            for id in ["near", "x", "first"] { #expect(try await !bridge.exists(id), "\(id)") }
            #expect(try await bridge.members("waiting-children") == [])
            #expect(try await far.state() == "waiting")
        }
    }
}
