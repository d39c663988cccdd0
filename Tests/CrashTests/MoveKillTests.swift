import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Synchronization
import Testing

/// `drover move` is killed while it moves and producers go on adding.
@Suite("Kills of movers", .serialized)
struct MoveKillTests {
    private static let jobs = TestRun.number("DROVER_MOVE_JOBS", default: 1000)
    private static let kills = TestRun.number("DROVER_MOVE_KILLS", default: 3)
    private static let queue: QueueName = "q"
    /// How many jobs a step carries: few enough that there are steps to be cut off.
    private static let batch = min(1000, max(1, jobs / 1000))

    @Test("From SQLite to Redis no job is lost, doubled or changed, whenever the mover is killed")
    func toRedis() async throws {
        try await withStores { sqlite, redis in
            try await moving(from: sqlite, to: redis)
            // And back, where every id is one that another store has chosen.
            try await movingBack(from: redis, to: sqlite)
        }
    }

    @Test("From Redis to SQLite no job is lost, doubled or changed, whenever the mover is killed")
    func toSQLite() async throws {
        try await withStores { sqlite, redis in try await moving(from: redis, to: sqlite) }
    }

    @Test(
        "Jobs that a worker of the target ends and removes at once run once, whenever the mover is killed",
        arguments: [true, false])
    func workedMeanwhile(_ isToRedis: Bool) async throws {
        try await withStores { sqlite, redis in
            let (source, target) = isToRedis ? (sqlite, redis) : (redis, sqlite)
            var total = 0
            for _ in 0..<max(Self.jobs / 1000, 5) {
                let jobs = Array(repeating: NewJob(name: "n"), count: 100)
                total += try await source.store.enqueue(Self.queue, jobs).count
            }
            let isMoved = Mutex(false)
            async let runs = work(target.store) { isMoved.withLock { $0 } }
            total += try await kill(source, target, Self.kills).added
            try await end(source, target)
            isMoved.withLock { $0 = true }
            let ran = try await runs
            #expect(ran.count == total)
            #expect(ran.values.allSatisfy { $0 == 1 }, "some jobs ran twice")
            #expect(try await target.total() == 0)
        }
    }

    // MARK: Stores

    /// A store that this process has open, and its URL.
    private struct Place: Sendable {
        let store: any JobStore
        let url: String

        func total() async throws -> Int { try await summary()?.counts.total ?? 0 }

        /// The number of the last step of a move that goes on.
        func number() async throws -> Int? {
            let query = MoveQuery(queue: MoveKillTests.queue, part: .point)
            let checkpoint = try await store.movePage(query, page: Page()).point.checkpoint
            return checkpoint.flatMap { $0.hasEnded ? nil : $0.number }
        }

        func summary() async throws -> QueueSummary? {
            try await store.queues().first { $0.name == MoveKillTests.queue }
        }
    }

