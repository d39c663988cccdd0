import Drover
import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// One reading command and the name of its snapshot.
struct Reading: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var status = ExitStatus.done
    var testDescription: String { name }

    static let all: [Reading] = [
        Reading(name: "queues", arguments: ["queues"]),
        Reading(name: "queues-json", arguments: ["queues", "--json"]),
        Reading(name: "workers", arguments: ["workers"]),
        Reading(name: "workers-json", arguments: ["workers", "--json"]),
        Reading(name: "jobs-waiting", arguments: ["jobs", "--queue", "mail"]),
        Reading(name: "jobs-page", arguments: ["jobs", "--queue", "mail", "--state", "prioritized", "--limit", "1"]),
        Reading(name: "jobs-delayed", arguments: ["jobs", "--queue", "mail", "--state", "delayed"]),
        Reading(name: "jobs-active", arguments: ["jobs", "--queue", "mail", "--state", "active"]),
        Reading(name: "jobs-completed", arguments: ["jobs", "--queue", "mail", "--state", "completed"]),
        Reading(name: "jobs-failed", arguments: ["jobs", "--queue", "mail", "--state", "failed"]),
        Reading(
            name: "jobs-failed-json",
            arguments: ["jobs", "--queue", "mail", "--state", "failed", "--order", "desc", "--json"]),
        Reading(name: "jobs-none", arguments: ["jobs", "--queue", "reports", "--state", "failed"]),
        Reading(name: "jobs-unknown", arguments: ["jobs", "--queue", "nowhere"], status: .notFound),
        Reading(name: "job-completed", arguments: ["job", "--queue", "mail", "good"]),
        Reading(name: "job-failed", arguments: ["job", "--queue", "mail", "bad"]),
        Reading(name: "job-failed-json", arguments: ["job", "--queue", "mail", "bad", "--json"]),
        Reading(name: "job-active", arguments: ["job", "--queue", "mail", "busy"]),
        Reading(name: "job-unknown", arguments: ["job", "--queue", "mail", "nobody"], status: .notFound),
        Reading(name: "events", arguments: ["events", "--queue", "mail"]),
        Reading(name: "events-behind", arguments: ["events", "--queue", "mail", "--from", "3"]),
        Reading(
            name: "events-unknown-position", arguments: ["events", "--queue", "mail", "--from", "x"], status: .usage),
        Reading(name: "events-json", arguments: ["events", "--queue", "mail", "--json"]),
        Reading(name: "doctor", arguments: ["doctor"], status: .failed),
        Reading(name: "doctor-json", arguments: ["doctor", "--json"], status: .failed),
    ]
}

@Suite struct ReadingCommandTests {
    @Test("job tells that a parent is gone")
    func goneParent() async throws {
        let store = ReferenceStore()
        let flow = #"{"name":"p","queueName":"ps","opts":{"jobId":"p"},"children":[{"name":"c","queueName":"cs"}]}"#
        #expect(await drover("flow", "add", "-", on: store, input: flow).status == .done)
        let before = await drover("job", "--queue", "cs", "1", on: store).transcript.results
        #expect(before.contains("ps/p") && !before.contains("gone"), "\(before)")
        #expect(await drover("remove", "--queue", "ps", "p", on: store).status == .done)
        let after = await drover("job", "--queue", "cs", "1", on: store).transcript.results
        #expect(after.contains("ps/p, which is gone"), "\(after)")
    }

    @Test("every reading command prints as its snapshot", arguments: Reading.all)
    func prints(_ reading: Reading) async throws {
        let store = try await SeededStore.make()
        let transcript = Transcript()
        let status = await DroverTool.run(reading.arguments, in: transcript.session(on: store))
        #expect(status == reading.status)
        try expectSnapshot(transcript.all, named: reading.name)
    }

