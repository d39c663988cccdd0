import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting
import Testing

/// Workers of both clients on the queues of flows whose jobs have several parents, killed while they work.
///
/// BullMQ's workers tell only the first parent of a job. The others hear of it from Drover.
@Suite("Mixed flows", .serialized)
struct MixedFlowTests {
    private static let prefix = "mixed"
    private static let starts: QueueName = "starts"
    private static let middles: QueueName = "middles"
    private static let ends: QueueName = "ends"

    /// A start that three jobs wait for, one of which waits for a failing one too; and an end that waits for the three.
    private static func flow(_ number: Int) throws -> NewJob {
        func id(_ name: String) throws -> JobID { try JobID.custom("\(name)-\(number)") }
        func job(_ name: String, _ payload: String, _ children: [ChildJob]) throws -> NewJob {
            NewJob(id: try id(name), name: "n", payload: try JSONText(payload), children: children)
        }
        let sleeping = #"{"do":"sleep","ms":5}"#
        let shared = JobKey(queue: starts, id: try id("start"))
        let failing = ChildJob(starts, try job("failing", #"{"do":"fail"}"#, []), onFailure: .ignore)
        return try job(
            "end", "{}",
            [
                ChildJob(middles, try job("one", sleeping, [ChildJob(starts, try job("start", sleeping, []))])),
                ChildJob(middles, try job("two", "{}", [ChildJob(reference: shared), failing])),
                ChildJob(middles, try job("three", sleeping, [ChildJob(reference: shared)])),
            ])
    }

    @Test("Whatever is killed, each job of a flow runs once, after all that it waits for")
    func eachOnce() async throws {
        var random = TestRun.generator()
        let kills = TestRun.number("DROVER_FLOW_KILLS", default: 6)
        let server = try await RedisServer.start()
        let store = RedisStore(
            try RedisStoreConfiguration.patient(server.url(prefix: Self.prefix)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
        let queues = [Self.starts, Self.middles, Self.ends]
        // The ledger needs all events.
        for queue in queues {
            try await server.command("HSET", "\(Self.prefix):\(queue):meta", "opts.maxLenEvents", "10000000")
        }
        // One kind of worker alone on the queue of the starts: each of them has dependents that it can't tell.
        let plan: [(Party, [QueueName])] = [
            (.python, queues), (.swift, [Self.middles, Self.ends]), (.python, [Self.starts]), (.swift, [Self.ends]),
        ]
        func start(_ index: Int) async throws -> MixedWorker {
            try await MixedWorker.start(
                plan[index].0, MixedWorker.Place(server: server, prefix: Self.prefix, queues: plan[index].1))
        }
        var workers: [MixedWorker] = []
        for index in plan.indices { workers.append(try await start(index)) }

        var ledgers = queues.map { Ledger(of: $0, in: store) }
        var added = 0
        for _ in 0..<kills {
            for _ in 0..<4 {
                #expect(try await store.enqueue(Self.ends, [try Self.flow(added)]).first?.problem == nil)
                added += 1
            }
            // Killed by progress and not by time: after so many more jobs of a level ended.
            let level = Int.random(in: 0..<ledgers.count, using: &random)
            let goal = ledgers[level].total.completed + Int.random(in: 1...[4, 6, 2][level], using: &random)
            try await ledgers[level].follow { $0.completed >= goal }
            let victim = Int.random(in: 0..<workers.count, using: &random)
            try await workers[victim].kill()
            workers[victim] = try await start(victim)
            for index in ledgers.indices { try await ledgers[index].readOn() }
        }
        let total = added
        try await ledgers[2].follow { $0.completed >= total }
        for worker in workers { try await worker.stop() }
        for index in ledgers.indices { try await ledgers[index].readOn() }

        try await check(total, Dictionary(uniqueKeysWithValues: zip(queues, ledgers)), in: store)
        let stalls = ledgers.reduce(0) { $0 + $1.total.stalled }
        TestRun.figure("\(kills) kills among flows of both clients, \(total) flows")
        TestRun.figure("\(stalls) stalls among jobs of flows of both clients")
        await store.close()
        #expect(try await RedisAudit.problems(on: server, prefix: Self.prefix) == [])
        try await server.stop()
    }

    private func check(_ total: Int, _ ledgers: [QueueName: Ledger], in store: RedisStore) async throws {
        for number in 0..<total {
            let end = try Self.flow(number)
            var open = [(queue: Self.ends, job: end)]
            while let (queue, job) = open.popLast() {
                let key = JobKey(queue: queue, id: try #require(job.id))
                let seen = try #require(ledgers[queue]?.jobs[key.id], "\(key) is lost")
                let fails = key.id.text.hasPrefix("failing-")
                #expect(seen.completed == (fails ? 0 : 1) && seen.failed == (fails ? 1 : 0), "\(key): \(seen)")
                #expect(seen.added == 1 && seen.active == 1 + seen.putBack, "\(key): \(seen)")
                for child in job.children {
                    let below = JobKey(queue: child.queue, id: try #require(child.job.id))
                    let ended = try #require(ledgers[below.queue]?.jobs[below.id]?.ended)
                    let begun = try #require(seen.begun)
                    #expect(begun >= ended, "\(key) began before \(below) had ended")
                    if !child.isReference { open.append((child.queue, child.job)) }
                }
                let counts = try await store.children(of: key, .pending, page: Page(limit: 1)).counts
                let ignored = key.id.text.hasPrefix("two-") ? 1 : 0
                #expect(counts == ChildCounts(processed: job.children.count - ignored, ignored: ignored), "\(key)")
            }
        }
        for queue in try await store.queues() {
            #expect(queue.counts.total == queue.counts[.completed] + queue.counts[.failed])
        }
    }
}
