import DroverCore
import DroverTesting
import ProcessTesting
import RedisTesting
import Testing

@testable import DroverCommand

/// What doctor says of the source of a move: never that a queue is to be resumed or worked there.
@Suite("Doctor after drover move") struct DoctorAfterMoveTests {
    private func expectNoWrongAdvice(_ text: String) {
        #expect(!text.contains("resume") && !text.contains("drover work"), "\(text)")
    }

    @Test("what came in since is to be moved too; nothing is wrong when nothing is left", arguments: [true, false])
    func moved(_ fromSQLite: Bool) async throws {
        // One that loses nothing, of which doctor has nothing to say.
        let server = try await RedisServer.start(.init(appendOnly: .everysec))
        try await withTemporaryFolder { folder in
            let urls = ["sqlite:" + folder.file("jobs.sqlite"), server.url(prefix: "p")]
            let (from, to) = fromSQLite ? (urls[0], urls[1]) : (urls[1], urls[0])
            let move = ["move", "--from", from, "--to", to, "--yes"]
            #expect(await drover(["add", "--queue", "email", "hello"], url: from).status == .done)
            #expect(await drover(move, url: "sqlite:none").status == .done)

            let (well, quiet) = await drover(["doctor"], url: from)
            #expect(well == .done, "\(quiet.all)")
            #expect(quiet.results.contains("\n             \"email\" was moved to \(to), and stays paused here\n"))
            #expect(quiet.results.hasSuffix("\nAll is well.\n"))
            expectNoWrongAdvice(quiet.results)
            let (_, object) = await drover(["doctor", "--json"], url: from)
            let away = try Parsed(object.results).object("movedAway")
            #expect(away?.string("email") == to, "\(object.all)")

            #expect(await drover(["add", "--queue", "email", "hello", "--count", "2"], url: from).status == .done)
            let (status, transcript) = await drover(["doctor"], url: from)
            #expect(status == .failed)
            #expect(
                transcript.results.hasSuffix(
                    "\n! queue \"email\": paused by drover move to \(to); 2 jobs came in since, or stayed\n"
                        + "  → run drover move again to carry them; it tells what can't be moved\n"),
                "\(transcript.all)")
            expectNoWrongAdvice(transcript.results)

            #expect(await drover(move, url: "sqlite:none").status == .done)
            #expect(await drover(["doctor"], url: from).status == .done)
            // The target hands its jobs out: there a worker is what it needs.
            let (_, target) = await drover(["doctor", "--json"], url: to)
            let codes = try Parsed(target.results).objects("findings").compactMap { $0.string("code") }
            #expect(codes == ["no-worker"], "\(target.all)")
        }
        try await server.stop()
    }

    @Test("a move that was cut off is to be run again, also where its queue is empty", arguments: ClockedStore.allCases)
    func cutOff(_ kind: ClockedStore) async throws {
        try await kind.use { store, clock in
            let mark = MoveCheckpoint(move: "m", role: .source, number: 0, peer: "sqlite:new.sqlite", wasPaused: false)
            _ = try await store.move(MoveStep(queue: "email", expected: nil, checkpoint: mark))
            _ = try await store.configure([.pause("email"), .maxLength("email", 1)])
            for count in 0...1 {
                let (status, transcript) = await drover("doctor", on: store, clock: clock)
                #expect(status == .failed)
                let jobs = count == 0 ? "0 jobs are" : "1 job is"
                #expect(
                    transcript.results.contains(
                        "! queue \"email\": paused by drover move to sqlite:new.sqlite, which has not come to its end; "
                            + "\(jobs) here still\n  → let it end; if it no longer runs, run the same drover move again"
                    ),
                    "\(transcript.all)")
                #expect(transcript.results.contains("let them add to sqlite:new.sqlite") == (count == 1))
                expectNoWrongAdvice(transcript.results)
                _ = try await store.enqueue("email", [NewJob(name: "n")])
            }
        }
    }

    @Test("a queue that somebody pauses is told as ever, also where a move brings it")
    func pausedByHand() async throws {
        let store = ReferenceStore()
        let mark = MoveCheckpoint(move: "m", role: .target, number: 0, peer: "sqlite:old.sqlite", wasPaused: true)
        _ = try await store.move(MoveStep(queue: "email", expected: nil, checkpoint: mark))
        _ = try await store.configure([.pause("email")])
        let (_, transcript) = await drover("doctor", on: store)
        #expect(transcript.results.contains("  → drover resume --queue email\n"), "\(transcript.all)")
    }
}
