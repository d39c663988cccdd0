import DroverCore
import DroverRedis
import DroverTesting
import RedisTesting
import Testing

@testable import DroverCommand

/// What doctor says of queues of which no worker lives.
@Suite("Doctor where no worker lives") struct DoctorWithoutWorkerTests {
    private static let advice =
        "  → start the program that works it, or drover work --queue reports --handler SPEC\n"

    private func schedule(_ id: String, every length: Duration = .seconds(3)) throws -> Schedule {
        Schedule(
            key: ScheduleKey(queue: "reports", id: try ScheduleID(id)), timing: .every(length, offset: nil), name: "n")
    }

    private func live(_ store: any JobStore, for span: Duration) async throws {
        try await store.heartbeat([
            WorkerReport(
                id: "w", queue: "reports", host: "h", process: 1, concurrency: 1, running: 0, validFor: span)
        ])
    }

    @Test("a delayed job that has been due for more than 5 s is a finding", arguments: ClockedStore.allCases)
    func due(_ kind: ClockedStore) async throws {
        try await kind.use { store, clock in
            _ = try await store.enqueue("reports", [NewJob(name: "n", start: .after(.seconds(60)))])
            clock.advance(by: .seconds(65))
            let (well, before) = await drover("doctor", on: store, clock: clock)
            #expect(well == .done && before.results.hasSuffix("\nAll is well.\n"), "\(before.all)")
            clock.advance(by: .milliseconds(1))
            let (status, transcript) = await drover("doctor", on: store, clock: clock)
            #expect(status == .failed)
            #expect(
                transcript.results.hasSuffix(
                    "\n! queue \"reports\": 1 job has been due since 2025-06-15T15:07:40.000Z and no worker lives\n"
                        + Self.advice), "\(transcript.all)")
        }
    }

    @Test("so is a retry behind its wait", arguments: ClockedStore.allCases)
    func retry(_ kind: ClockedStore) async throws {
        try await kind.use { store, clock in
            _ = try await store.enqueue("reports", Array(repeating: NewJob(name: "n"), count: 2))
            let claim = Claim(limit: 2, lease: .seconds(30), worker: "w")
            let claimed = try await store.exchange("reports", id: ExchangeID("e"), settle: [], claim: claim).claimed
            _ = try await store.exchange(
                "reports", id: ExchangeID("f"),
                settle: claimed.map {
                    Settlement(lease: $0.lease, outcome: .retry(after: .seconds(2), Failure(reason: "no")))
                }, claim: nil)
            clock.advance(by: .seconds(8))
            let (status, transcript) = await drover("doctor", on: store, clock: clock)
            #expect(status == .failed)
            #expect(
                transcript.results.contains(
                    "! queue \"reports\": 2 jobs have been due, the first since 2025-06-15T15:06:42.000Z, and no worker "
                        + "lives\n"), "\(transcript.all)")
            _ = try await store.enqueue("reports", [NewJob(name: "n")])
            let (_, both) = await drover("doctor", on: store, clock: clock)
            #expect(
                both.results.contains(
                    "\"reports\": 1 job waits, 2 more have been due, the first since 2025-06-15T15:06:42.000Z, and no "
                        + "worker lives\n"), "\(both.all)")
        }
    }

    @Test("a living worker takes what is due; of many such jobs it is said that there are at least so many")
    func bounds() async throws {
        try await ClockedStore.reference.use { store, clock in
            _ = try await store.enqueue(
                "reports", Array(repeating: NewJob(name: "n", start: .after(.seconds(1))), count: 101))
            _ = try await store.put([SchedulePlan(try schedule("every-three"))])
            clock.advance(by: .seconds(90))
            try await live(store, for: .seconds(30))
            #expect(await drover("doctor", on: store, clock: clock).status == .done)
            clock.advance(by: .seconds(31))
            let (_, transcript) = await drover("doctor", "--json", on: store, clock: clock)
            let findings = try Parsed(transcript.results).objects("findings")
            #expect(findings.map { $0.string("code") } == ["no-worker", "schedule-overdue"])
            #expect(
                findings.first?.string("problem")?.contains("at least 100 more have been due, the first since") == true,
                "\(transcript.all)")
        }
    }

    @Test("a store on a server goes by the server's clock, not by the host's")
    func serverClock() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let store = try RedisStore(url: server.url(prefix: prefix))
        try await store.prepare()
        _ = try await store.enqueue(
            "reports", [NewJob(id: JobID.custom("a"), name: "n", start: .after(.seconds(3600)))])
        func problems(_ start: Timestamp) async throws -> [String] {
            try await Diagnosis.look(at: store, clock: ManualWallClock(start: start)).findings
                .filter { $0.code == "no-worker" }.map(\.problem)
        }
        // The host is in the year 2255, and then at the beginning of 1970.
        #expect(try await problems(Timestamp(milliseconds: 9_000_000_000_000)).isEmpty)
        try await server.command("ZADD", "\(prefix):reports:delayed", "XX", "4096000", "a")
        #expect(
            try await problems(Timestamp(milliseconds: 0)) == [
                "1 job has been due since 1970-01-01T00:00:01.000Z and no worker lives"
            ])
        await store.close()
        try await server.flush(prefix: prefix)
    }

    @Test(
        "a schedule whose time passed more than 60 s ago is a finding, and is listed as overdue",
        arguments: ClockedStore.allCases)
    func schedules(_ kind: ClockedStore) async throws {
        try await kind.use { store, clock in
            clock.advance(by: .seconds(1))
            _ = try await store.put([SchedulePlan(try schedule("every-three"))])
            clock.advance(by: .seconds(5))
            let (_, inTime) = await drover("schedules", on: store, clock: clock)
            #expect(!inTime.results.contains("overdue"), "\(inTime.all)")
            clock.advance(by: .seconds(55))
            let (_, soon) = await drover("doctor", "--json", on: store, clock: clock)
            let early = try Parsed(soon.results).objects("findings").compactMap { $0.string("code") }
            #expect(early == ["no-worker"], "\(soon.all)")
            clock.advance(by: .seconds(20))
            let (status, transcript) = await drover("doctor", on: store, clock: clock)
            #expect(status == .failed)
            #expect(
                transcript.results.hasSuffix(
                    "\n! schedule \"every-three\": its time passed 80 s ago and no worker of \"reports\" lives\n"
                        + Self.advice), "\(transcript.all)")
            let (_, object) = await drover("doctor", "--json", on: store, clock: clock)
            let finding = try Parsed(object.results).objects("findings").last
            #expect(finding?.string("code") == "schedule-overdue" && finding?.string("queue") == "reports")
            #expect(finding?.string("schedule") == "every-three")
            let (_, table) = await drover("schedules", on: store, clock: clock)
            #expect(table.results.contains("  2025-06-15T15:06:41.000Z (overdue)  "), "\(table.all)")
            let (_, list) = await drover("schedules", "--json", on: store, clock: clock)
            #expect(try Parsed(list.results).items.first?.int("next") == 1_750_000_001_000)
        }
    }

    @Test("a schedule whose job is gone is one too; a paused one is not", arguments: ClockedStore.allCases)
    func lostJob(_ kind: ClockedStore) async throws {
        try await kind.use { store, clock in
            _ = try await store.put([SchedulePlan(try schedule("lost")), SchedulePlan(try schedule("rests"))])
            let key = ScheduleKey(queue: "reports", id: try ScheduleID("rests"))
            _ = try await store.apply([.pause(key)])
            let claim = Claim(limit: 5, lease: .seconds(30), worker: "w")
            let claimed = try await store.exchange("reports", id: ExchangeID("e"), settle: [], claim: claim).claimed
            // Its worker died before the next job was stored.
            _ = try await store.exchange(
                "reports", id: ExchangeID("f"),
                settle: claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }, claim: nil)
            clock.advance(by: .seconds(7200))
            let findings = try await Diagnosis.look(at: store, clock: clock).findings.filter { $0.queue == "reports" }
            #expect(findings.map(\.code) == ["schedule-overdue"])
            #expect(findings.first?.schedule?.text == "lost")
            #expect(findings.first?.problem == "its time passed 2 h ago and no worker of \"reports\" lives")
        }
    }

    @Test("of many schedules the earliest five are named, and the others counted")
    func manySchedules() async throws {
        try await ClockedStore.reference.use { store, clock in
            for number in 1...7 {
                _ = try await store.put([SchedulePlan(try schedule("s\(number)", every: .seconds(60)))])
                clock.advance(by: .seconds(1))
            }
            clock.advance(by: .seconds(300))
            let findings = try await Diagnosis.look(at: store, clock: clock).findings.filter {
                $0.code == "schedule-overdue"
            }
            #expect(findings.compactMap { $0.schedule?.text } == ["s1", "s2", "s3", "s4", "s5"])
            #expect(findings.last?.problem == "the time of 2 more schedules has passed too, and no worker lives")
        }
    }

    @Test("a schedule is not late within its jitter")
    func jitter() throws {
        var rule = try schedule("s")
        rule.jitter = .seconds(600)
        let record = ScheduleRecord(schedule: rule, slot: Timestamp(milliseconds: 0), iterations: 1)
        let grace = Diagnosis.scheduleGrace
        #expect(!record.isOverdue(at: Timestamp(milliseconds: 660_000), by: grace))
        #expect(record.isOverdue(at: Timestamp(milliseconds: 660_001), by: grace))
        let ended = ScheduleRecord(schedule: rule, slot: record.slot, iterations: 1, hasEnded: true)
        #expect(!ended.isOverdue(at: Timestamp(milliseconds: .max), by: grace))
    }

    @Test(
        "spans that have passed are told in a unit that says something",
        arguments: [
            (Duration.milliseconds(-1), "0 s"), (.milliseconds(1999), "1 s"), (.seconds(119), "119 s"),
            (.seconds(120), "2 min"), (.seconds(7199), "119 min"), (.seconds(7200), "2 h"), (.seconds(172_799), "47 h"),
            (.seconds(172_800), "2 days"),
        ])
    func spans(_ span: Duration, _ text: String) {
        #expect(Elapsed.text(span) == text)
    }
}
