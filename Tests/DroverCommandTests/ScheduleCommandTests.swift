import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct ScheduleCommandTests {
    @Test("a schedule is put, listed, paused, resumed, run and removed")
    func life() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let (status, transcript) = await drover(
            "schedule", "put", "digest", "--queue", "mail", "--name", "digest", "--cron", "0 6 * * MON-FRI", "--tz",
            "America/Toronto", "--data",
            #"{"n":1}"#, "--priority", "3", on: store)
        #expect(status == .done)
        #expect(transcript.results.hasSuffix(":00:00.000Z\n"))
        let (_, listed) = await drover("schedules", "--json", on: store)
        let item = try #require(try Parsed(listed.results).items.first)
        #expect(item.string("id") == "digest" && item.string("cron") == "0 6 * * MON-FRI")
        #expect(item.string("timeZone") == "America/Toronto")
        #expect(listed.results.contains(#""payload":{"n":1}"#) && listed.results.contains(#""priority":3"#))
        let (_, table) = await drover("schedules", "--queue", "mail", on: store)
        #expect(table.results.contains("digest    mail   0 6 * * MON-FRI  America/Toronto  "), "\(table.results)")

        #expect(
            await drover("schedule", "pause", "--queue", "mail", "digest", on: store).transcript.results
                == "digest paused\n")
        #expect(await drover("schedules", on: store).transcript.results.contains("  paused "))
        let paused = try await store.queues().first?.counts
        #expect(paused == JobCounts())
        #expect(await drover("schedule", "resume", "--queue", "mail", "digest", on: store).status == .done)
        #expect(await drover("schedule", "run", "--queue", "mail", "digest", on: store).status == .done)
        let resumed = try await store.queues().first?.counts
        #expect(resumed == JobCounts([.delayed: 1, .prioritized: 1]))
        let (removed, notes) = await drover(
            "schedule", "remove", "--queue", "mail", "digest", "nobody", "--json", on: store)
        #expect(removed == .notFound)
        #expect(try Parsed(notes.results).items.map { $0.string("result") } == ["removed", "not-found"])
        #expect(await drover("schedules", on: store).transcript.notes.contains("no schedules yet"))
    }

    @Test("what bounds a schedule and how it behaves is stored")
    func options() async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(
            "schedule", "put", "s", "--queue", "q", "--name", "n", "--every", "30s", "--offset", "5s", "--from",
            "2030-01-01T00:00:00Z",
            "--until", "2031-01-01T00:00:00Z", "--limit", "9", "--jitter", "2s", "--catch-up", "4", "--no-overlap",
            on: store)
        #expect(status == .done, "\(transcript.notes)")
        let record = try #require(
            try await store.schedules(ScheduleQuery(queue: "q"), page: Page()).schedules.first)
        #expect(record.schedule.timing == .every(.seconds(30), offset: .seconds(5)))
        #expect(record.slot == record.schedule.startsAt)
        #expect(record.schedule.endsAt.map { $0.milliseconds } == 1_924_992_000_000)
        #expect(record.schedule.limit == 9 && record.schedule.jitter == .seconds(2))
        #expect(record.schedule.catchUp == .all(atMost: 4) && record.schedule.overlap == .forbid)
    }

    @Test(
        "wrong input is refused with what is wrong, and nothing is stored",
        arguments: [
            (["--cron", "61 * * * *"], "field 1 (minute), character 1: \"61\" is above 59"),
            (["--cron", "* * * * *", "--tz", "Europe/berlin"], "did you mean \"Europe/Berlin\"?"),
            (["--every", "0s"], "interval"), (["--every", "5s", "--tz", "UTC"], "--tz"),
            (["--cron", "* * * * *", "--offset", "1s"], "--offset"), ([], "give --cron or --every"),
            (["--cron", "* * * * *", "--every", "5s"], "one of them"),
            (["--every", "5s", "--catch-up", "no"], "latest"),
            (["--every", "5s", "--limit", "0"], "limit"),
            (["--cron", "* * * * *", "--until", "2001-01-01T00:00:00Z"], "no time before its end"),
        ])
    func wrong(_ timing: [String], _ words: String) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(
            ["schedule", "put", "s", "--queue", "q", "--name", "n"] + timing, on: store)
        #expect(status == .usage)
        #expect(transcript.notes.contains(words), "\(transcript.notes)")
        #expect(try await store.queues().isEmpty)
    }

    @Test("preview prints the next times without a store, over a change of the clock")
    func preview() async throws {
        let (status, transcript) = await drover(
            "schedule", "preview", "--cron", "30 2 * * *", "--tz", "Europe/Berlin", "--from", "2026-03-27T00:00:00Z",
            "--count", "4", on: ReferenceStore())
        #expect(status == .done)
        #expect(
            transcript.results == """
                2026-03-27T01:30:00.000Z
                2026-03-28T01:30:00.000Z
                2026-03-29T01:00:00.000Z
                2026-03-30T00:30:00.000Z

                """)
        let (_, interval) = await drover(
            "schedule", "preview", "--every", "6h", "--from", "2026-03-01T00:00:00Z", "--count", "2",
            on: ReferenceStore())
        #expect(interval.results == "2026-03-01T06:00:00.000Z\n2026-03-01T12:00:00.000Z\n")
    }
}
