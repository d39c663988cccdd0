import DroverCore
import DroverRedis
import DroverTesting
import Logging
import RedisTesting
import Testing

/// Producers and workers of both clients on the same queues, and workers of both that are killed while they work.
@Suite("Mixed run", .serialized)
struct MixedRunTests {
    private static let prefix = "mixed"
    private static let queues: [QueueName] = ["left", "right"]

    @Test("Whatever is killed, every job of both clients is completed exactly once")
    func completedOnce() async throws {
        var random = TestRun.generator()
        let total = TestRun.number("DROVER_MIXED_JOBS", default: 600)
        let kills = min(max(6, total / 1000), 200)
        let server = try await RedisServer.start()
        let store = RedisStore(
            try RedisStoreConfiguration.patient(server.url(prefix: Self.prefix)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
        // The ledger needs all events.
        for queue in Self.queues {
            try await server.command("HSET", "\(Self.prefix):\(queue):meta", "opts.maxLenEvents", String(total * 20))
        }
        let parties: [Party] = [.swift, .python, .swift, .python]
        let start = MixedWorker.Place(server: server, prefix: Self.prefix, queues: Self.queues)
        var workers: [MixedWorker] = []
        for party in parties { workers.append(try await MixedWorker.start(party, start)) }
        let producer = try await PythonPeer.client(port: server.port, prefix: Self.prefix)
        var plan = Plan(total: total, random: random)
        let bulks = plan.bulks()

        var ledgers = Self.queues.map { Ledger(of: $0, in: store) }
        try await withThrowingTaskGroup { group in
            group.addTask { try await Self.add(bulks, store, producer) }
            for round in 0..<kills {
                // Killed by progress and not by time: after so many more jobs began or ended.
                let which = round % 2
                let step = total / 2 / (kills / 2 + 1)
                let goal = min(step * (round / 2 + 1) + Int.random(in: 0...max(step / 2, 1), using: &random), total / 2)
                try await ledgers[which].follow { $0.completed >= goal }
                let victim = Int.random(in: 0..<workers.count, using: &random)
                try await workers[victim].kill()
                workers[victim] = try await MixedWorker.start(parties[victim], start)
            }
            try await group.waitForAll()
        }
        for index in ledgers.indices { try await ledgers[index].follow { $0.completed >= total / 2 } }
        for worker in workers { try await worker.stop() }
        // What came after the last event that was waited for would be counted as well.
        for index in ledgers.indices { try await ledgers[index].readOn() }

        var bySwift = 0
        for (queue, ledger) in zip(Self.queues, ledgers) {
            try await check(ledger, of: queue, jobs: total / 2, in: store, on: server)
            bySwift += try await completedBySwift(ledger, of: queue, in: store)
        }
        let stalls = ledgers.reduce(0) { $0 + $1.total.stalled }
        #expect(bySwift > 0 && bySwift < total, "one kind of worker did nothing: \(bySwift) of \(total) by Swift")
        TestRun.figure("\(total / 2 * 2) jobs in a mixed run with \(kills) kills")
        TestRun.figure("\(stalls) stalls, \(bySwift) jobs completed by Swift's workers")
        try await producer.kill()
        await store.close()
        try await server.stop()
    }

    /// Adds each bulk by the client that it is meant for, the two side by side.
    private static func add(_ bulks: [Plan.Bulk], _ store: RedisStore, _ producer: PythonPeer) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                for bulk in bulks where bulk.party == .swift {
                    let results = try await store.enqueue(queues[bulk.queue], bulk.jobs.map { try $0.job })
                    guard results.allSatisfy({ $0.id != nil }) else {
                        throw Bridge.Surprise(description: "jobs were not added")
                    }
                }
            }
            group.addTask {
                for bulk in bulks where bulk.party == .python {
                    let queue = JSON.string(queues[bulk.queue].text)
                    try await producer.ask("addBulk", ["queue": queue, "jobs": .list(bulk.jobs.map(\.json))])
                }
            }
            try await group.waitForAll()
        }
    }

    /// Checks that the ledger adds up, for each job and in all, and that nothing is left over.
    private func check(
        _ ledger: Ledger, of queue: QueueName, jobs: Int, in store: RedisStore, on server: RedisServer
    ) async throws {
        let all = ledger.total
        #expect(all.added == jobs && all.completed == jobs && all.failed == 0)
        #expect(all.active == all.completed + all.putBack)
        #expect(ledger.jobs.count == jobs)
        let ids = Array(ledger.jobs.keys)
        for first in stride(from: 0, to: ids.count, by: 1000) {
            let part = ids[first..<min(first + 1000, ids.count)]
            let records = try await store.jobs(part.map { JobKey(queue: queue, id: $0) })
            for (id, record) in zip(part, records) {
                let record = try #require(record, "job \(id) is lost")
                let seen = ledger.jobs[id] ?? Ledger.Counts()
                let isSound =
                    record.state == .completed && seen.completed == 1 && seen.failed == 0 && seen.added == 1
                    && record.attemptsMade == 1 && record.attemptsStarted == seen.active
                    && record.stalls == seen.stalled && seen.active == 1 + seen.putBack
                #expect(isSound, "job \(id) of \(queue): \(seen); \(record)")
            }
        }
        // Leases that Python's workers ended are forgotten when they would have expired.
        try await server.command("BLPOP", "\(Self.prefix):\(queue):drover:never", "2.1")
        _ = try await store.reclaimStalled(queue, maxStalled: 1, limit: 1000)
        let summary = try await store.queues().first { $0.name == queue }
        #expect(summary?.counts == JobCounts([.completed: jobs]))
        for suffix in ["active", "wait", "prioritized", "delayed", "drover:leases"] {
            #expect(try await server.command("EXISTS", "\(Self.prefix):\(queue):\(suffix)") == "0", "\(suffix)")
        }
    }

    /// How many jobs have the name of a worker, which Python's workers do not write. Of those that were taken once: one
    /// that a Swift worker lost keeps its name.
    private func completedBySwift(_ ledger: Ledger, of queue: QueueName, in store: RedisStore) async throws -> Int {
        let keys = ledger.jobs.filter { $0.value.active == 1 }.keys.map { JobKey(queue: queue, id: $0) }
        var count = 0
        for first in stride(from: 0, to: keys.count, by: 1000) {
            let part = Array(keys[first..<min(first + 1000, keys.count)])
            count += try await store.jobs(part).count { $0?.worker != nil }
        }
        return count
    }

    /// The jobs of a run.
    private struct Plan {
        struct Bulk: Sendable {
            var party: Party
            var queue: Int
            var jobs: [Bridge.Addition] = []
        }

        let total: Int
        var random: SeededGenerator

        /// Half of the jobs for each queue, in bulks of either client.
        mutating func bulks() -> [Bulk] {
            var bulks: [Bulk] = []
            for queue in 0..<2 {
                var left = total / 2
                while left > 0 {
                    let count = min(Int.random(in: 1...60, using: &random), left)
                    left -= count
                    var bulk = Bulk(party: Bool.random(using: &random) ? .swift : .python, queue: queue)
                    for _ in 0..<count { bulk.jobs.append(job()) }
                    bulks.append(bulk)
                }
            }
            return bulks.shuffled(using: &random)
        }

        private mutating func job() -> Bridge.Addition {
            var options: [String: JSON] = [:]
            switch Int.random(in: 0..<10, using: &random) {
            case 0: options["delay"] = .integer(Int.random(in: 1...400, using: &random))
            case 1: options["priority"] = .integer(Int.random(in: 1...5, using: &random))
            case 2: options["lifo"] = true
            case 3: options["jobId"] = .string("own-\(UInt64.random(in: 0..<(1 << 60), using: &random))")
            default: break
            }
            let length = Int.random(in: 0...20, using: &random)
            let data: JSON = length < 8 ? ["value": .integer(length)] : ["do": "sleep", "ms": .integer(length)]
            return Bridge.Addition(data: data, options: options)
        }
    }
}
