import DroverCore
import DroverTesting
import RedisTesting
import Testing

/// Of PROTOCOL 23, FL, what a Swift worker owes to flows that other clients added: it releases the parents of the
/// children that it ends. Making flows waits for a later version.
@Suite("Interoperability: children of flows")
struct FlowTests {
    /// A parent in a queue of its own over children in the bridge's queue; their ids.
    private func addFlow(
        _ bridge: Bridge, _ children: [Bridge.Addition], parent: [String: JSON] = [:]
    ) async throws -> (parent: String, children: [String]) {
        let nodes = children.map { child in
            JSON.object(child.json.object.merging(["queueName": .string(bridge.queue.text)]) { $1 })
        }
        let flow: JSON = [
            "name": "parent", "queueName": .string(parents(bridge)), "opts": .object(parent),
            "children": .list(nodes),
        ]
        let added = try await bridge.ask("addFlow", ["flow": flow])
        return (try #require(added["job"].string), added["children"].list.compactMap { $0["job"].string })
    }

    private func parents(_ bridge: Bridge) -> String { bridge.queue.text + "-parents" }

    private func parentKey(_ bridge: Bridge, _ id: String, _ suffix: String = "") -> String {
        "\(bridge.prefix):\(parents(bridge)):\(id)\(suffix)"
    }

    private func parentState(_ bridge: Bridge, _ id: String) async throws -> JSON {
        try await bridge.ask("getState", ["queue": .string(parents(bridge)), "job": .string(id)])
    }

    /// Runs the parent by a worker of Python's, and returns what became of it.
    private func runParent(_ bridge: Bridge, _ id: String) async throws -> JSON {
        let queue = JSON.string(parents(bridge))
        let worker = try await bridge.ask("work", ["queue": queue])
        _ = try await bridge.peer.wait {
            ["completed", "failed"].contains($0["event"].string) && $0["queue"] == queue
                && $0["jobId"].string == id
        }
        try await bridge.ask("stopWork", ["worker": worker])
        return try await bridge.ask("getJob", ["queue": queue, "job": .string(id)])
    }

    @Test("FL1: a parent is released with the values of all its children", arguments: Party.allCases)
    func values(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let flow = try await addFlow(bridge, [.init(data: ["value": ["a": 1]]), .init(data: ["value": 2])])
            #expect(try await parentState(bridge, flow.parent) == "waiting-children")
            try await bridge.working(worker) { try await bridge.ended(2) }
            #expect(try await parentState(bridge, flow.parent) == "waiting")
            let queue = JSON.string(parents(bridge))
            let values = try await bridge.ask("childrenValues", ["queue": queue, "job": .string(flow.parent)])
            #expect(
                values == [
                    bridge.key(flow.children[0]): ["a": 1], bridge.key(flow.children[1]): 2,
                ])
            #expect(try await runParent(bridge, flow.parent)["failedReason"] == .null)
        }
    }

    @Test("FL1: children of Python's and Swift's workers count together, also removed ones (FL12)")
    func mixed() async throws {
        try await Bridge.run { bridge in
            let flow = try await addFlow(
                bridge, [.init(data: ["value": 1], options: ["removeOnComplete": true]), .init(data: ["value": 2])])
            let claimed = try #require(try await bridge.claim().first)
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await parentState(bridge, flow.parent) == "waiting-children")
            #expect(try await bridge.settle(claimed, .completed(JSONText("7")), keep: .removeAtOnce) == .settled)
            #expect(try await parentState(bridge, flow.parent) == "waiting")
            let queue = JSON.string(parents(bridge))
            let values = try await bridge.ask("childrenValues", ["queue": queue, "job": .string(flow.parent)])
            #expect(values.object.count == 2)
        }
    }

    @Test("FL2: a child that is tried twice releases its parent once", arguments: Party.allCases)
    func retried(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let child = Bridge.Addition(data: ["do": "fail"], options: ["attempts": 2, "backoff": 3_600_000])
            let flow = try await addFlow(bridge, [child])
            try await bridge.working(worker) {
                try await bridge.heard("delayed", flow.children[0])
                #expect(try await parentState(bridge, flow.parent) == "waiting-children")
                try await bridge.updateData(worker, flow.children[0], to: ["value": 1])
                try await bridge.promote(worker, flow.children[0])
                try await bridge.ended(1)
            }
            #expect(try await parentState(bridge, flow.parent) == "waiting")
            let events = try await bridge.raw("XRANGE", parentKey(bridge, "events"), "-", "+").list
            #expect(
                events.count {
                    $0[1] == ["event": "waiting", "jobId": .string(flow.parent), "prev": "waiting-children"]
                } == 1)
        }
    }

    @Test("FL3: failParentOnFailure releases the parent, to be failed", arguments: Party.allCases)
    func failParent(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let failing = Bridge.Addition(data: ["do": "fail"], options: ["failParentOnFailure": true])
            let flow = try await addFlow(bridge, [failing, .init(options: ["delay": 600_000])])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let child = bridge.key(flow.children[0])
            let unsuccessful = try await bridge.raw(
                "ZRANGE", parentKey(bridge, flow.parent, ":unsuccessful"), "0", "-1")
            #expect(unsuccessful == [.string(child)])
            #expect(try await parentState(bridge, flow.parent) == "waiting")
            let parent = try await runParent(bridge, flow.parent)
            #expect(parent["failedReason"].string == "child \(child) failed")
        }
    }

    @Test("FL3: a Swift worker fails such a parent without running it")
    func failedParent() async throws {
        try await Bridge.run { bridge in
            let failing = Bridge.Addition(data: ["do": "fail"], options: ["failParentOnFailure": true])
            let flow = try await addFlow(bridge, [failing])
            try await bridge.working(.python) { try await bridge.ended(1) }
            let queue = try QueueName(parents(bridge))
            let worker = SwiftWorker(bridge.store, queue, WorkerSettings(), gates: bridge.gates)
            let key = JobKey(queue: queue, id: try JobID(flow.parent))
            _ = try await bridge.store.events(
                EventQuery(queue: queue, start: .beginning), waitingAtMost: .seconds(5))
            while try await bridge.store.jobs([key])[0]?.state != .failed { try await bridge.pass(.milliseconds(20)) }
            try await worker.stop()
            let record = try #require(try await bridge.store.jobs([key])[0])
            #expect(record.failedReason == "child \(bridge.key(flow.children[0])) failed")
            #expect(worker.payloads.values.isEmpty)
        }
    }

    @Test("FL4: continueParentOnFailure releases the parent at once", arguments: Party.allCases)
    func continueParent(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let failing = Bridge.Addition(
                data: ["do": "fail", "message": "boom"], options: ["continueParentOnFailure": true])
            let flow = try await addFlow(bridge, [failing, .init(options: ["delay": 600_000])])
            try await bridge.working(worker) { try await bridge.ended(1) }
            let reasons = try await bridge.raw("HGETALL", parentKey(bridge, flow.parent, ":failed"))
            #expect(reasons == [bridge.key(flow.children[0]): "boom"])
            #expect(try await parentState(bridge, flow.parent) == "waiting")
            // It has a child that is not done: its completion is refused, and fails it.
            let queue = try QueueName(parents(bridge))
            let claimed = try #require(
                try await bridge.store.exchange(
                    queue, id: ExchangeID("p"), settle: [], claim: Claim(limit: 1, lease: .seconds(9), worker: "w")
                ).claimed.first)
            let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null))
            _ = try await bridge.store.exchange(queue, id: ExchangeID("p2"), settle: [settlement], claim: nil)
            let parent = try await bridge.ask(
                "getJob", ["queue": .string(queue.text), "job": .string(flow.parent)])
            #expect(parent["failedReason"].string == "Job \(flow.parent) has pending dependencies. moveToFinished")
        }
    }

    @Test("FL5: ignoreDependencyOnFailure releases the parent when no child is left", arguments: Party.allCases)
    func ignore(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            let failing = Bridge.Addition(
                data: ["do": "fail", "message": "boom"], options: ["ignoreDependencyOnFailure": true])
            let flow = try await addFlow(bridge, [failing, .init(options: ["delay": 600_000])])
            try await bridge.working(worker) {
                try await bridge.ended(1)
                #expect(try await parentState(bridge, flow.parent) == "waiting-children")
                try await bridge.promote(worker.other, flow.children[1])
                try await bridge.ended(2)
            }
            let reasons = try await bridge.raw("HGETALL", parentKey(bridge, flow.parent, ":failed"))
            #expect(reasons == [bridge.key(flow.children[0]): "boom"])
            #expect(try await runParent(bridge, flow.parent)["failedReason"] == .null)
        }
    }

    @Test("FL6: a failed child is no longer waited for, or for ever", arguments: Party.allCases, [true, false])
    func removeDependency(_ worker: Party, _ isRemoved: Bool) async throws {
        try await Bridge.run { bridge in
            let failing = Bridge.Addition(
                data: ["do": "fail"], options: isRemoved ? ["removeDependencyOnFailure": true] : [:])
            let flow = try await addFlow(bridge, [failing])
            try await bridge.working(worker) { try await bridge.ended(1) }
            #expect(try await parentState(bridge, flow.parent) == (isRemoved ? "waiting" : "waiting-children"))
            if isRemoved { return }
            // Removed by hand (FL9) it goes to work.
            try await bridge.remove(worker, flow.children[0])
            #expect(try await parentState(bridge, flow.parent) == "waiting")
        }
    }
}
