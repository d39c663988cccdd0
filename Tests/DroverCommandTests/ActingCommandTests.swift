import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct ActingCommandTests {
    private func state(_ id: String, in store: any JobStore) async throws -> JobState? {
        try await store.jobs([JobKey(queue: "mail", id: try JobID(id))]).first??.state
    }

    private func counts(_ queue: QueueName, in store: any JobStore) async throws -> JobCounts? {
        try await store.queues().first { $0.name == queue }?.counts
    }

    @Test("retry of a parent tells for how many children it waits")
    func retriedParent() async throws {
        let store = ReferenceStore()
        let flow = #"{"name":"p","queueName":"ps","opts":{"jobId":"p"},"children":[{"name":"c","queueName":"cs"}]}"#
        #expect(await drover("flow", "add", "-", on: store, input: flow).status == .done)
        #expect(await drover("cancel", "--queue", "ps", "p", on: store).status == .done)
        let (status, transcript) = await drover("retry", "--queue", "ps", "p", on: store)
        #expect(status == .done)
        #expect(transcript.notes == "p waits for 1 child: see drover flow show --queue ps p\n", "\(transcript.notes)")
        #expect(await drover("retry", "--queue", "ps", "p", on: store).status == .failed)
    }

    @Test("retry puts finished jobs back in line")
    func retry() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("retry", "--queue", "mail", "bad", "--reset-attempts", on: store)
        #expect(status == .done)
        #expect(transcript.results == "bad retried\n")
        let job = try await store.jobs([JobKey(queue: "mail", id: try JobID("bad"))])[0]
        // It has a group.
        #expect(job?.state == .grouped)
        #expect(job?.attemptsMade == 0)
    }

    @Test("an action on a job in a wrong state fails and says which state it is")
    func wrongState() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("retry", "--queue", "mail", "next", on: store)
        #expect(status == .failed)
        #expect(transcript.notes == "next is waiting and can't be retried\n")
    }

    @Test("an action on several jobs does what it can and answers not found for the rest")
    func several() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("promote", "--queue", "mail", "later", "nobody", "--json", on: store)
        #expect(status == .notFound)
        #expect(try await state("later", in: store) == .waiting)
        #expect(try Parsed(transcript.results).items.map { $0.string("result") } == ["promoted", "not-found"])
    }

    @Test("cancel fails a waiting job and asks the holder of an active one")
    func cancel() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("cancel", "--queue", "mail", "next", "busy", on: store)
        #expect(status == .done)
        #expect(transcript.results == "next cancelled\nbusy is active; its worker was asked to stop it\n")
        #expect(try await state("next", in: store) == .failed)
    }

    @Test("removing several jobs without --yes removes none when nobody can be asked")
    func removeUnasked() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("remove", "--queue", "mail", "good", "bad", on: store)
        #expect(status == .usage)
        #expect(transcript.notes.contains("--yes"))
        #expect(try await state("good", in: store) == .completed)
    }

    @Test("removing several jobs asks, and only y removes them", arguments: [("y", true), ("n", false), ("", false)])
    func removeAsked(answer: String, isRemoved: Bool) async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("remove", "--queue", "mail", "good", "bad", on: store, answer: answer)
        #expect(status == (isRemoved ? .done : .failed))
        #expect(transcript.notes.hasPrefix("Remove 2 jobs from the queue \"mail\"? [y/N] "))
        #expect(try await state("good", in: store) == (isRemoved ? nil : .completed))
    }

    @Test("pause and resume change the queue")
    func pause() async throws {
        let store = try await SeededStore.make()
        #expect(await drover("pause", "--queue", "mail", on: store).status == .done)
        #expect(try await store.queues().first { $0.name == "mail" }?.isPaused == true)
        let (status, transcript) = await drover("resume", "--queue", "mail", on: store)
        #expect(status == .done)
        #expect(transcript.results == "mail resumed\n")
        #expect(try await store.queues().first { $0.name == "mail" }?.isPaused == false)
    }

    @Test("drain deletes what waits, and what is delayed only when asked")
    func drain() async throws {
        let store = try await SeededStore.make()
        #expect(
            await drover("drain", "--queue", "mail", "--yes", on: store).transcript.results
                == "3 jobs removed from mail\n")
        #expect(try await counts("mail", in: store)?[.delayed] == 1)
        #expect(await drover("drain", "--queue", "mail", "--delayed", "--yes", on: store).status == .done)
        #expect(try await counts("mail", in: store)?.total == 3)
    }

    @Test("sweeps loop over more jobs than one step looks at")
    func sweepsLoop() async throws {
        let store = ReferenceStore()
        let many = Batch.size * 2 + 7
        _ = try await store.enqueue("mail", Array(repeating: NewJob(name: "n"), count: many))
        let (status, transcript) = await drover("drain", "--queue", "mail", "--yes", "--json", on: store)
        #expect(status == .done)
        #expect(try Parsed(transcript.results).int("removed") == many)
    }

    @Test("clean deletes only jobs of the state that are old enough")
    func clean() async throws {
        let store = try await SeededStore.make()
        let young = await drover(
            "clean", "--queue", "mail", "--state", "completed", "--older-than", "1h", "--yes", on: store)
        #expect(young.transcript.results == "0 jobs removed from mail\n")
        let all = await drover("clean", "--queue", "mail", "--state", "completed", "--yes", on: store)
        #expect(all.transcript.results == "1 job removed from mail\n")
        #expect(try await state("bad", in: store) == .failed)
    }

    @Test(
        "a sweep asks in words that fit its number and its age",
        arguments: [
            (["drain"], "Delete 3 jobs that wait in \"mail\"? [y/N] "),
            (["clean", "--state", "failed"], "Delete all failed jobs of \"mail\"? [y/N] "),
            (
                ["clean", "--state", "failed", "--older-than", "90m"],
                "Delete the failed jobs of \"mail\" that are older than 90m? [y/N] "
            ),
            (["obliterate"], "Delete the queue \"mail\" with its 7 jobs? [y/N] "),
        ])
    func sweepsAsk(_ command: [String], question: String) async throws {
        let transcript = Transcript()
        let session = transcript.session(on: try await SeededStore.make(), answer: "n")
        #expect(await DroverTool.run(command + ["--queue", "mail"], in: session) == .failed)
        #expect(transcript.notes.hasPrefix(question), "\(transcript.notes)")
    }

    @Test("drain of one job asks about one job")
    func drainOne() async throws {
        let store = ReferenceStore()
        _ = try await store.enqueue("q", [NewJob(name: "n")])
        let (_, transcript) = await drover("drain", "--queue", "q", on: store, answer: "y")
        #expect(transcript.all == "1 job removed from q\n--- notes\nDelete 1 job that waits in \"q\"? [y/N] ")
    }

    @Test("obliterate is refused while jobs are active, and then leaves the queue as it was")
    func obliterateRefused() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("obliterate", "--queue", "mail", "--yes", on: store)
        #expect(status == .failed)
        #expect(
            transcript.notes
                == "drover: obliterate a queue: 1 job of the queue \"mail\" is active; wait until nothing of it runs, or add --force\n"
        )
        let queue = try await store.queues().first { $0.name == "mail" }
        #expect(queue?.isPaused == false)
        #expect(queue?.counts.total == 7)
    }

    @Test("an obliterate that fails midway says how far it came, and leaves the queue unpaused")
    func obliterateFails() async throws {
        let store = FaultInjectingStore(ReferenceStore())
        _ = try await store.enqueue("mail", Array(repeating: NewJob(name: "n"), count: Batch.size * 2))
        store.failNext(.sweep, .lateCall)
        store.failNext(.sweep, .lostCall)
        let (status, transcript) = await drover("obliterate", "--queue", "mail", "--yes", on: store)
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("it failed after \(Batch.size) jobs had been removed from mail"))
        #expect(!transcript.notes.contains("--force"))
        let queue = try await store.queues().first
        #expect(queue?.isPaused == false)
        #expect(queue?.counts.total == Batch.size)
    }

    @Test("an obliterate that fails leaves a queue paused that was paused before")
    func obliteratePaused() async throws {
        let store = FaultInjectingStore(ReferenceStore())
        _ = try await store.configure([.pause("mail")])
        store.failNext(.sweep, .lostCall)
        #expect(await drover("obliterate", "--queue", "mail", "--yes", on: store).status == .storeUnreachable)
        #expect(try await store.queues().first?.isPaused == true)
    }

    @Test("an obliterate that fails and can't resume the queue throws the first error and tells the second")
    func obliterateAndResumeFail() async throws {
        let store = FaultInjectingStore(ReferenceStore())
        _ = try await store.enqueue("mail", [NewJob(name: "n")])
        store.failNext(.sweep, .lostCall)
        store.failNext(.configure, .lateCall)
        store.failNext(.configure, .lostCall)
        let (status, transcript) = await drover("obliterate", "--queue", "mail", "--yes", on: store)
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("drover: resume the queue mail: "))
        #expect(transcript.notes.contains("drover: obliterate a queue: "))
    }

    @Test("pause of a queue that is not there makes it and says so")
    func pauseNew() async throws {
        let store = try await SeededStore.make()
        let (status, transcript) = await drover("pause", "--queue", "mial", on: store)
        #expect(status == .done)
        #expect(transcript.notes == "the queue \"mial\" is new\n")
        #expect(await drover("pause", "--queue", "mail", on: store).transcript.notes.isEmpty)
    }

    @Test("obliterate --force deletes the queue with all it holds")
    func obliterate() async throws {
        let store = try await SeededStore.make()
        #expect(await drover("obliterate", "--queue", "mail", "--force", "--yes", on: store).status == .done)
        #expect(try await store.queues().map(\.name) == ["reports"])
    }

    @Test(
        "a queue that does not exist is told as such and not made",
        arguments: [
            ["drain", "--yes"], ["obliterate", "--yes"], ["clean", "--state", "failed", "--yes"], ["resume"], ["jobs"],
            ["jobs", "--json"], ["events"], ["events", "--json"],
        ])
    func unknownQueue(_ command: [String]) async throws {
        let store = try await SeededStore.make()
        let transcript = Transcript()
        let status = await DroverTool.run(command + ["--queue", "nowhere"], in: transcript.session(on: store))
        #expect(status == .notFound)
        #expect(transcript.results.isEmpty)
        #expect(transcript.notes.contains("there is no queue \"nowhere\""))
        #expect(try await store.queues().count == 2)
    }
}
