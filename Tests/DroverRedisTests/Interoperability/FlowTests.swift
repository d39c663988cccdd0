import DroverCore
import DroverTesting
import RedisTesting
import Testing

/// PROTOCOL 23, FL: flows that one client adds and others work, read and remove.
@Suite("Interoperability: flows")
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

    @Test("A parent hears that a delayed child was replaced by a job of Drover's")
    func replacedChild() async throws {
        try await Bridge.run { bridge in
            let options: [String: JSON] = ["deduplication": ["id": "d", "replace": true], "delay": 600_000]
            let flow = try await addFlow(bridge, [.init(options: options)])
            #expect(try await parentState(bridge, flow.parent) == "waiting-children")
            let new = try await bridge.add(.swift, "n", nil, options)
            #expect(try await bridge.hashes() == [new])
            #expect(try await parentState(bridge, flow.parent) == "waiting")
            #expect(try await bridge.server.command("EXISTS", parentKey(bridge, flow.parent, ":dependencies")) == "0")
        }
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
            // Other clients read the child's key; here the reason is that of every store.
            let stored = try await bridge.raw("HGET", parentKey(bridge, flow.parent, ""), "failedReason")
            #expect(stored == .string("child \(bridge.key(flow.children[0])) failed"))
            #expect(record.failedReason == "child \(bridge.queue):\(flow.children[0]) failed")
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

    /// The first job of a flow that Swift adds, over children in the bridge's queue.
    private func addSwiftFlow(_ bridge: Bridge, _ children: [ChildJob]) async throws -> JobKey {
        let key = JobKey(queue: try QueueName(parents(bridge)), id: JobID(stored: "p"))
        let flow = NewJob(id: key.id, name: "parent", children: children)
        #expect(try await bridge.store.enqueue(key.queue, [flow]) == [.added(key.id)])
        return key
    }

    private func swiftChild(
        _ bridge: Bridge, _ id: String, _ data: String, _ policy: ChildFailurePolicy = .keepWaiting
    ) throws -> ChildJob {
        ChildJob(
            bridge.queue, NewJob(id: JobID(stored: id), name: "job", payload: try JSONText(data)), onFailure: policy)
    }

    @Test("FL1, FL5: a flow of Swift's is worked by Python's workers, who read its values and reasons")
    func madeBySwift() async throws {
        try await Bridge.run { bridge in
            let parent = try await addSwiftFlow(
                bridge,
                [
                    try swiftChild(bridge, "a", #"{"value":{"n":1}}"#),
                    try swiftChild(bridge, "b", #"{"do":"fail","message":"boom"}"#, .ignore),
                ])
            #expect(try await parentState(bridge, "p") == "waiting-children")
            try await bridge.working(.python) { try await bridge.ended(2) }
            #expect(try await parentState(bridge, "p") == "waiting")
            let queue = JSON.string(parents(bridge))
            let values = try await bridge.ask("childrenValues", ["queue": queue, "job": "p"])
            #expect(values == [bridge.key("a"): ["n": 1]])
            let processed = try await bridge.store.children(of: parent, .processed, page: Page())
            #expect(processed.children.map(\.key.id.text) == ["a"])
            #expect(processed.counts == ChildCounts(processed: 1, ignored: 1))
            let ignored = try await bridge.store.children(of: parent, .ignored, page: Page()).children
            #expect(ignored.map(\.reason) == ["boom"])
            #expect(try await runParent(bridge, "p")["failedReason"] == .null)
        }
    }

    @Test("FL3: the policy of a child that Swift adds holds for Python's workers")
    func policyOfSwift() async throws {
        try await Bridge.run { bridge in
            _ = try await addSwiftFlow(
                bridge,
                [
                    try swiftChild(bridge, "a", #"{"do":"fail"}"#, .failParent),
                    ChildJob(bridge.queue, NewJob(id: JobID(stored: "b"), name: "job", start: .after(.seconds(600)))),
                ])
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await parentState(bridge, "p") == "waiting")
            #expect(try await runParent(bridge, "p")["failedReason"].string == "child \(bridge.key("a")) failed")
        }
    }

    @Test("FL13: a parent that a Swift worker lets wait is released by Python's worker")
    func waiting() async throws {
        try await Bridge.run { bridge in
            let queue = try QueueName(parents(bridge))
            let key = JobKey(queue: queue, id: JobID(stored: "p"))
            _ = try await bridge.store.enqueue(queue, [NewJob(id: JobID(stored: "p"), name: "parent")])
            let claim = Claim(limit: 1, lease: .seconds(9), worker: "w")
            let claimed = try #require(
                try await bridge.store.exchange(queue, id: ExchangeID("p"), settle: [], claim: claim).claimed.first)
            let child = NewJob(
                id: JobID(stored: "a"), name: "job", payload: try JSONText(#"{"value":5}"#), parent: JobParent(key))
            #expect(try await bridge.store.enqueue(bridge.queue, [child]) == [.added(JobID(stored: "a"))])
            let settlement = Settlement(lease: claimed.lease, outcome: .waitingForChildren)
            let reply = try await bridge.store.exchange(queue, id: ExchangeID("q"), settle: [settlement], claim: nil)
            #expect(reply.settled == [.settled])
            #expect(try await parentState(bridge, "p") == "waiting-children")
            try await bridge.working(.python) { try await bridge.ended(1) }
            let parent = try await runParent(bridge, "p")
            #expect(parent["failedReason"] == .null)
            #expect(try await bridge.store.jobs([key])[0]?.attemptsStarted == 2)
        }
    }

    @Test("FL10, FL14: a flow of Python's is read and removed by Swift")
    func readBySwift() async throws {
        try await Bridge.run { bridge in
            let flow = try await addFlow(
                bridge,
                [
                    .init(data: ["value": 1]),
                    .init(data: ["do": "fail", "message": "boom"], options: ["ignoreDependencyOnFailure": true]),
                    .init(options: ["delay": 600_000]),
                ])
            try await bridge.working(.python) { try await bridge.ended(2) }
            let parent = JobKey(queue: try QueueName(parents(bridge)), id: try JobID(flow.parent))
            #expect(try await bridge.store.jobs([parent])[0]?.state == .waitingChildren)
            let children = try flow.children.map { JobKey(queue: bridge.queue, id: try JobID($0)) }
            for (status, child) in zip([ChildStatus.processed, .ignored, .pending], children) {
                let page = try await bridge.store.children(of: parent, status, page: Page())
                #expect(page.children.map(\.key) == [child])
                #expect(page.counts == ChildCounts(pending: 1, processed: 1, ignored: 1))
            }
            let policies = try await bridge.store.jobs(children).map { $0?.parent }
            #expect(
                policies == [JobParent(parent), JobParent(parent, onFailure: .ignore), JobParent(parent)])
            #expect(try await bridge.store.apply([JobCommand.removeFlow(parent)]) == [.done])
            #expect(try await bridge.store.jobs([parent] + children).allSatisfy { $0 == nil })
            #expect(try await parentState(bridge, flow.parent) == "unknown")
        }
    }
}