    private func withStores(_ body: (_ sqlite: Place, _ redis: Place) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let server = try await RedisServer.start()
            let path = folder.file("jobs.sqlite")
            let (sqlite, redis) = (SQLiteStore(path: path), try RedisStore(url: server.url(prefix: "p")))
            try await sqlite.prepare()
            try await redis.prepare()
            try await body(
                Place(store: sqlite, url: "sqlite:\(path)"), Place(store: redis, url: server.url(prefix: "p")))
            await sqlite.close()
            await redis.close()
            #expect(try FileAudit.problems(in: path) == [])
            #expect(try await RedisAudit.problems(on: server, prefix: "p") == [])
            try await server.stop()
        }
    }

    // MARK: The ledger

    /// What is to be the same of a job before and after, as one number.
    private static func digest(_ job: WholeJob) -> Int {
        let record = job.record
        let parts = [
            record.key.id.text, record.name.text, record.payload.text, job.options ?? "", record.state.rawValue,
            String(record.priority), String(record.attemptsMade), String(record.attemptsStarted), String(record.stalls),
            record.createdAt.description, record.dueAt?.description ?? "", record.processedAt?.description ?? "",
            record.finishedAt?.description ?? "", record.worker ?? "", record.progress?.text ?? "",
            record.result?.text ?? "", record.failedReason ?? "", record.stacktrace.joined(separator: "\u{1}"),
            record.deferredFailure ?? "", job.log.joined(separator: "\u{1}"),
        ]
        var hasher = Hasher()
        hasher.combine(parts)
        return hasher.finalize()
    }

    /// Each job that a store has, by its id.
    private func ledger(_ store: any JobStore) async throws -> [String: Int] {
        var ledger: [String: Int] = [:]
        for state in JobState.allCases {
            var cursor: PageCursor?
            repeat {
                let page = try await store.movePage(
                    MoveQuery(queue: Self.queue, part: .jobs(state)), page: Page(limit: 1000, after: cursor))
                for job in page.jobs {
                    let known = ledger.updateValue(Self.digest(job), forKey: job.record.key.id.text)
                    #expect(known == nil, "job \(job.record.key.id) is there twice")
                }
                cursor = page.next
            } while cursor != nil
        }
        return ledger
    }

    private static func job(_ number: Int) throws -> NewJob {
        var options = JobOptions()
        if number % 5 == 0 { options = JobOptions(attempts: 3, backoff: .fixed(.seconds(1)), priority: number % 3) }
        if number % 11 == 0 { options.tags = ["ü", "red"] }
        return NewJob(
            id: number % 3 == 0 ? try JobID.custom("own-\(number)") : nil, name: number % 2 == 0 ? "even" : "odd",
            payload: try JSONText(#"{"n":\#(number), "t":"größe","big":9007199254740993}"#),
            start: number % 7 == 0 ? .after(.seconds(86_400)) : .now, options: options)
    }

    /// Adds the numbered jobs, some of which then end, with logs.
    private func fill(_ store: any JobStore, _ numbers: Range<Int>) async throws {
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 1000) {
            let part = first..<min(first + 1000, numbers.upperBound)
            _ = try await store.enqueue(Self.queue, part.map { number in try Self.job(number) })
        }
        for round in 0..<10 {
            let claim = Claim(limit: min(numbers.count / 100, 1000), lease: .seconds(600), worker: "w")
            let claimed = try await store.exchange(
                Self.queue, id: ExchangeID("fill-\(round)"), settle: [], claim: claim
            ).claimed
            _ = try await store.record(
                claimed.prefix(20).map { JobReport(lease: $0.lease, content: .log("of \($0.job.key)", keep: nil)) })
            let settlements = claimed.enumerated().map { index, job in
                Settlement(
                    lease: job.lease,
                    outcome: index % 2 == 0
                        ? .completed(job.job.payload) : .failed(Failure(reason: "no", trace: "at\nü", keepTraces: 2)))
            }
            _ = try await store.exchange(
                Self.queue, id: ExchangeID("filled-\(round)"), settle: settlements, claim: nil)
        }
    }

    // MARK: Moving

    private func moving(from source: Place, to target: Place) async throws {
        let early = Self.jobs * 4 / 5
        try await fill(source.store, 0..<early)
        let seeded = try await ledger(source.store)
        #expect(seeded.count == early)

        let clock = ContinuousClock()
        let begin = clock.now
        async let late = produce(source.store, early..<Self.jobs)
        let (between, added) = try await kill(source, target, Self.kills)
        let lateIDs = try await late
        try await end(source, target)
        let seconds = Double((clock.now - begin).components.seconds) + 0.5

        let moved = try await ledger(target.store)
        #expect(moved.count == Self.jobs + added)
        var checksums = (0, 0)
        for (id, digest) in seeded {
            checksums = (checksums.0 &+ digest, checksums.1 &+ (moved[id] ?? 0))
            if moved[id] != digest { Issue.record("job \(id) is \(moved[id] == nil ? "lost" : "changed")") }
        }
        #expect(checksums.0 == checksums.1)
        try await checkLate(lateIDs, in: target.store)
        #expect(try await source.total() == 0)
        let summary = try await target.summary()
        #expect(summary?.isPaused == false)
        TestRun.figure(
            "\(Self.jobs) jobs moved from \(source.store.traits.name) to \(target.store.traits.name), "
                + "\(Self.kills) kills, \(between) of them with jobs in both stores, \(Int(Double(Self.jobs) / seconds)) jobs/s with producers and restarts"
        )
    }

    /// Moves all jobs the other way, with kills and without producers: each is then as it was.
    private func movingBack(from source: Place, to target: Place) async throws {
        let before = try await ledger(source.store)
        let added = try await kill(source, target, Self.kills).added
        try await end(source, target)
        let after = try await ledger(target.store)
        #expect(after.count == before.count + added)
        for (id, digest) in before where after[id] != digest {
            Issue.record("job \(id) is \(after[id] == nil ? "lost" : "changed") on its way back")
        }
        #expect(try await source.total() == 0)
        #expect(try await target.summary()?.isPaused == false)
        TestRun.figure("\(before.count) jobs moved back to \(target.store.traits.name), \(Self.kills) kills")
    }

    /// Adds jobs in small batches while movers are killed.
    ///
    /// - Returns: the ids by the jobs' numbers.
    private func produce(_ store: any JobStore, _ numbers: Range<Int>) async throws -> [Int: JobID] {
        var ids: [Int: JobID] = [:]
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 20) {
            let part = first..<min(first + 20, numbers.upperBound)
            let results = try await store.enqueue(Self.queue, part.map { number in try Self.job(number) })
            for (number, result) in zip(part, results) {
                guard case .added(let id) = result else {
                    Issue.record("job \(number) was not added: \(result)")
                    continue
                }
                ids[number] = id
            }
        }
        return ids
    }

    /// Looks whether jobs that came in while others were moved are there as they were added.
    private func checkLate(_ ids: [Int: JobID], in store: any JobStore) async throws {
        let numbers = ids.keys.sorted()
        for first in stride(from: 0, to: numbers.count, by: 1000) {
            let part = numbers[first..<min(first + 1000, numbers.count)]
            let records = try await store.jobs(part.map { JobKey(queue: Self.queue, id: ids[$0] ?? JobID(stored: "")) })
            for (number, record) in zip(part, records) {
                let job = try Self.job(number)
                let isSame =
                    record?.name == job.name && record?.payload == job.payload && record?.options == job.options
                    && record?.priority == job.options.priority && record?.attemptsStarted == 0
                    && record?.state
                        == (number % 7 == 0 ? .delayed : job.options.priority > 0 ? .prioritized : .waiting)
                if !isSame { Issue.record("job \(number), added late, is \(String(describing: record))") }
            }
        }
    }

    private func mover(_ source: Place, _ target: Place) throws -> ChildProcess {
        try ChildProcess(
            BuiltProducts.path(of: "drover"),
            [
                "move", "--from", source.url, "--to", target.url, "--yes", "--json", "--batch",
                String(Self.batch),
            ])
    }

    /// Starts movers and kills each when it has moved some.
    ///
    /// - Returns: after how many of the kills jobs were in both stores, and how many jobs were added because the movers
    ///   were too fast.
    private func kill(
        _ source: Place, _ target: Place, _ kills: Int
    ) async throws -> (between: Int, added: Int) {
        var random = TestRun.generator()
        var (done, between, added) = (0, 0, 0)
        while done < kills {
            let before = try await source.total()
            if before == 0 {
                added += try await source.store.enqueue(
                    Self.queue, Array(repeating: NewJob(name: "n"), count: 20 * Self.batch)
                ).count
                continue
            }
            let begun = try await source.number() ?? 0
            let mover = try mover(source, target)
            defer { mover.crash() }
            // Killed by progress and not by time, behind a step of either store; the last mover that is killed must still
            // find jobs.
            let pages = before / Self.batch
            let steps = Int.random(in: 0...max(1, 3 * pages / (2 * (kills - done + 1))), using: &random)
            let watched = Bool.random(using: &random) ? source : target
            while Foundation.kill(mover.processID, 0) == 0 {
                guard let number = try await watched.number(), number >= begun + steps else { continue }
                for _ in 0..<Int.random(in: 0...20, using: &random) { await Task.yield() }
                break
            }
            mover.crash()
            let ending = try await mover.end()
            if ending.isSignal {
                done += 1
                let (here, there) = (try await source.number(), try await target.number())
                if let here, let there, there > here { between += 1 }
            } else {
                #expect(ending.isSuccess, "\(mover.errors.values)")
            }
        }
        return (between, added)
    }

    /// Moves to the end.
    private func end(_ source: Place, _ target: Place) async throws {
        for _ in 0..<3 {
            let mover = try mover(source, target)
            defer { mover.crash() }
            let ending = try await mover.end(timeout: .seconds(1200))
            #expect(ending.isSuccess, "\(mover.errors.values)")
            if try await source.total() == 0 { return }
        }
        Issue.record("the source is not empty")
    }

    /// Runs jobs, which are removed at once, until none can come any more.
    ///
    /// - Returns: how often each ran.
    private func work(
        _ store: any JobStore, until isOver: @Sendable () -> Bool
    ) async throws -> [String: Int] {
        var runs: [String: Int] = [:]
        var settle: [Settlement] = []
        var number = 0
        while true {
            let isLast = isOver()
            number += 1
            let claim = Claim(limit: 50, lease: .seconds(60), worker: "w")
            let reply = try await store.exchange(
                Self.queue, id: ExchangeID("work-\(number)"), settle: settle, claim: claim)
            #expect(reply.settled.allSatisfy { $0 == .settled })
            for claimed in reply.claimed { runs[claimed.job.key.id.text, default: 0] += 1 }
            settle = reply.claimed.map {
                Settlement(lease: $0.lease, outcome: .completed(.null), retention: .removeAtOnce)
            }
            if reply.claimed.isEmpty {
                if isLast { return runs }
                _ = try await store.waitForWork(WakeInterest(work: [Self.queue]), atMost: .milliseconds(200))
            }
        }
    }
}
