import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct WorkCommandTests {
    /// Runs `drover work` on a store while the body runs other commands on it.
    private func working<Result: Sendable>(
        on store: ReferenceStore, _ arguments: [String], _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let session = Transcript().session(on: store)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = await DroverTool.run(["work", "--queue", "q:2"] + arguments, in: session) }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    @Test("add --wait prints the result that a worker gave, and nothing else")
    func echo() async throws {
        let store = ReferenceStore()
        let (status, transcript) = try await working(on: store, ["--handler", "echo"]) {
            await drover("add", "--queue", "q", "n", "--data", #"{"n": 1}"#, "--wait", on: store)
        }
        #expect(status == .done)
        #expect(
            transcript.all == "{\"n\": 1}\n--- notes\nadded job 1 to q; waiting for its result\n", "\(transcript.all)")
    }

    @Test("add --wait exits with 1 when the job fails, and tells the reason on standard error")
    func fail() async throws {
        let store = ReferenceStore()
        let (status, transcript) = try await working(on: store, ["--handler", "fail:out of paper"]) {
            await drover("add", "--queue", "q", "n", "--wait", on: store)
        }
        #expect(status == .failed)
        #expect(transcript.results.isEmpty)
        #expect(transcript.notes.contains("out of paper"))
    }

    @Test("a backoff that the worker does not have is told when the job is tried again")
    func unknownBackoff() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--attempts", "2", "--backoff", "custom:expnential", on: store)
        let (status, transcript) = await drover(
            "work", "--queue", "q", "--handler", "fail", "--limit", "1", on: store)
        #expect(status == .done)
        #expect(transcript.notes.contains("this worker has no backoff named expnential"), "\(transcript.notes)")
    }

    @Test("a failed job's reason steers no terminal")
    func steeringReason() async throws {
        let store = ReferenceStore()
        let (_, transcript) = try await working(on: store, ["--handler", "fail:out \u{1B}[2J"]) {
            await drover("add", "--queue", "q", "n", "--wait", on: store)
        }
        #expect(transcript.notes.contains("out \u{FFFD}[2J"))
        #expect(!transcript.notes.contains("\u{1B}"))
    }

    @Test("add --wait --json tells each job's ending")
    func json() async throws {
        let store = ReferenceStore()
        let (_, transcript) = try await working(on: store, ["--handler", "noop"]) {
            await drover("add", "--queue", "q", "n", "--count", "2", "--wait", "--json", on: store)
        }
        let objects = try Parsed(transcript.results).items
        #expect(objects.map { $0.string("status") } == ["added", "added"])
        #expect(transcript.results.contains(#""result":null"#))
        #expect(transcript.notes == "added 2 jobs to q, the first 1, the last 2; waiting for their results\n")
    }

    @Test("add --wait-timeout gives up and says how long it waited")
    func timeout() async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(
            "add", "--queue", "q", "n", "--wait-timeout", "1ms", on: store)
        #expect(status == .failed)
        #expect(transcript.notes.contains("has not ended"))
    }

    @Test("work --limit ends by itself when so many jobs are settled")
    func limit() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--count", "3", on: store)
        let (status, _) = await drover("work", "--queue", "q", "--handler", "noop", "--limit", "2", on: store)
        #expect(status == .done)
        let counts = try await store.queues().first?.counts
        #expect(counts?[.completed] == 2)
        #expect(counts?[.waiting] == 1)
    }

    @Test("work --limit counts attempts: a job that is tried twice counts twice")
    func limitOfAttempts() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--count", "2", "--attempts", "2", on: store)
        let (status, _) = await drover("work", "--queue", "q", "--handler", "fail", "--limit", "3", on: store)
        #expect(status == .done)
        let counts = try await store.queues().first?.counts
        #expect(counts?[.failed] == 1)
        #expect(counts?[.waiting] == 1)
    }

    @Test("the first line of a worker's log names its queues, its store and its handler, and no secret of it")
    func firstLine() async throws {
        let store = ReferenceStore()
        let transcript = Transcript()
        _ = await drover("add", "--queue", "q", "n", on: store)
        let status = await DroverTool.run(
            [
                "work", "--queue", "q", "--limit", "1", "--store", "sqlite:jobs.sqlite",
                "--handler", "exec:true --password hidden",
            ], in: transcript.session(on: store))
        #expect(status == .done)
        #expect(
            transcript.notes.hasPrefix(
                "2025-06-15T15:06:40.000Z info    working handler=exec:true queues=q store=sqlite:jobs.sqlite\n"),
            "\(transcript.notes)")
        #expect(!transcript.notes.contains("hidden"))
        #expect(try HandlerSpec(parsing: "http:https://me:hidden@h:1/hidden?hidden").summary == "http:https://h:1")
    }

    /// A session whose worker's log tells when a job has begun: one that is only claimed is given back by a stop.
    private static func session(on store: any JobStore, _ running: Probe<Void>) -> Session {
        var session = Transcript().session(on: store)
        session.output = Output(result: { _ in }, note: { if $0.contains("job started") { running.signal() } })
        return session
    }

    @Test("a first stop lets the running job finish")
    func gracefulStop() async throws {
        let store = ReferenceStore()
        let stops = AsyncStream<Void>.makeStream()
        _ = await drover("add", "--queue", "q", "n", on: store)
        let running = Probe<Void>("the job runs")
        var session = Self.session(on: store, running)
        session.stopRequests = { stops.stream }
        let ending = Task { [session] in
            await DroverTool.run(["work", "--queue", "q", "--handler", "echo", "-v"], in: session)
        }
        _ = try await running.wait()
        stops.continuation.yield()
        #expect(await ending.value == .done)
        #expect(try await store.queues().first?.counts[.completed] == 1)
    }

    @Test("a second stop gives the running job back at once")
    func secondStop() async throws {
        let store = ReferenceStore()
        let stops = AsyncStream<Void>.makeStream()
        _ = await drover("add", "--queue", "q", "n", on: store)
        let running = Probe<Void>("the job runs")
        var session = Self.session(on: store, running)
        session.stopRequests = { stops.stream }
        let ending = Task { [session] in
            await DroverTool.run(["work", "--queue", "q", "--handler", "sleep:1h", "-v"], in: session)
        }
        _ = try await running.wait()
        stops.continuation.yield()
        stops.continuation.yield()
        #expect(await ending.value == .failed)
        let job = try await store.jobs(matching: JobQuery(queue: "q", state: .waiting), page: Page()).jobs.first
        #expect(job?.attemptsStarted == 1)
        #expect(job?.attemptsMade == 0)
    }

    @Test(
        "work refuses what it can't do with exit 2",
        arguments: [
            (["--queue", "q", "--handler", "nothing"], "is not a handler"),
            (["--queue", "q:0", "--handler", "noop"], "concurrency"),
            (["--queue", "q", "--queue", "q:2", "--handler", "noop"], "named twice"),
            (["--queue", "q", "--handler", "noop", "--lease", "1ms"], "--lease"),
            (["--queue", "q", "--handler", "noop", "--limit", "0"], "--limit"),
            (["--handler", "noop"], "--queue"),
        ])
    func refused(arguments: [String], says: String) async {
        let transcript = Transcript()
        let status = await DroverTool.run(["work"] + arguments, in: transcript.session(on: ReferenceStore()))
        #expect(status == .usage)
        #expect(transcript.notes.contains(says), "\(transcript.notes)")
    }

    @Test("a garbled signing secret is refused and not repeated")
    func secret() async {
        let transcript = Transcript()
        let session = transcript.session(
            on: ReferenceStore(), environment: ["DROVER_HTTP_SECRET": "whsec_***"])
        let status = await DroverTool.run(
            ["work", "--queue", "q", "--handler", "http:http://127.0.0.1:1/"], in: session)
        #expect(status == .usage)
        #expect(!transcript.notes.contains("***"))
    }
}
