import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// The options of jobs of flows on the command line.
@Suite(.timeLimit(.minutes(10))) struct FlowOptionTests {
    private func job(_ queue: QueueName, _ id: String, _ store: any JobStore) async throws -> JobRecord {
        try #require(try await store.jobs([JobKey(queue: queue, id: JobID(stored: id))]).first ?? nil)
    }

    @Test("every option of add may be given to a job of a flow")
    func everyOption() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let flow = #"""
            {"name": "sum", "queueName": "sums", "opts": {"jobId": "s", "inputs": {"text": "result.body"}},
             "children": [{"name": "fetch", "queueName": "fetching", "opts": {
               "jobId": "f", "runAt": "2100-01-01T00:00:00Z", "priority": 3, "attempts": 4, "backoff": 500, "retryFor": 7000,
               "expiresAfter": 60000, "timeout": 8000, "deadLetterQueue": "dead",
               "resultCache": {"key": "report:42", "lifetime": 600000}, "tags": ["x"], "tenant": "t", "group": "g",
               "correlationId": "c", "removeOnComplete": 5, "removeOnFail": false}}]}
            """#
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: flow)
        #expect(status == .done, "\(transcript.notes)")
        let added = await drover(
            [
                "add", "--queue", "plain", "fetch", "--run-at", "2100-01-01T00:00:00Z", "--priority", "3", "--attempts",
                "4", "--backoff", "fixed:500ms", "--retry-for", "7s", "--expires-after", "1m", "--timeout", "8s",
                "--dead-letter", "dead", "--cache", "report:42:10m", "--tag", "x", "--tenant", "t", "--group", "g",
                "--correlation-id", "c", "--keep-completed", "5", "--keep-failed", "all",
            ], on: store)
        #expect(added.status == .done, "\(added.transcript.notes)")
        let (one, other) = (try await job("fetching", "f", store), try await job("plain", "1", store))
        #expect(one.options == other.options && one.dueAt == other.dueAt && one.priority == other.priority)
        #expect(one.options.resultCache == ResultCache(key: "report:42", lifetime: .seconds(600)))
        #expect(one.options.deadLetterQueue == "dead" && one.options.expiresAfter == .seconds(60))
        #expect(try await job("sums", "s", store).options.inputs == ["text": "result.body"])
    }

    @Test("none is no dead-letter queue of a job, in a flow as alone")
    func noDeadLetters() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let flow = #"{"name":"n","queueName":"q","opts":{"deadLetterQueue":"none"}}"#
        for (status, transcript) in [
            await drover("flow", "add", "-", on: store, input: flow),
            await drover("add", "--queue", "q", "n", "--dead-letter", "none", on: store),
        ] {
            #expect(status == .usage)
            #expect(transcript.notes.contains("none is no dead-letter queue"), "\(transcript.notes)")
        }
        #expect(try await store.queues().isEmpty)
    }

    @Test("what was there before a flow is known, also where it came or went while the flow waited")
    func knownBefore() throws {
        let keys = try ["stayed", "came", "anew", "own", "gone"].map { JobKey(queue: "q", id: try JobID($0)) }
        let (early, middle, now) = (Timestamp(milliseconds: 1), Timestamp(milliseconds: 2), Timestamp(milliseconds: 3))
        let before = [keys[0]: early, keys[2]: early]
        let after = [keys[0]: early, keys[1]: middle, keys[2]: now, keys[3]: now]
        #expect(FlowAdd.known(keys, before, after, addedAt: now) == [keys[0], keys[1]])
        // Of a job that is gone already nothing else is known than what was there before.
        #expect(FlowAdd.known(keys, before, after, addedAt: nil) == [keys[0]])
    }

    @Test("a job alone may have a deduplication, and the holder is told")
    func deduplicated() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let flow = #"{"name":"n","queueName":"q","opts":{"deduplication":{"id":"d","ttl":3600000,"extend":true}}}"#
        #expect(await drover("flow", "add", "-", on: store, input: flow).transcript.results == "1\n")
        #expect(try await job("q", "1", store).options.deduplication == .extended("d", for: .seconds(3600)))
        let again = await drover("flow", "add", "-", "--json", on: store, input: flow)
        #expect(
            again.transcript.results == #"{"queue":"q","id":"1","status":"deduplicated","jobs":0,"known":[]}"# + "\n")
        #expect(again.transcript.notes == "not stored: the job 1 holds its deduplication id\n")
    }

    @Test("flow show of no job is not found")
    func unknown() async throws {
        let (status, transcript) = await drover("flow", "show", "--queue", "q", "x", on: ReferenceStore())
        #expect(status == .notFound)
        #expect(transcript.notes.contains("there is no job \"x\""))
    }
}
