import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import ProcessTesting
import RedisTesting
import Testing

@testable import DroverCommand

/// `drover move` between the stores, in both directions.
@Suite("Moving between stores")
struct MoveCommandTests {
    /// From which kind of store to which.
    enum Way: String, CaseIterable, Sendable {
        case sqliteToRedis, redisToSQLite, sqliteToSQLite, redisToRedis
    }

    /// Two stores of a test, open, with their URLs.
    private struct Stores {
        var from: any JobStore
        var fromURL: String
        var to: any JobStore
        var toURL: String

        func move(_ more: String..., back: Bool = false) async -> (
            status: DroverCommand.ExitStatus, transcript: Transcript
        ) {
            await drover(
                ["move", "--from", back ? toURL : fromURL, "--to", back ? fromURL : toURL, "--json"] + more,
                url: "sqlite:none")
        }
    }

    private func withStores(_ way: Way, _ body: (Stores) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let server = try await RedisServer.shared
            let prefixes = [RedisServer.freshPrefix(), RedisServer.freshPrefix()]
            func url(_ isRedis: Bool, _ number: Int) -> String {
                isRedis ? server.url(prefix: prefixes[number]) : "sqlite:" + folder.file("\(number).sqlite")
            }
            func open(_ url: String) async throws -> any JobStore {
                let store: any JobStore =
                    url.hasPrefix("sqlite:") ? SQLiteStore(path: String(url.dropFirst(7))) : try RedisStore(url: url)
                try await store.prepare()
                return store
            }
            let from = url(way == .redisToSQLite || way == .redisToRedis, 0)
            let to = url(way == .sqliteToRedis || way == .redisToRedis, 1)
            let stores = try await Stores(from: open(from), fromURL: from, to: open(to), toURL: to)
            try await body(stores)
            await stores.from.close()
            await stores.to.close()
            for prefix in prefixes { try await server.flush(prefix: prefix) }
        }
    }

    /// All that a store has of a queue, whole.
    private func content(_ store: any JobStore, _ queue: QueueName) async throws -> (
        jobs: [WholeJob], schedules: [WholeSchedule]
    ) {
        var jobs: [WholeJob] = []
        for state in JobState.allCases {
            jobs += try await store.movePage(MoveQuery(queue: queue, part: .jobs(state)), page: Page(limit: 1000)).jobs
        }
        let schedules = try await store.movePage(MoveQuery(queue: queue, part: .schedules), page: Page()).schedules
        return (jobs, schedules)
    }

    /// Fills a queue with jobs of every state but active, and a schedule.
    private func fill(_ store: any JobStore, _ queue: QueueName) async throws {
        func claim(_ limit: Int) async throws -> [ClaimedJob] {
            let claim = Claim(limit: limit, lease: .seconds(30), worker: "w")
            return try await store.exchange(queue, id: ExchangeID("x\(limit)"), settle: [], claim: claim).claimed
        }
        func settle(_ claimed: [ClaimedJob], _ id: String, _ outcome: Outcome) async throws {
            _ = try await store.exchange(
                queue, id: ExchangeID(id), settle: claimed.map { Settlement(lease: $0.lease, outcome: outcome) },
                claim: nil)
        }
        func add(_ count: Int, _ job: NewJob) async throws {
            _ = try await store.enqueue(queue, Array(repeating: job, count: count))
        }
        try await add(4, NewJob(name: "done", payload: JSONText(#"{"ü":[9007199254740993,{}]}"#)))
        let done = try await claim(4)
        _ = try await store.record([
            JobReport(lease: done[0].lease, content: .log("größe", keep: nil)),
            JobReport(lease: done[0].lease, content: .step("größe 1", result: JSONText(#"[9007199254740993, {}]"#))),
            JobReport(lease: done[1].lease, content: .step("s", result: .null)),
        ])
        try await settle(done, "s1", .completed(JSONText(#"{"r":[]}"#)))
        try await add(3, NewJob(name: "bad"))
        try await settle(
            claim(3), "s2", .failed(Failure(reason: "no \"way\"", trace: "at ü", keepTraces: 2)))
        var options = JobOptions(attempts: 7, backoff: .exponential(base: .seconds(1)), timeout: .seconds(3))
        options.tags = ["red"]
        options.metadata = ["k": "v"]
        try await add(5, NewJob(name: "wait", options: options))
        _ = try await store.enqueue(queue, [NewJob(id: JobID.custom("own-1"), name: "wait")])
        options.priority = 4
        try await add(3, NewJob(name: "prio", options: options))
        try await add(2, NewJob(name: "later", start: .after(.seconds(3600))))
        let key = ScheduleKey(queue: queue, id: try ScheduleID("nightly"))
        var schedule = Schedule(
            key: key, timing: .cron("0 6 * * *", timeZone: "Europe/Paris"), name: "tick", payload: .null,
            options: options)
        schedule.catchUp = .latest
        let now = SystemWallClock().now
        _ = try await store.put([SchedulePlan(schedule, first: now + .seconds(7200))])
    }

    @Test("What is set of groups, and what is reserved of allowances, is carried", arguments: Way.allCases)
    func groupsAndAllowances(_ way: Way) async throws {
        func groups(_ store: any JobStore) async throws -> JobPage {
            try await store.jobs(matching: JobQuery(queue: "q", part: .groups), page: Page())
        }
        func used(_ key: String, _ store: any JobStore) async throws -> AllowanceUse? {
            guard case .use(let use)? = try await store.apply([AllowanceCommand.look(key: key)]).first else {
                return nil
            }
            return use
        }
        let daily = Allowance("exports:42%3A", max: 5, per: .seconds(86_400))
        let ever = Allowance("seats", max: 5, per: nil)
        try await withStores(way) { stores in
            var options = JobOptions()
            options.group = "a"
            _ = try await stores.from.enqueue("q", [NewJob(name: "n", options: options), NewJob(name: "n")])
            let rate = GroupRate(max: 9, per: .seconds(3600))
            _ = try await stores.from.configure([
                .group("q", nil, .concurrency(2)), .group("q", nil, .rate(rate)), .group("q", "a", .weight(5)),
                .group("q", "b", .concurrency(7)), .group("q", "b", .pause),
            ])
            _ = try await stores.from.apply([
                AllowanceCommand.reserve(
                    id: "r 1", [AllowanceShare(daily, amount: 3), AllowanceShare(ever, amount: 2)]),
                .reserve(id: "r2", [AllowanceShare(daily)]),
            ])
            let before = try await groups(stores.from)
            let dry = try Parsed(await stores.move("--dry-run").transcript.results)
            #expect(dry.int("allowances") == 3)
            for carried in [3, 0] {
                let (status, transcript) = await stores.move("--yes")
                #expect(status == .done, "\(transcript.notes)")
                // What was carried is not carried again.
                #expect(try Parsed(transcript.results).int("allowances") == carried)
                #expect(try Parsed(await stores.move("--dry-run").transcript.results).int("allowances") == 0)
                let after = try await groups(stores.to)
                #expect(after.everyGroup == GroupLimits(concurrency: 2, rate: rate))
                #expect(after.groups == before.groups)
                #expect(try await used(daily.key, stores.to)?.used == 4)
                let left = try #require(try await used(daily.key, stores.to)?.lessIn)
                #expect(left > .seconds(86_000) && left <= .seconds(86_400))
                #expect(try await used(ever.key, stores.to) == AllowanceUse(used: 2))
            }
            guard
                case .spent? = try await stores.to.apply([
                    AllowanceCommand.reserve(
                        id: "r3", [AllowanceShare(daily, amount: 2)])
                ]).first
            else {
                Issue.record("the target counts what the source had reserved")
                return
            }
        }
    }

    @Test(
        "Jobs of every state, schedules and the pause arrive as they were, and come back as they were",
        arguments: Way.allCases)
    func bothWays(_ way: Way) async throws {
        try await withStores(way) { stores in
            try await fill(stores.from, "q")
            let before = try await content(stores.from, "q")
            #expect(before.jobs.count == 19)
            let (status, transcript) = await stores.move("--yes")
            #expect(status == .done, "\(transcript.notes)")
            let report = try Parsed(transcript.results)
            #expect(report.int("jobs") == 19)
            #expect(report.int("schedules") == 1)
            #expect(report.objects("queues").first?.int("cameIn") == 0)
            let arrived = try await content(stores.to, "q")
            expectSame(arrived, before)
            #expect(try await stores.from.queue("q")?.counts.total == 0)
            #expect(try await stores.from.queue("q")?.isPaused == true)
            #expect(try await stores.to.queue("q")?.isPaused == false)
            #expect(try await content(stores.from, "q").schedules.isEmpty)

            let (back, told) = await stores.move("--yes", back: true)
            #expect(back == .done, "\(told.notes)")
            expectSame(try await content(stores.from, "q"), before)
            #expect(try await stores.to.queue("q")?.counts.total == 0)
            #expect(try await stores.from.queue("q")?.isPaused == false)
        }
    }

    /// A pending job's options gain on Redis what makes it the run of a schedule to BullMQ's clients.
    private func expectSame(
        _ content: (jobs: [WholeJob], schedules: [WholeSchedule]),
        _ other: (jobs: [WholeJob], schedules: [WholeSchedule])
    ) {
        func plain(_ jobs: [WholeJob]) -> [WholeJob] {
            jobs.map {
                var job = $0
                if job.record.key.id.iteration != nil { job.options = nil }
                // Their order is the store's where they ended in the same millisecond.
                return job
            }.sorted { $0.record.key.id < $1.record.key.id }
        }
        let (mine, others) = (plain(content.jobs), plain(other.jobs))
        #expect(mine.count == others.count)
        for (job, expected) in zip(mine, others) { #expect(job == expected) }
        for state in [JobState.waiting, .prioritized, .delayed] {
            #expect(
                content.jobs.filter { $0.record.state == state }.map(\.record.key.id)
                    == other.jobs.filter { $0.record.state == state }.map(\.record.key.id))
        }
        #expect(content.schedules.map(\.record) == other.schedules.map(\.record))
        #expect(content.schedules.map { $0.pending?.record } == other.schedules.map { $0.pending?.record })
    }

    @Test("Ids of jobs that are added to the target afterwards meet none that was moved")
    func ids() async throws {
        try await withStores(.redisToSQLite) { stores in
            for queue in ["a", "b"] as [QueueName] {
                _ = try await stores.from.enqueue(queue, Array(repeating: NewJob(name: "n"), count: 3))
            }
            let (status, transcript) = await stores.move("--yes", "--reserve", "500")
            #expect(status == .done, "\(transcript.notes)")
            for queue in ["a", "b"] as [QueueName] {
                let ids = try await content(stores.to, queue).jobs.map(\.record.key.id.text)
                #expect(ids == ["1", "2", "3"], "\(queue)")
                let added = try await stores.to.enqueue(queue, [NewJob(name: "n")])
                #expect((Int(added[0].id?.text ?? "") ?? 0) > 503)
            }
        }
    }

    @Test("A queue that was paused is paused in the target before its first job arrives, and stays so")
    func paused() async throws {
        try await withStores(.sqliteToRedis) { stores in
            _ = try await stores.from.enqueue("q", [NewJob(name: "n")])
            _ = try await stores.from.configure([.pause("q")])
            #expect(await stores.move("--yes").status == .done)
            #expect(try await stores.to.queue("q")?.isPaused == true)
            // What comes in later follows, and the pause stays the queue's own.
            _ = try await stores.from.enqueue("q", [NewJob(name: "n")])
            #expect(await stores.move("--yes").status == .done)
            #expect(try await stores.to.queue("q")?.counts == JobCounts([.waiting: 2]))
            #expect(try await stores.to.queue("q")?.isPaused == true)
        }
    }

    @Test("A job whose id another job has in the target stops the move, and both stay as they are")
    func differing() async throws {
        try await withStores(.sqliteToRedis) { stores in
            let id = try JobID.custom("own")
            _ = try await stores.from.enqueue("q", [NewJob(id: id, name: "n", payload: .null)])
            _ = try await stores.to.enqueue("q", [NewJob(id: id, name: "n", payload: .emptyObject)])
            let (status, transcript) = await stores.move("--yes")
            #expect(status == .failed)
            #expect(transcript.notes.contains("job \"own\": another job has this id there"), "\(transcript.notes)")
            #expect(try await content(stores.from, "q").jobs.first?.record.payload == .null)
            #expect(try await content(stores.to, "q").jobs.first?.record.payload == .emptyObject)
            _ = try await stores.to.apply([.remove(JobKey(queue: "q", id: id))])
            #expect(await stores.move("--yes").status == .done)
            #expect(try await content(stores.to, "q").jobs.first?.record.payload == .null)
        }
    }

    @Test("A dry run tells what would be moved and changes nothing, not even the target")
    func dryRun() async throws {
        try await withStores(.sqliteToRedis) { stores in
            try await fill(stores.from, "q")
            let (status, transcript) = await stores.move("--dry-run")
            #expect(status == .done, "\(transcript.notes)")
            let queue = try Parsed(transcript.results).objects("queues").first
            #expect(queue?.string("queue") == "q")
            #expect(try Parsed(transcript.results).int("jobs") == 19)
            #expect(try await stores.from.queue("q")?.isPaused == false)
            #expect(try await stores.to.queues().isEmpty)
        }
    }

    @Test("Only the named queues are moved; an unknown one is told before anything is done")
    func namedQueues() async throws {
        try await withStores(.sqliteToRedis) { stores in
            for queue in ["a", "b"] as [QueueName] { _ = try await stores.from.enqueue(queue, [NewJob(name: "n")]) }
            #expect(await stores.move("--yes", "--queue", "a", "--queue", "c").status == .notFound)
            #expect(try await stores.to.queues().isEmpty)
            #expect(await stores.move("--yes", "--queue", "a").status == .done)
            #expect(try await stores.to.queues().map(\.name) == ["a"])
            #expect(try await stores.from.queue("b")?.counts.total == 1)
            #expect(try await stores.from.queue("b")?.isPaused == false)
        }
    }

    @Test("Jobs of flows and jobs with fields that are not known stay in the source, and are told with the reason")
    func obstacles() async throws {
        let server = try await RedisServer.shared
        try await withStores(.redisToSQLite) { stores in
            let prefix = try #require(stores.fromURL.split(separator: "=").last)
            let results = try await stores.from.enqueue("q", Array(repeating: NewJob(name: "n"), count: 4))
            let ids = results.compactMap { $0.id?.text }
            try await server.command("HSET", "\(prefix):q:\(ids[0])", "parentKey", "\(prefix):p:1")
            try await server.command("HSET", "\(prefix):q:\(ids[2])", "strange", "1")
            try await server.command("HSET", "\(prefix):q:meta", "concurrency", "7")
            let (status, transcript) = await stores.move("--yes")
            #expect(status == .failed)
            #expect(transcript.notes.contains("1 job stayed: it has a parent"), "\(transcript.notes)")
            #expect(transcript.notes.contains("a field that is not known here, \"strange\""))
            #expect(try await stores.to.queues().first?.concurrency == 7)
            #expect(try await content(stores.to, "q").jobs.map(\.record.key.id.text) == [ids[1], ids[3]])
            #expect(try await content(stores.from, "q").jobs.map(\.record.key.id.text) == [ids[0], ids[2]])
        }
    }

    @Test("Members of options that are not known are kept byte for byte, over SQLite and back")
    func unknownOptions() async throws {
        let server = try await RedisServer.shared
        try await withStores(.redisToSQLite) { stores in
            let prefix = try #require(stores.fromURL.split(separator: "=").last)
            let id = try #require(try await stores.from.enqueue("q", [NewJob(name: "n")])[0].id)
            let options = #"{"attempts":3,"tm":"{\"traceparent\":\"00-1\"}","new":[1e3,{}],"delay":0}"#
            try await server.command("HSET", "\(prefix):q:\(id)", "opts", options)
            #expect(await stores.move("--yes").status == .done)
            #expect(try await content(stores.to, "q").jobs.first?.options == options)
            #expect(await stores.move("--yes", back: true).status == .done)
            #expect(try await server.command("HGET", "\(prefix):q:\(id)", "opts") == options)
        }
    }

    @Test("An active job is waited for, and moved when it has ended")
    func active() async throws {
        try await withStores(.sqliteToRedis) { stores in
            _ = try await stores.from.enqueue("q", Array(repeating: NewJob(name: "n"), count: 2))
            let claim = Claim(limit: 1, lease: .seconds(600), worker: "w")
            let claimed = try await stores.from.exchange("q", id: ExchangeID("c"), settle: [], claim: claim).claimed
            async let moved = stores.move("--yes", "--wait", "600s")
            // The other job is there: the mover now waits for this one.
            while try await stores.to.queue("q")?.counts.total != 1 { await Task.yield() }
            _ = try await stores.from.exchange(
                "q", id: ExchangeID("s"),
                settle: [Settlement(lease: claimed[0].lease, outcome: .completed(.null))], claim: nil)
            let (status, transcript) = await moved
            #expect(status == .done, "\(transcript.notes)")
            #expect(try await stores.to.queue("q")?.counts == JobCounts([.waiting: 1, .completed: 1]))
        }
    }

    @Test("Who does not want to wait is told what is active still; the next run carries it")
    func stillActive() async throws {
        try await withStores(.sqliteToRedis) { stores in
            _ = try await stores.from.enqueue("q", [NewJob(name: "n")])
            let claim = Claim(limit: 1, lease: .seconds(60), worker: "w")
            let claimed = try await stores.from.exchange("q", id: ExchangeID("c"), settle: [], claim: claim).claimed
            let (status, transcript) = await stores.move("--yes", "--wait", "0s")
            #expect(status == .failed)
            #expect(transcript.notes.contains("q: 1 job active still"), "\(transcript.notes)")
            _ = try await stores.from.exchange(
                "q", id: ExchangeID("s"), settle: [Settlement(lease: claimed[0].lease, outcome: .released)], claim: nil)
            #expect(await stores.move("--yes").status == .done)
            #expect(try await stores.to.queue("q")?.counts == JobCounts([.waiting: 1]))
        }
    }

    @Test("With --follow it carries what comes in, also of new queues, until it is asked to stop")
    func follow() async throws {
        try await withStores(.sqliteToRedis) { stores in
            _ = try await stores.from.enqueue("q", [NewJob(name: "n")])
            let (status, _) = try await Program.running(
                "move", "--from", stores.fromURL, "--to", stores.toURL, "--yes", "--follow"
            ) {
                while try await stores.to.queue("q")?.counts.total != 1 { await Task.yield() }
                _ = try await stores.from.enqueue("q", [NewJob(name: "n")])
                _ = try await stores.from.enqueue("new", [NewJob(name: "n")])
                while try await stores.to.queue("q")?.counts.total != 2 { await Task.yield() }
                while try await stores.to.queue("new")?.counts.total != 1 { await Task.yield() }
            }
            #expect(status == 0)
            for queue in ["q", "new"] as [QueueName] {
                let point = try await stores.to.movePage(MoveQuery(queue: queue, part: .point), page: Page()).point
                #expect(point.checkpoint == nil)
                #expect(try await stores.to.queue(queue)?.isPaused == false)
            }
        }
    }

    @Test("It asks first; one store is not moved into itself, by whatever name")
    func refusals() async throws {
        try await withStores(.redisToSQLite) { stores in
            _ = try await stores.from.enqueue("q", [NewJob(name: "n")])
            let (unasked, told) = await stores.move()
            #expect(unasked == .usage)
            #expect(told.notes.contains("--yes"))
            let other = stores.fromURL.replacing("127.0.0.1", with: "localhost")
            for (from, to) in [(stores.fromURL, stores.fromURL), (stores.fromURL, other)] {
                let (status, transcript) = await drover(
                    ["move", "--from", from, "--to", to, "--yes"], url: "sqlite:none")
                #expect(status == .usage, "\(from) \(to)")
                #expect(transcript.notes.contains("same store"), "\(transcript.notes)")
            }
            #expect(try await stores.from.queue("q")?.isPaused == false)
            for url in ["sqlite::memory:", "nonsense"] {
                let (status, _) = await drover(
                    ["move", "--from", stores.fromURL, "--to", url, "--yes"], url: "sqlite:none")
                #expect(status == .usage)
            }
            #expect(try await content(stores.from, "q").jobs.count == 1)
        }
    }

    @Test("A schedule of which the target has one of the same kind is left to the target's, with one pending job")
    func knownSchedule() async throws {
        try await withStores(.redisToSQLite) { stores in
            let key = ScheduleKey(queue: "q", id: try ScheduleID("s"))
            let schedule = Schedule(key: key, timing: .every(.seconds(3600)), name: "tick")
            for store in [stores.from, stores.to] { _ = try await store.put([SchedulePlan(schedule)]) }
            let slot = try await content(stores.to, "q").schedules.first?.record.slot
            #expect(await stores.move("--yes").status == .done)
            let arrived = try await content(stores.to, "q")
            #expect(arrived.schedules.map(\.record.slot) == [slot])
            #expect(arrived.jobs.count == 1)
            #expect(try await content(stores.from, "q").jobs.isEmpty)
            var other = schedule
            other.payload = .null
            _ = try await stores.from.put([SchedulePlan(other)])
            let (status, transcript) = await stores.move("--yes")
            #expect(status == .failed)
            #expect(transcript.notes.contains("schedule \"s\": another schedule has this id there"))
        }
    }
}