    @Test("a queue without jobs of the state tells where its jobs are, most first")
    func elsewhere() async throws {
        let store = ReferenceStore()
        _ = try await store.enqueue("email", Array(repeating: NewJob(name: "n"), count: 3))
        let claim = Claim(limit: 3, lease: .seconds(30), worker: "w")
        let claimed = try await store.exchange("email", id: ExchangeID("c"), settle: [], claim: claim).claimed
        _ = try await store.exchange(
            "email", id: ExchangeID("s"),
            settle: claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) },
            claim: nil)
        _ = try await store.enqueue(
            "email", Array(repeating: NewJob(name: "n", start: .after(.seconds(60))), count: 5))
        let (status, transcript) = await drover("jobs", "--queue", "email", on: store)
        #expect(status == .done)
        #expect(
            transcript.notes
                == "The queue \"email\" has no waiting jobs (5 delayed, 3 completed: --state delayed).\n")
        let empty = ReferenceStore()
        _ = try await empty.configure([.pause("email")])
        #expect(
            await drover("jobs", "--queue", "email", on: empty).transcript.notes
                == "The queue \"email\" has no waiting jobs.\n")
    }

    @Test("why an earlier attempt failed is the last failure, and the failed reason of a job that has failed for good")
    func lastFailure() async throws {
        let store = ReferenceStore()
        _ = try await store.enqueue("q", [NewJob(name: "n", options: JobOptions(attempts: 2))])
        for (round, label) in ["last failure", "failed reason"].enumerated() {
            let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
            let claimed = try await store.exchange("q", id: ExchangeID("c\(round)"), settle: [], claim: claim).claimed
            let failure = Failure(reason: "MailServerDown()")
            let outcome: Outcome = round == 0 ? .retry(after: .zero, failure) : .failed(failure)
            _ = try await store.exchange(
                "q", id: ExchangeID("s\(round)"),
                settle: claimed.map { Settlement(lease: $0.lease, outcome: outcome) }, claim: nil)
            let shown = await drover("job", "--queue", "q", "1", on: store).transcript.results
            let line = shown.split(separator: "\n").first { $0.contains("MailServerDown()") }
            #expect(line?.hasPrefix(label) == true, "\(shown)")
            let json = try Parsed(await drover("job", "--queue", "q", "1", "--json", on: store).transcript.results)
            #expect(json.string("failedReason") == "MailServerDown()")
        }
    }

    @Test("events count one job as one")
    func counted() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "hello", on: store)
        _ = await drover("clean", "--queue", "q", "--state", "waiting", "--yes", on: store)
        let events = await drover("events", "--queue", "q", on: store).transcript.results
        #expect(events.contains("cleaned  1 job\n"), "\(events)")
    }

    @Test("a list goes on behind the cursor that it printed, to its end")
    func pages() async throws {
        let store = try await SeededStore.make()
        var seen: [String] = []
        var after: String?
        repeat {
            let transcript = Transcript()
            let more = after.map { ["--after", $0] } ?? []
            let arguments = ["jobs", "--queue", "mail", "--state", "prioritized", "--limit", "1", "--json"] + more
            #expect(await DroverTool.run(arguments, in: transcript.session(on: store)) == .done)
            let page = try Parsed(transcript.results)
            seen += page.objects("jobs").compactMap { $0.string("id") }
            after = page.string("next")
        } while after != nil
        #expect(seen == ["first", "second"])
    }

    @Test("events without --follow end, however busy the queue is", .timeLimit(.minutes(10)))
    func busyEvents() async throws {
        let store = try await SeededStore.make()
        let busy = BusyStore(store, beforeEvents: { _ = try await store.enqueue("mail", [NewJob(name: "n")]) })
        let (status, transcript) = await drover("events", "--queue", "mail", on: busy)
        #expect(status == .done)
        #expect(transcript.results.contains("added"))
    }

    @Test("events --follow waits for a queue that does not exist yet")
    func futureEvents() async throws {
        let store = ReferenceStore()
        try await store.prepare()
        let asked = Probe<Void>("the events are read")
        let transcript = Transcript()
        let printed = Probe<Void>("an event is printed")
        var session = transcript.session(on: BusyStore(store, beforeEvents: { asked.signal() }))
        session.output = Output(result: { _ in printed.signal() }, note: { _ in })
        let following = Task { [session] in
            await DroverTool.run(["events", "--queue", "q", "--follow", "--from", "beginning"], in: session)
        }
        try await asked.wait()
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        try await printed.wait()
        following.cancel()
        _ = await following.value
    }

    @Test("payloads and results are printed byte for byte")
    func bytes() async throws {
        let store = try await SeededStore.make()
        let (_, transcript) = await drover("job", "--queue", "mail", "good", "--json", on: store)
        #expect(transcript.results.contains(#""payload":{"user": 9007199254740993}"#))
        #expect(transcript.results.contains(#""result":{"sent": true}"#))
    }

    @Test("a store that somebody holds is busy, and one that can't be written to is not")
    func unwritable() {
        #expect(Diagnosis.unwritable(StoreError(.busy, "locked")).code == "busy")
        for code in [StoreError.Code.full, .readOnly, .unreachable] {
            #expect(Diagnosis.unwritable(StoreError(code, "x")).code == "not-writable")
        }
    }

    @Test("doctor names the jobs that a worker without a handler failed")
    func unhandled() async throws {
        let store = ReferenceStore()
        _ = try await store.enqueue("q", [NewJob(name: "digest")])
        let service = JobService(store: store)
        service.work("q", options: WorkerOptions(limit: 1)) { _ in }
        try await service.run()
        let (_, transcript) = await drover("doctor", on: store)
        #expect(transcript.results.contains("1 job failed for want of a handler: digest"))
    }

    @Test("a worker that came while doctor looked has not left its job")
    func newWorker() async throws {
        let store = ReferenceStore()
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        let claim = Claim(limit: 1, lease: .seconds(3600), worker: "w")
        _ = try await store.exchange("q", id: ExchangeID("e"), settle: [], claim: claim)
        let diagnosis = try await Diagnosis.look(
            at: BusyStore(
                store,
                beforeJobs: {
                    let report = WorkerReport(
                        id: "w", queue: "q", host: "h", process: 1, concurrency: 1, running: 1, validFor: .seconds(60))
                    try await store.heartbeat([report])
                }), clock: ManualWallClock())
        #expect(diagnosis.findings.isEmpty)
    }

    @Test("a store where nothing is wrong is healthy")
    func healthy() async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("doctor", on: store)
        #expect(status == .done)
        #expect(transcript.results.contains("All is well."))
    }
}
