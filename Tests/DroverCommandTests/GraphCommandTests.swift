import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

/// Graphs on the command line.
@Suite(.timeLimit(.minutes(10))) struct GraphCommandTests {
    private static let graph = #"""
        {"jobs": [
          {"key": "fetch", "queue": "fetching", "name": "fetch", "data": [ ], "opts": {"jobId": "f", "attempts": 3}},
          {"key": "sales", "queue": "sums", "name": "sum", "opts": {"jobId": "s"}, "needs": ["fetch"]},
          {"key": "costs", "queue": "sums", "name": "sum", "opts": {"jobId": "c"},
           "needs": [{"key": "fetch", "onFailure": "ignore"}]},
          {"key": "report", "queue": "reports", "name": "report", "opts": {"jobId": "r"}, "needs": ["sales", "costs"]}]}
        """#

    private func job(_ queue: QueueName, _ id: String, _ store: any JobStore) async throws -> JobRecord {
        try #require(try await store.jobs([JobKey(queue: queue, id: JobID(stored: id))]).first ?? nil)
    }

    @Test("flow add stores a graph and prints its keys; again it is nothing new")
    func add() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: Self.graph)
        #expect(status == .done, "\(transcript.notes)")
        #expect(
            transcript.results == """
                fetch  fetching/f
                sales  sums/s
                costs  sums/c
                report  reports/r

                """)
        let fetch = try await job("fetching", "f", store)
        #expect(fetch.payload.text == "[ ]" && fetch.options.attempts == 3)
        #expect(
            fetch.parents == [
                JobParent(JobKey(queue: "sums", id: JobID(stored: "s"))),
                JobParent(JobKey(queue: "sums", id: JobID(stored: "c")), onFailure: .ignore),
            ])
        let again = await drover("flow", "add", "-", "--json", on: store, input: Self.graph)
        #expect(
            again.transcript.results == #"""
                {"queue":"reports","id":"r","status":"duplicate","jobs":0,"known":[{"queue":"fetching","id":"f"},\#
                {"queue":"sums","id":"s"},{"queue":"sums","id":"c"},{"queue":"reports","id":"r"}],\#
                "keys":{"fetch":{"queue":"fetching","id":"f"},"sales":{"queue":"sums","id":"s"},\#
                "costs":{"queue":"sums","id":"c"},"report":{"queue":"reports","id":"r"}}}

                """#)
        let text = await drover("flow", "add", "-", on: store, input: Self.graph).transcript
        #expect(text.results == transcript.results)
        #expect(text.notes == "r exists already in reports; nothing of the flow was stored\n")
    }

    @Test("a job of a graph that is known already is told, not counted, and keeps its data")
    func known() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        for id in ["f", "s"] {
            _ = await drover(
                "add", "--queue", id == "f" ? "fetching" : "sums", "old", "--id", id, "--data", "1", on: store)
        }
        let graph = #"""
            {"jobs": [
              {"key": "fetch", "queue": "fetching", "name": "fetch", "data": 2, "opts": {"jobId": "f"}},
              {"key": "sales", "queue": "sums", "name": "sum", "data": 2, "opts": {"jobId": "s"}},
              {"key": "new", "queue": "sums", "name": "sum", "opts": {"jobId": "n"}},
              {"key": "report", "queue": "reports", "name": "report", "needs": ["fetch", "sales", "new"]}]}
            """#
        let (status, first) = await drover("flow", "add", "-", "--json", on: store, input: graph)
        #expect(status == .done)
        let json = try Parsed(first.results)
        #expect(json.string("status") == "added" && json.int("jobs") == 2)
        #expect(json.objects("known").compactMap { $0.string("id") } == ["f", "s"])
        #expect(json.object("keys")?.object("report")?.string("queue") == "reports")
        #expect(
            first.notes
                == "fetching/f, sums/s existed already and are part of the flow as they are; their data and options were not stored\n"
        )
        #expect(try await job("fetching", "f", store).payload.text == "1")
        // The report has no id of its own, so it is another one; what is known is waited for by both.
        let second = await drover("flow", "add", "-", on: store, input: graph)
        #expect(
            second.status == .usage && second.transcript.notes.contains("as a need of each"),
            "\(second.transcript.notes)")
    }

    @Test("of a graph whose first job is known the keys of what is there are told, and what is not")
    func halfKnown() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        _ = await drover("add", "--queue", "reports", "report", "--id", "r", on: store)
        let graph = #"""
            {"jobs": [
              {"key": "fetch", "queue": "fetching", "name": "fetch"},
              {"key": "report", "queue": "reports", "name": "report", "opts": {"jobId": "r"}, "needs": ["fetch"]}]}
            """#
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: graph)
        #expect(status == .done && transcript.results == "report  reports/r\n")
        #expect(transcript.notes.contains("nothing of the flow was stored"))
        #expect(transcript.notes.contains("without a jobId of their own that exists: fetch;"), "\(transcript.notes)")
    }

    @Test("a job that another one waits for is refused with how several may wait for it")
    func waitedFor() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        #expect(await drover("flow", "add", "-", on: store, input: Self.graph).status == .done)
        let more = #"""
            {"jobs": [{"key": "f", "queue": "fetching", "name": "n", "opts": {"jobId": "f"}},
              {"key": "x", "queue": "more", "name": "n", "needs": ["f"]}]}
            """#
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: more)
        #expect(status == .usage)
        #expect(transcript.notes.contains("name it by queue and id as a need"), "\(transcript.notes)")
        #expect(!transcript.notes.contains("; detach it first"))
    }

    @Test("flow show draws a shared job where most is below it, and names it where it stands before")
    func showShared() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let graph = #"""
            {"jobs": [
              {"key": "a", "queue": "q", "name": "n", "opts": {"jobId": "a"}, "needs": ["b", "s"]},
              {"key": "b", "queue": "q", "name": "n", "opts": {"jobId": "b"}, "needs": ["s"]},
              {"key": "s", "queue": "q", "name": "n", "opts": {"jobId": "s"}, "needs": ["c"]},
              {"key": "c", "queue": "q", "name": "n", "opts": {"jobId": "c"}}]}
            """#
        #expect(await drover("flow", "add", "-", on: store, input: graph).status == .done)
        let shown = await drover("flow", "show", "--queue", "q", "a", "--depth", "2", on: store).transcript.results
        #expect(
            shown == """
                q/a  n  waiting-children  (2 pending)
                ├─ q/b  n  waiting-children  (1 pending)
                │  └─ q/s  n  waiting-children  (shown below)
                └─ q/s  n  waiting-children  (1 pending)
                   └─ q/c  n  waiting

                """)
    }

    @Test("the keys of a graph are told as JSON too, and a stored job may be needed")
    func json() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        #expect(await drover("flow", "add", "-", on: store, input: Self.graph).status == .done)
        let more = #"""
            {"jobs": [{"key": "x", "queue": "more", "name": "n", "opts": {"jobId": "x"},
              "needs": [{"queue": "fetching", "id": "f", "onFailure": "fail"}]}]}
            """#
        let added = await drover("flow", "add", "-", "--json", on: store, input: more)
        #expect(
            added.transcript.results
                == #"{"queue":"more","id":"x","status":"added","jobs":1,"known":[],"keys":{"x":{"queue":"more","id":"x"}}}"#
                + "\n"
        )
        #expect(try await job("fetching", "f", store).dependents.last?.onFailure == .failParent)
    }

    @Test("flow show draws a job for which several wait once, and job tells all of them")
    func show() async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        #expect(await drover("flow", "add", "-", on: store, input: Self.graph).status == .done)
        let shown = await drover("flow", "show", "--queue", "reports", "r", on: store)
        #expect(
            shown.transcript.results == """
                reports/r  report  waiting-children  (2 pending)
                ├─ sums/c  sum  waiting-children  (1 pending)
                │  └─ fetching/f  fetch  waiting
                └─ sums/s  sum  waiting-children  (1 pending)
                   └─ fetching/f  fetch  waiting  (shown above)

                """)
        let told = await drover("job", "--queue", "fetching", "f", on: store).transcript.results
        #expect(told.contains("parent") && told.contains("sums/s, which waits on if this fails"))
        #expect(told.contains("sums/c, which waits for the others if this fails"))
        let json = await drover("job", "--queue", "fetching", "f", "--json", on: store).transcript.results
        #expect(json.contains(#""dependents":[{"queue":"sums","id":"c","onFailure":"ignore"}]"#))
    }

    @Test(
        "what is wrong with a graph is told with its place, and nothing is stored",
        arguments: [
            (#"{"jobs": []}"#, "jobs is empty"),
            (#"{"jobs": 1}"#, "jobs is no list"),
            (#"{"jobs": [], "name": "x"}"#, "name is not known beside jobs"),
            (#"{"jobs": [{"queue": "q", "name": "n"}]}"#, "jobs[0] has no key"),
            (#"{"jobs": [{"key": "", "queue": "q", "name": "n"}]}"#, "jobs[0].key: graph key: is empty"),
            (#"{"jobs": [{"key": "a\nb", "queue": "q", "name": "n"}]}"#, "jobs[0].key: graph key: "),
            (#"{"jobs": [{"key": "a\u2028b", "queue": "q", "name": "n"}]}"#, "has more than one line"),
            (
                #"{"jobs": [{"key": "a", "queue": "q", "name": "n", "queueName": "q"}]}"#,
                "jobs[0].queueName is not known"
            ),
            (
                #"{"jobs": [{"key": "a", "queue": "q", "name": "n", "needs": ["b"]}]}"#,
                #"has no job "b", which "a" waits for"#
            ),
            (
                #"{"jobs": [{"key": "a", "queue": "q", "name": "n", "needs": [{"key": "a", "queue": "q", "id": "x"}]}]}"#,
                "jobs[0].needs[0] has a key and names a stored job too; leave out either"
            ),
            (
                #"{"jobs": [{"key": "a", "queue": "q", "name": "n", "needs": [{"key": "a", "onFailure": "no"}]}]}"#,
                "jobs[0].needs[0].onFailure is none of none, fail"
            ),
            (
                #"{"jobs": [{"key": "a", "queue": "q", "name": "n", "opts": {"failParentOnFailure": true}}]}"#,
                "jobs[0].opts has a rule for a failure"
            ),
            (
                #"{"jobs": [{"key": "fetch", "queue": "q", "name": "n", "needs": ["sales"]}, {"key": "sales", "queue": "q", "name": "n", "needs": ["fetch"]}]}"#,
                "fetch → sales → fetch; take one of these needs away"
            ),
        ])
    func faults(_ text: String, _ told: String) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: text)
        #expect(status == .usage && transcript.notes.contains(told), "\(transcript.notes)")
        #expect(try await store.queues().isEmpty)
    }

    @Test("a need that is nowhere is told by its queue and id")
    func nowhere() async throws {
        let store = ReferenceStore()
        let text = #"{"jobs": [{"key": "a", "queue": "q", "name": "n", "needs": [{"queue": "other", "id": "x"}]}]}"#
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: text)
        #expect(status == .usage)
        let told = "there is no job x in queue other, neither in the flow nor stored; add it first"
        #expect(transcript.notes.contains(told), "\(transcript.notes)")
    }
}
