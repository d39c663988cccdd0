import Drover
import DroverCore
import DroverSQLite
import RedisTesting
import Testing

/// Jobs that were moved are ordinary jobs to BullMQ's clients.
@Suite("Interoperability: moving")
struct MovingTests {
    /// Carries all that a queue of one store has to another, in one step each.
    private func carry(_ queue: QueueName, from source: any JobStore, to target: any JobStore) async throws {
        func page(_ part: MoveQuery.Part) async throws -> MovePage {
            try await source.movePage(MoveQuery(queue: queue, part: part), page: Page(limit: 1000))
        }
        let schedules = try await page(.schedules).schedules
        let pending = Set(schedules.compactMap { $0.pending?.record.key.id })
        var jobs: [WholeJob] = []
        for state in JobState.allCases { jobs += try await page(.jobs(state)).jobs }
        jobs.removeAll { pending.contains($0.record.key.id) }
        #expect(jobs.allSatisfy { $0.obstacle == nil })
        let arriving = MoveStep(
            queue: queue, expected: nil, checkpoint: nil, idsAbove: 1000, arrivingSchedules: schedules, arriving: jobs)
        guard case .done(let report) = try await target.move(arriving) else {
            throw Bridge.Surprise(description: "the step was not done")
        }
        #expect(report.stored == jobs.count + pending.count)
        let leaving = MoveStep(
            queue: queue, expected: nil, checkpoint: nil, leavingSchedules: schedules.map(\.stamp),
            leaving: (jobs + schedules.compactMap(\.pending)).map(\.stamp))
        guard case .done(let left) = try await source.move(leaving) else {
            throw Bridge.Surprise(description: "the step back was not done")
        }
        #expect(left.removed == jobs.count + pending.count)
    }

    private func withSQLite(_ body: (SQLiteStore) async throws -> Void) async throws {
        let sqlite = SQLiteStore(path: ":memory:")
        try await sqlite.prepare()
        try await body(sqlite)
        await sqlite.close()
    }

    @Test(
        "Jobs that come from SQLite are run by workers of either client, in order, and read by their getters",
        arguments: Party.allCases)
    func worked(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await withSQLite { sqlite in
                let data = try JSONText(#"{"do":"log","row":"ü"}"#)
                let options = JobOptions(attempts: 3, backoff: .fixed(.milliseconds(10)))
                var jobs = Array(repeating: NewJob(name: "n", payload: data, options: options), count: 3)
                var prior = options
                prior.priority = 2
                jobs += [NewJob(id: try JobID.custom("own"), name: "n", payload: data, options: prior)]
                jobs += [NewJob(name: "n", payload: data, start: .after(.milliseconds(300)))]
                let ids = try await sqlite.enqueue(bridge.queue, jobs).compactMap { $0.id?.text }
                try await carry(bridge.queue, from: sqlite, to: bridge.store)
                #expect(try await bridge.list("wait") == Array(ids[..<3].reversed()))
                #expect(try await bridge.members("prioritized") == ["own"])
                #expect(try await bridge.members("delayed") == [ids[4]])
                let theirs = try await bridge.ask("getJob", ["job": .string(ids[0])])
                #expect(theirs["data"]["row"] == "ü", "\(theirs)")
                #expect(theirs["opts"]["attempts"] == 3, "\(theirs)")
                try await bridge.working(worker) { try await bridge.ended(5) }
                #expect(Set(try await bridge.members("completed")) == Set(ids))
                // Under load the delayed one may be due before the one with a priority begins.
                #expect(try await bridge.begun().prefix(3) == ids.prefix(3))
                // The next id that either client makes is behind those that were moved.
                let next = try await bridge.add(worker)
                #expect((Int(next) ?? 0) > 1000)
            }
        }
    }

    @Test(
        "A schedule that comes from SQLite is taken on by workers of either client, each time once",
        arguments: Party.allCases)
    func scheduled(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            try await withSQLite { sqlite in
                let key = ScheduleKey(queue: bridge.queue, id: try ScheduleID("s"))
                let schedule = Schedule(
                    key: key, timing: .every(.milliseconds(100)), name: "tick",
                    payload: try JSONText(#"{"do":"log","row":"x"}"#), options: JobOptions(attempts: 2))
                try await JobService(store: sqlite).put(schedule)
                try await carry(bridge.queue, from: sqlite, to: bridge.store)
                let slot = try #require(try await bridge.score("repeat", "s"))
                let job = try await bridge.hash("repeat:s:\(slot)")
                let options = try JSON(parsing: try #require(job["opts"]))
                #expect(job["rjk"] == "s" && options["repeatJobKey"] == "s" && options["attempts"] == 2)
                #expect(options["repeat"]["every"] == 100 && options["repeat"]["count"] == 1)
                #expect(try await bridge.schedulerHash("s")["ic"] == "1")
                try await bridge.working(worker) { try await bridge.ended(4) }
                let ids = try await bridge.members("completed")
                #expect(ids.first == "repeat:s:\(slot)")
                #expect(Set(ids).count == ids.count)
            }
        }
    }

    @Test("Jobs and schedules of BullMQ's client go to SQLite and back with all their fields")
    func thereAndBack() async throws {
        try await Bridge.run { bridge in
            let offset = try await bridge.farOffset(every: 600_000)
            try await bridge.schedule(.python, "s", ["every": 600_000, "offset": offset], data: ["a": 1])
            var ids = try await bridge.addBulk(
                .python,
                [
                    .init(data: ["n": 1], options: ["attempts": 3, "backoff": ["type": "fixed", "delay": 5]]),
                    .init(data: ["l": []], options: ["priority": 5, "keepLogs": 2]),
                    .init(data: ["d": 1], options: ["delay": 600_000]),
                    .init(data: ["x": 1], options: ["jobId": "own", "lifo": true]),
                ])
            ids += try await bridge.members("delayed").filter { $0.hasPrefix("repeat:") }
            func content() async throws -> [String: [String: String]] {
                var content = ["s": try await bridge.schedulerHash("s")]
                // Drover always names the attempts, which clients ask for.
                if content["s"]?["opts"] == nil { content["s"]?["opts"] = #"{"attempts":1}"# }
                for id in ids {
                    var hash = try await bridge.hash(id)
                    // What is left of the delay when the job arrives.
                    hash["delay"] = nil
                    content[id] = hash
                }
                return content
            }
            let (before, waiting) = (try await content(), try await bridge.list("wait"))
            func scores() async throws -> [Int?] {
                var scores: [Int?] = []
                for id in ids { scores.append(try await bridge.score("delayed", id)) }
                return scores
            }
            let delays = try await scores()
            try await withSQLite { sqlite in
                try await carry(bridge.queue, from: bridge.store, to: sqlite)
                #expect(try await bridge.hash(ids[0]).isEmpty)
                #expect(try await bridge.list("wait").isEmpty)
                #expect(try await bridge.members("repeat").isEmpty)
                try await carry(bridge.queue, from: sqlite, to: bridge.store)
            }
            let after = try await content()
            for (id, hash) in before { #expect(after[id] == hash, "\(id)") }
            #expect(try await bridge.list("wait") == waiting)
            #expect(try await scores() == delays)
            #expect(try await bridge.members("repeat") == ["s"])
        }
    }
}
