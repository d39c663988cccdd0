import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting
import Testing

/// Jobs that several wait for, when BullMQ's Python client ends them: it tells the first alone, and Drover the others.
@Suite("Interoperability: graphs")
struct GraphTests {
    private func parents(_ bridge: Bridge) -> QueueName { QueueName(stored: "\(bridge.queue)-parents") }

    private func key(_ bridge: Bridge, _ id: String) -> JobKey { JobKey(queue: parents(bridge), id: JobID(stored: id)) }

    /// Jobs `p0`, `p1` and so on that wait for one job `x` of the bridge's queue, each with a policy; under other words, too.
    private func addGraph(
        _ bridge: Bridge, _ data: String, _ policies: [ChildFailurePolicy], _ options: JobOptions = JobOptions(),
        child: String = "x", prefix: String = "p"
    ) async throws {
        let x = NewJob(id: JobID(stored: child), name: "job", payload: try JSONText(data), options: options)
        var jobs = policies.enumerated().map { place, policy in
            let reference = ChildJob(
                reference: JobKey(queue: bridge.queue, id: JobID(stored: child)), onFailure: policy)
            return NewJob(id: JobID(stored: "\(prefix)\(place)"), name: "parent", children: [reference])
        }
        jobs[0].companions =
            [CompanionJob(bridge.queue, x)] + jobs.dropFirst().map { CompanionJob(parents(bridge), $0) }
        #expect(
            try await bridge.store.enqueue(parents(bridge), [jobs[0]]) == [.added(JobID(stored: "\(prefix)0"))])
        #expect(
            try await states(bridge, policies.count, prefix)
                == Array(repeating: .waitingChildren, count: policies.count))
    }

    private func states(_ bridge: Bridge, _ count: Int, _ prefix: String = "p") async throws -> [JobState?] {
        try await bridge.store.jobs((0..<count).map { key(bridge, "\(prefix)\($0)") }).map { $0?.state }
    }

    /// What a parent knows of `x`.
    private func standing(_ bridge: Bridge, _ place: Int) async throws -> String? {
        for status in ChildStatus.allCases {
            let page = try await bridge.store.children(of: key(bridge, "p\(place)"), status, page: Page())
            guard let child = page.children.first else { continue }
            return [status.rawValue, child.result?.text ?? child.reason].compactMap(\.self).joined(separator: " ")
        }
        return nil
    }

    /// Tells all that there is to tell, and of how many jobs.
    private func release(_ bridge: Bridge) async throws -> Int {
        var (told, cursor) = (0, PageCursor?.none)
        repeat {
            let step = try await bridge.store.releaseParents(after: cursor, limit: 100)
            told += step.told
            cursor = step.next
        } while cursor != nil
        return told
    }

    private func isNoted(_ bridge: Bridge) async throws -> Bool {
        try await bridge.raw("EXISTS", bridge.key("drover:shared")) == 1
    }

    @Test("Python's worker finishes a job with three dependents: a Drover process elsewhere releases the others")
    func released() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, #"{"value":{"n":1}}"#, [.keepWaiting, .ignore, .failParent])
            // They work a queue that has nothing to do with the graph, and each looks for what the other leaves.
            var workers: [SwiftWorker] = []
            for _ in 0..<2 {
                let store = RedisStore(
                    try RedisStoreConfiguration.patient(bridge.server.url(prefix: bridge.prefix)),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                workers.append(
                    SwiftWorker(store, QueueName(stored: "elsewhere"), WorkerSettings(), gates: bridge.gates))
            }
            try await bridge.working(.python) { try await bridge.ended(1) }
            var (waiting, start) = (Set(["p0", "p1", "p2"]), EventQuery.Start.beginning)
            var last: Timestamp?
            while !waiting.isEmpty {
                let page = try await bridge.store.events(
                    EventQuery(queue: parents(bridge), start: start), waitingAtMost: .seconds(60))
                try #require(!page.events.isEmpty, "\(waiting) were not released")
                for event in page.events where event.kind == .waiting(from: .waitingChildren) {
                    // Each once: a second event would find it missing.
                    #expect(waiting.remove(event.job?.text ?? "") != nil)
                    last = event.at
                }
                start = .after(page.next)
            }
            for worker in workers { try await worker.stop() }
            let x = try await bridge.store.jobs([JobKey(queue: bridge.queue, id: JobID(stored: "x"))])[0]
            let (ended, released) = (try #require(x?.finishedAt), try #require(last))
            TestRun.figure(
                "\(released.milliseconds - ended.milliseconds) ms until all were released that wait for a job of Python's worker"
            )
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            for place in 0..<3 { #expect(try await standing(bridge, place) == #"processed {"n":1}"#) }
            #expect(try await !isNoted(bridge))
        }
    }

    @Test("What Python's worker did is told once, whoever asks how often")
    func once() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, #"{"value":1}"#, [.keepWaiting, .keepWaiting])
            #expect(try await release(bridge) == 0)
            #expect(try await isNoted(bridge))
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await states(bridge, 2) == [.waiting, .waitingChildren])
            #expect(try await release(bridge) == 1)
            #expect(try await states(bridge, 2) == [.waiting, .waiting])
            #expect(try await release(bridge) == 0)
            #expect(try await !isNoted(bridge))
            #expect(try await bridge.raw("EXISTS", "\(bridge.prefix):drover-shared") == 0)
        }
    }

    @Test("A job that Python's worker fails means to each parent what that one said", arguments: [false, true])
    func failed(isRemoved: Bool) async throws {
        try await Bridge.run { bridge in
            var options = JobOptions()
            if isRemoved { options.failedRetention = .removeAtOnce }
            try await addGraph(
                bridge, #"{"do":"fail","message":"boom"}"#,
                [.ignore, .keepWaiting, .failParent, .continueParent, .ignore, .remove], options)
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await states(bridge, 2) == [.waiting, .waitingChildren])
            #expect(try await release(bridge) == 1)
            let states = try await states(bridge, 6)
            #expect(
                states == [.waiting, isRemoved ? .waiting : .waitingChildren] + Array(repeating: .waiting, count: 4))
            var standings: [String?] = []
            for place in 0..<6 { standings.append(try await standing(bridge, place)) }
            #expect(
                standings
                    == ["ignored boom", isRemoved ? nil : "pending", "failed", "ignored boom", "ignored boom", nil])
            let third = try #require(try await bridge.store.jobs([key(bridge, "p2")])[0])
            #expect(third.deferredFailure == "child \(bridge.queue):x failed")
            #expect(try await release(bridge) == 0)
            // One waits on, and may hear of the job again.
            #expect(try await isNoted(bridge) == !isRemoved)
        }
    }

    @Test("A failed job that Python's client retries and completes is told to those that wait on")
    func retried() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, #"{"do":"fail","message":"boom"}"#, [.keepWaiting, .keepWaiting, .ignore])
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await release(bridge) == 1)
            #expect(try await states(bridge, 3) == [.waitingChildren, .waitingChildren, .waiting])
            try await bridge.updateData(.python, "x", to: ["value": 5])
            try await bridge.retry(.python, "x")
            try await bridge.working(.python) { try await bridge.ended(2) }
            #expect(try await release(bridge) == 1)
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await standing(bridge, 1) == "processed 5")
            #expect(try await standing(bridge, 2) == "ignored boom")
        }
    }

    @Test("A job that Python's worker completes and removes leaves its result to all that wait for it")
    func completedAndRemoved() async throws {
        try await Bridge.run { bridge in
            var options = JobOptions()
            options.completedRetention = .removeAtOnce
            try await addGraph(bridge, #"{"value":7}"#, [.keepWaiting, .keepWaiting, .failParent], options)
            try await bridge.working(.python) { try await bridge.ended(1) }
            #expect(try await release(bridge) == 1)
            for place in 0..<3 { #expect(try await standing(bridge, place) == "processed 7") }
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await bridge.raw("EXISTS", bridge.key("x:dependents")) == 0)
        }
    }

    @Test("A job that Python's client removes is waited for by nobody")
    func removed() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, "{}", [.failParent, .failParent])
            try await bridge.remove(.python, "x")
            #expect(try await states(bridge, 2) == [.waiting, .waitingChildren])
            #expect(try await release(bridge) == 1)
            #expect(try await states(bridge, 2) == [.waiting, .waiting])
            #expect(try await standing(bridge, 1) == nil)
            #expect(try await bridge.raw("EXISTS", bridge.key("x:dependents")) == 0)
            #expect(try await !isNoted(bridge))
        }
    }

    @Test("A new job under the id of one that Python's client removed is another one", arguments: [false, true])
    func removedAndStored(asFlow: Bool) async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, "{}", [.failParent, .failParent, .ignore])
            try await bridge.remove(.python, "x")
            #expect(try await states(bridge, 3) == [.waiting, .waitingChildren, .waitingChildren])
            var x = NewJob(id: JobID(stored: "x"), name: "another")
            if asFlow { x.children = [ChildJob(bridge.queue, NewJob(id: JobID(stored: "y"), name: "below"))] }
            #expect(try await bridge.store.enqueue(bridge.queue, [x]) == [.added(JobID(stored: "x"))])
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await standing(bridge, 1) == nil)
            #expect(try await bridge.raw("EXISTS", bridge.key("x:dependents")) == 0)
            #expect(try await !isNoted(bridge))
            let stored = try await bridge.store.jobs([JobKey(queue: bridge.queue, id: JobID(stored: "x"))])[0]
            #expect(stored?.name == "another" && stored?.dependents == [])
            #expect(try await release(bridge) == 0)
        }
    }

    @Test("A job that Python's client removed is added again under one of its parents, which waits on")
    func removedAndAddedAgain() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, "{}", [.failParent, .failParent, .ignore])
            try await bridge.remove(.python, "x")
            let parent = JobParent(key(bridge, "p1"), onFailure: .ignore)
            let x = NewJob(id: JobID(stored: "x"), name: "another", parent: parent)
            #expect(try await bridge.store.enqueue(bridge.queue, [x]) == [.added(JobID(stored: "x"))])
            #expect(try await states(bridge, 3) == [.waiting, .waitingChildren, .waiting])
            #expect(try await standing(bridge, 1) == "pending")
            try await bridge.working(.swift) { try await bridge.ended(1) }
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await standing(bridge, 2) == nil)
        }
    }

    @Test("A copy under the id of a job that Python's client removed is another one")
    func removedAndCopied() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, "{}", [.failParent, .failParent])
            try await bridge.remove(.python, "x")
            let source = QueueName(stored: "\(bridge.queue)-source")
            let id = JobID(stored: "y")
            #expect(try await bridge.store.enqueue(source, [NewJob(id: id, name: "copied")]) == [.added(id)])
            let copy = JobCopy(queue: bridge.queue, id: JobID(stored: "x"))
            let command = JobCommand.copy(JobKey(queue: source, id: id), as: copy, removesJob: false)
            #expect(try await bridge.store.apply([command]) == [.done])
            #expect(try await states(bridge, 2) == [.waiting, .waiting])
            #expect(try await bridge.raw("EXISTS", bridge.key("x:dependents")) == 0)
            #expect(try await !isNoted(bridge))
        }
    }

    @Test("A parent whose keys hold something else does not keep others from being told")
    func damaged() async throws {
        try await Bridge.run { bridge in
            for place in 0..<6 {
                try await addGraph(
                    bridge, "{}", [.keepWaiting, .keepWaiting], child: "x\(place)", prefix: "p\(place)-")
            }
            let other = "\(bridge.prefix):\(parents(bridge)):p2-1"
            #expect(try await bridge.raw("DEL", other) == 1)
            _ = try await bridge.raw("RPUSH", other, "no", "hash")
            for place in 0..<6 { try await bridge.remove(.python, "x\(place)") }
            #expect(try await release(bridge) == 6)
            #expect(try await states(bridge, 1, "p2-") == [.waiting])
            for place in [0, 1, 3, 4, 5] {
                #expect(try await states(bridge, 2, "p\(place)-") == [.waiting, .waiting])
            }
            #expect(try await bridge.raw("LLEN", other) == 2)
        }
    }

    @Test("A queue that is obliterated tells those that wait for jobs that Python's client removed")
    func obliterated() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, "{}", [.failParent, .failParent])
            try await bridge.remove(.python, "x")
            #expect(try await bridge.store.configure([.pause(bridge.queue)]) == [.done])
            let step = try await bridge.store.sweep(.obliterate(bridge.queue, force: false), after: nil, limit: 100)
            #expect(step.progress == .finished)
            #expect(try await states(bridge, 2) == [.waiting, .waiting])
            #expect(try await bridge.raw("EXISTS", bridge.key("x:dependents"), bridge.key("drover:shared")) == 0)
            #expect(try await bridge.raw("EXISTS", "\(bridge.prefix):drover-shared") == 0)
        }
    }

    @Test("A job that Python's client sees like any other is told to all at once by Drover's worker")
    func workedByBoth() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, #"{"value":1}"#, [.keepWaiting, .keepWaiting, .keepWaiting])
            let job = try await bridge.ask("getJob", ["job": "x"])
            #expect(job["id"].string == "x")
            try await bridge.working(.swift) { try await bridge.ended(1) }
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await !isNoted(bridge))
        }
    }

    @Test("Those that Python's worker did not tell are told though a further job came to wait meanwhile")
    func linkedBetween() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, #"{"value":1}"#, [.keepWaiting, .keepWaiting])
            try await bridge.working(.python) { try await bridge.ended(1) }
            let reference = ChildJob(reference: JobKey(queue: bridge.queue, id: JobID(stored: "x")))
            let third = NewJob(id: JobID(stored: "p2"), name: "parent", children: [reference])
            #expect(try await bridge.store.enqueue(parents(bridge), [third]).first?.problem == nil)
            #expect(try await states(bridge, 3) == [.waiting, .waitingChildren, .waiting])
            #expect(try await release(bridge) == 1)
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await standing(bridge, 1) == "processed 1")
        }
    }

    @Test("What Python's worker did not tell is told when Drover removes the job")
    func removedBetween() async throws {
        try await Bridge.run { bridge in
            try await addGraph(bridge, #"{"do":"fail","message":"boom"}"#, [.ignore, .failParent, .ignore])
            try await bridge.working(.python) { try await bridge.ended(1) }
            try await bridge.remove(.swift, "x")
            #expect(try await states(bridge, 3) == [.waiting, .waiting, .waiting])
            #expect(try await standing(bridge, 1) == "failed")
            #expect(try await standing(bridge, 2) == "ignored boom")
            let second = try #require(try await bridge.store.jobs([key(bridge, "p1")])[0])
            #expect(second.deferredFailure == "child \(bridge.queue):x failed")
            #expect(try await !isNoted(bridge))
        }
    }
}
