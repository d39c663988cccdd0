import DroverCore
import DroverTesting
import Foundation
import ProcessTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct FlowCommandTests {
    /// A report of three parts, of which one has parts itself.
    private static let tree = #"""
        {"name": "report", "queueName": "reports", "data": {"n": 9007199254740993}, "opts": {"jobId": "month"},
         "children": [
           {"name": "fetch", "queueName": "fetching", "data": [ ], "opts": {"jobId": "a", "attempts": 3,
             "backoff": {"type": "exponential", "delay": 1000}, "ignoreDependencyOnFailure": true}},
           {"queueName": "sums", "name": "sum", "opts": {"jobId": "s", "priority": 2, "failParentOnFailure": true},
            "children": [{"name": "fetch", "queueName": "fetching", "opts": {"jobId": "b", "delay": 60000,
               "removeOnComplete": {"age": 3600, "count": 5}, "keepLogs": 7, "tags": ["x"], "continueParentOnFailure": true}}]},
           {"name": "fetch", "queueName": "fetching", "opts": {"jobId": "c", "removeDependencyOnFailure": true},
            "children": null}]}
        """#

    private func added() async throws -> ReferenceStore {
        let store = ReferenceStore(clock: ManualWallClock())
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: Self.tree)
        #expect(status == .done, "\(transcript.notes)")
        #expect(transcript.results == "month\n")
        return store
    }

    private func job(_ queue: QueueName, _ id: String, _ store: any JobStore) async throws -> JobRecord {
        try #require(try await store.jobs([JobKey(queue: queue, id: try JobID(id))]).first ?? nil)
    }

    /// Claims the jobs of a queue that are ready, and ends each as is said of its id.
    private func end(_ queue: QueueName, _ store: any JobStore, _ outcome: (JobID) -> Outcome) async throws {
        let claim = Claim(limit: 100, lease: .seconds(30), worker: "w")
        let id = ExchangeID(UUID().uuidString)
        let claimed = try await store.exchange(queue, id: id, settle: [], claim: claim).claimed
        _ = try await store.exchange(
            queue, id: ExchangeID(UUID().uuidString),
            settle: claimed.map { Settlement(lease: $0.lease, outcome: outcome($0.job.key.id)) }, claim: nil)
    }

    @Test("flow add stores the tree with its options, each payload byte for byte")
    func add() async throws {
        let store = try await added()
        let report = try await job("reports", "month", store)
        #expect(report.state == .waitingChildren)
        #expect(report.payload.text == #"{"n": 9007199254740993}"#)
        let first = try await job("fetching", "a", store)
        #expect(first.payload.text == "[ ]")
        #expect(first.options.attempts == 3 && first.options.backoff == .exponential(base: .seconds(1)))
        #expect(first.parent == JobParent(report.key, onFailure: .ignore))
        let sum = try await job("sums", "s", store)
        #expect(sum.state == .waitingChildren && sum.options.priority == 2 && sum.parent?.onFailure == .failParent)
        let inner = try await job("fetching", "b", store)
        #expect(inner.state == .delayed && inner.parent == JobParent(sum.key, onFailure: .continueParent))
        #expect(inner.options.completedRetention == Retention(count: 5, age: .seconds(3600)))
        #expect(inner.options.keepLogs == 7 && inner.options.tags == ["x"])
        #expect(try await job("fetching", "c", store).parent?.onFailure == .remove)
    }

    @Test("flow add reads a file, and says what was stored as JSON; a known id is nothing new")
    func file() async throws {
        let store = ReferenceStore()
        try await withTemporaryFolder { folder in
            try Data((Self.tree + "\n").utf8).write(to: URL(filePath: folder.file("tree.json")))
            let first = await drover("flow", "add", folder.file("tree.json"), "--json", on: store).transcript.results
            #expect(first == #"{"queue":"reports","id":"month","status":"added","jobs":5,"known":[]}"# + "\n")
            let again = await drover("flow", "add", folder.file("tree.json"), "--json", on: store)
            #expect(again.status == .done)
            let told = try Parsed(again.transcript.results)
            #expect(told.string("id") == "month" && told.string("status") == "duplicate" && told.int("jobs") == 0)
            #expect(told.objects("known").compactMap { $0.string("id") }.sorted() == ["a", "b", "c", "month", "s"])
            #expect(again.transcript.notes == "month exists already in reports; nothing of the flow was stored\n")
        }
        let missing = await drover("flow", "add", "/nowhere/tree.json", on: store)
        #expect(missing.status == .usage && missing.transcript.notes.contains("/nowhere/tree.json"))
    }

    @Test("a tree may be a child of a stored job, which BullMQ names with its prefix")
    func parent() async throws {
        let store = try await added()
        let more =
            #"{"name":"x","queueName":"more","opts":{"parent":{"id":"month","queue":"bull:reports"},"failParentOnFailure":true}}"#
        #expect(await drover("flow", "add", "-", on: store, input: more).status == .done)
        #expect(
            try await job("more", "1", store).parent
                == JobParent(JobKey(queue: "reports", id: JobID(stored: "month")), onFailure: .failParent))
        let other = #"{"name":"x","queueName":"more","opts":{"parent":{"id":"nobody","queue":"reports"}}}"#
        let refused = await drover("flow", "add", "-", on: store, input: other)
        #expect(
            refused.status == .usage
                && refused.transcript.notes.contains("no job nobody in queue reports; add the parent first"))
    }

    @Test(
        "what is wrong with a tree is told with its place, exit 2, and nothing is stored",
        arguments: [
            ("[]", "the flow is a list"), ("7", "the flow is no object"), ("{", "is not JSON"),
            (#"{"queueName":"q"}"#, "the flow has no name"), (#"{"name":"n"}"#, "the flow has no queueName"),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"q"},{"name":"m"}]}"#,
                "children[1] has no queueName"
            ),
            (#"{"name":"n","queueName":"q","children":[{"name":7,"queueName":"q"}]}"#, "children[0].name is no text"),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"a:b"}]}"#,
                "children[0].queueName: queue name"
            ),
            (#"{"name":"n","queueName":"q","children":{}}"#, "children is no list"),
            (#"{"name":"n","queueName":"q","name":"m"}"#, "name is there twice"),
            (
                #"{"name":"n","queueName":"q","prefix":"bull"}"#,
                "prefix is not known; the prefix stands in the store's URL"
            ),
            (#"{"name":"n","queueName":"q","opts":{"attempts":"3"}}"#, "opts.attempts is no whole number"),
            (#"{"name":"n","queueName":"q","opts":{"priority":-1}}"#, "opts: priority"),
            (
                #"{"name":"n","queueName":"q","opts":{"tries":3}}"#,
                "opts.tries is not known; the options are attempts, backoff, continueParentOnFailure"
            ),
            (#"{"name":"n","queueName":"q","opts":{"priority":1,"priority":2}}"#, "opts.priority is there twice"),
            (#"{"name":"n","queueName":"q","opts":{"delay":5,"runAt":"2026-01-01T00:00:00Z"}}"#, "give delay or runAt"),
            (#"{"name":"n","queueName":"q","opts":{"runAt":"tomorrow"}}"#, "opts.runAt: instant"),
            (#"{"name":"n","queueName":"q","opts":{"expiresAfter":0}}"#, "opts.expiresAfter is 0; give 1 or more"),
            (#"{"name":"n","queueName":"q","opts":{"deadLetterQueue":7}}"#, "opts.deadLetterQueue is no text"),
            (#"{"name":"n","queueName":"q","opts":{"deadLetterQueue":"a:b"}}"#, "opts.deadLetterQueue: queue name"),
            (#"{"name":"n","queueName":"q","opts":{"deadLetterQueue":"q"}}"#, "name another one"),
            (#"{"name":"n","queueName":"q","opts":{"resultCache":{"key":"k"}}}"#, "opts.resultCache is no object like"),
            (
                #"{"name":"n","queueName":"q","opts":{"resultCache":{"key":"k","lifetime":-1}}}"#,
                "opts: cache lifetime"
            ),
            (#"{"name":"n","queueName":"q","opts":{"inputs":{"a":"body"}}}"#, "opts.inputs: inputs: the path \"body\""),
            (
                #"{"name":"n","queueName":"q","opts":{"resultCache":{"key":"k","ttl":5,"lifetime":5}}}"#,
                "opts.resultCache.ttl is not known; give key, lifetime"
            ),
            (
                #"{"name":"n","queueName":"q","opts":{"backoff":{"type":"fixed","delya":5}}}"#,
                "opts.backoff.delya is not known; give type, delay, jitter, maxDelay"
            ),
            (#"{"name":"n","queueName":"q","opts":{"inputs":["a"]}}"#, "opts.inputs is no object of texts"),
            (#"{"name":"n","queueName":"q","opts":{"inputs":{"a":"result"}}}"#, "the job waits for none"),
            (
                #"{"name":"n","queueName":"q","opts":{"deduplication":{"ttl":5}}}"#,
                "opts.deduplication is no object like"
            ),
            (#"{"name":"n","queueName":"q","opts":{"deduplication":{"id":"d","ttl":-5}}}"#, "opts: deduplication"),
            (#"{"name":"n","queueName":"q","opts":{"delay":-1}}"#, "opts: delay"),
            (#"{"name":"n","queueName":"q","opts":{"jobId":"17"}}"#, "opts.jobId: job id"),
            (#"{"name":"n","queueName":"q","opts":{"backoff":{}}}"#, "opts.backoff is neither"),
            (#"{"name":"n","queueName":"q","opts":{"attempts":-3}}"#, "opts.attempts is -3; give 0 or more"),
            (#"{"name":"n","queueName":"q","opts":{"timeout":-5}}"#, "opts.timeout is -5; give 1 or more"),
            (#"{"name":"n","queueName":"q","opts":{"retryFor":0}}"#, "opts.retryFor is 0; give 1 or more"),
            (#"{"name":"n","queueName":"q","opts":{"keepLogs":-1}}"#, "opts.keepLogs is -1"),
            (#"{"name":"n","queueName":"q","opts":{"stackTraceLimit":-1}}"#, "opts.stackTraceLimit is -1"),
            (#"{"name":"n","queueName":"q","opts":{"backoff":-100}}"#, "opts.backoff is -100; give 0 or more"),
            (
                #"{"name":"n","queueName":"q","opts":{"backoff":{"type":"fixed","delay":-1}}}"#,
                "opts.backoff has a negative delay"
            ),
            (
                #"{"name":"n","queueName":"q","opts":{"backoff":{"type":"fixed","delay":1,"jitter":2}}}"#,
                "opts.backoff has a jitter out of range"
            ),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"q","opts":{"removeOnComplete":-1}}]}"#,
                "children[0].opts.removeOnComplete is -1"
            ),
            (
                #"{"name":"n","queueName":"q","opts":{"removeOnFail":{"age":-1}}}"#,
                "opts.removeOnFail has a negative age"
            ),
            (
                #"{"name":"n","queueName":"q","opts":{"removeOnFail":{"age":1,"count":-1}}}"#,
                "opts.removeOnFail has a negative count"
            ),
            (#"{"name":"n","queueName":"q","opts":{"removeOnFail":"no"}}"#, "opts.removeOnFail is neither"),
            (#"{"name":"n","queueName":"q","opts":{"failParentOnFailure":true}}"#, "opts has a rule"),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"q","opts":{"deduplication":{"id":"d"}}}]}"#,
                "children[0].opts.deduplication is not for jobs of a flow"
            ),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"q","opts":{"parent":{"id":"1","queue":"q"}}}]}"#,
                "children[0].opts.parent is only for the first job"
            ),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"q","opts":{"jobId":"a:b:c"}}]}"#,
                "children[0].opts: id"
            ),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"q","opts":{"failParentOnFailure":true,"ignoreDependencyOnFailure":true}}]}"#,
                "children[0].opts.ignoreDependencyOnFailure can't be together"
            ),
            (
                #"{"name":"n","queueName":"q","children":[{"name":"m","queueName":"r","opts":{"jobId":"a"}},{"name":"m","queueName":"r","opts":{"jobId":"a"}}]}"#,
                "two jobs a in queue r"
            ),
        ])
    func refused(_ tree: String, _ told: String) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: tree)
        #expect(status == .usage)
        #expect(transcript.notes.contains(told), "\(transcript.notes)")
        #expect(try await store.queues().isEmpty)
    }

    @Test("of a flow that has no room in one of its queues nothing is stored")
    func full() async throws {
        let store = ReferenceStore()
        _ = await drover("limit", "--queue", "fetching", "--max-length", "3", on: store)
        _ = await drover("add", "--queue", "fetching", "n", on: store)
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: Self.tree)
        #expect(status == .failed)
        #expect(transcript.notes.contains("its maximum length is 3 jobs"), "\(transcript.notes)")
        #expect(try await store.queues().map(\.counts.total) == [1])
    }

    @Test("a flow that never has room is not told to wait", arguments: [[], ["--wait-when-full", "10m"]])
    func neverFits(_ words: [String]) async throws {
        let store = ReferenceStore()
        _ = await drover("limit", "--queue", "fetching", "--max-length", "2", on: store)
        let (status, transcript) = await drover(["flow", "add", "-"] + words, on: store, input: Self.tree)
        #expect(status == .usage)
        #expect(
            transcript.notes.contains("more jobs for the queue fetching than may wait there"), "\(transcript.notes)")
        #expect(try await store.queues().map(\.counts.total) == [0])
    }

    @Test("a job that has ended takes no child")
    func endedParent() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "q", "n", "--id", "p", on: store)
        try await end("q", store) { _ in .completed(.null) }
        let late = #"{"name":"x","queueName":"q","opts":{"parent":{"id":"p","queue":"q"}}}"#
        let (status, transcript) = await drover("flow", "add", "-", on: store, input: late)
        #expect(status == .usage && transcript.notes.contains("p of queue q has ended"), "\(transcript.notes)")
    }

    @Test("doctor and flow show tell of a parent that waits for children that have failed")
    func stuck() async throws {
        let store = ReferenceStore()
        let tree =
            #"{"name":"p","queueName":"q","opts":{"jobId":"p"},"children":[{"name":"n","queueName":"r","opts":{"jobId":"a"}},{"name":"n","queueName":"r","opts":{"jobId":"b","delay":600000}}]}"#
        _ = await drover("flow", "add", "-", on: store, input: tree)
        try await end("r", store) { _ in .failed(Failure(reason: "boom")) }
        let before = await drover("doctor", on: store).transcript.results
        #expect(!before.contains("waits for children"), "\(before)")
        _ = try await store.apply([.cancel(JobKey(queue: "r", id: JobID(stored: "b")))])
        let (status, transcript) = await drover("doctor", "--json", on: store)
        #expect(status == .failed)
        let finding = try #require(
            try Parsed(transcript.results).objects("findings").first { $0.string("code") == "parent-stuck" })
        #expect(finding.string("queue") == "q")
        #expect(finding.string("problem") == "1 job (p) waits for children that failed")
        let shown = await drover("flow", "show", "--queue", "q", "p", on: store).transcript.results
        #expect(shown.contains("waited for until it is retried: boom"), "\(shown)")
    }

    @Test("doctor takes no graph whose jobs go on for a stuck one")
    func graphGoesOn() async throws {
        let store = ReferenceStore()
        let graph =
            #"{"jobs":[{"key":"fetch","queue":"q","name":"n"},{"key":"sales","queue":"q","name":"n","needs":["fetch"]},{"key":"costs","queue":"q","name":"n","needs":["fetch"]}]}"#
        #expect(await drover("flow", "add", "-", on: store, input: graph).status == .done)
        let before = await drover("doctor", "--json", on: store).transcript.results
        #expect(before.contains("findings") && !before.contains("parent-stuck"), "\(before)")
        try await end("q", store) { _ in .failed(Failure(reason: "boom")) }
        let stuck = await drover("doctor", "--json", on: store).transcript.results
        let finding = try #require(try Parsed(stuck).objects("findings").first { $0.string("code") == "parent-stuck" })
        #expect(finding.string("problem")?.hasPrefix("2 jobs (") == true)
    }

    @Test("flow show says which depths and limits there are", arguments: ["--depth", "--limit"])
    func ranges(_ option: String) async throws {
        for value in ["-1", "1001"] {
            let refused = await drover(
                "flow", "show", "--queue", "reports", "month", option, value, on: ReferenceStore())
            #expect(refused.status == .usage)
            let least = option == "--depth" ? 0 : 1
            #expect(
                refused.transcript.notes.contains("\(option): give \(least) to 1000"), "\(refused.transcript.notes)")
        }
    }

    @Test("flow remove takes a flow whole, after it was confirmed")
    func remove() async throws {
        let store = try await added()
        let asked = await drover("flow", "remove", "--queue", "reports", "month", on: store)
        #expect(asked.status == .usage && asked.transcript.notes.contains("--yes"))
        let claim = Claim(limit: 1, lease: .seconds(30), worker: "w")
        let lease = try #require(
            try await store.exchange("fetching", id: ExchangeID("x"), settle: [], claim: claim).claimed.first?.lease)
        let busy = await drover("flow", "remove", "--queue", "reports", "month", "--yes", on: store)
        #expect(busy.status == .failed && busy.transcript.notes.contains("a job of its flow is active"))
        _ = try await store.exchange(
            "fetching", id: ExchangeID("y"), settle: [Settlement(lease: lease, outcome: .released)], claim: nil)
        let gone = await drover("flow", "remove", "--queue", "reports", "month", "--yes", on: store)
        #expect(
            gone.status == .done
                && gone.transcript.results == "month removed with all below it but what other parents keep\n")
        #expect(try await store.queues().map(\.counts.total) == [0, 0, 0])
        let missing = await drover("flow", "remove", "--queue", "reports", "month", "--yes", "--json", on: store)
        #expect(missing.status == .notFound)
        #expect(missing.transcript.results.contains(#"{"id":"month","result":"not-found"}"#))
    }

    @Test("flow remove --unprocessed keeps the job, which then runs")
    func unprocessed() async throws {
        let store = try await added()
        let done = await drover("flow", "remove", "--unprocessed", "--queue", "reports", "month", "--yes", on: store)
        #expect(
            done.status == .done
                && done.transcript.results
                    == "month freed of its pending children, but those that are active or have failed\n"
        )
        #expect(try await job("reports", "month", store).state == .waiting)
        #expect(try await store.queues().map(\.counts.total).reduce(0, +) == 1)
    }

    @Test("flow detach takes a child from its parent, and refuses what nobody waits for")
    func detach() async throws {
        let store = try await added()
        let done = await drover("flow", "detach", "--queue", "fetching", "a", "c", on: store)
        #expect(done.status == .done && done.transcript.results == "a detached\nc detached\n")
        #expect(try await job("fetching", "a", store).parent == nil)
        let again = await drover("flow", "detach", "--queue", "fetching", "a", on: store)
        #expect(again.status == .failed && again.transcript.notes.contains("no child"), "\(again.transcript.notes)")
    }

    @Test(
        "remove and cancel of many jobs ask for no children of those that are completed",
        arguments: ["remove", "cancel"])
    func fewCalls(_ command: String) async throws {
        let base = try await added()
        _ = try await base.enqueue("sums", (0..<30).map { NewJob(id: JobID(stored: "j\($0)"), name: "n") })
        try await end("sums", base) { _ in .completed(.null) }
        let store = FaultInjectingStore(base)
        let words =
            [command, "--queue", "sums", "s"] + (0..<30).map { "j\($0)" } + (command == "remove" ? ["--yes"] : [])
        let (status, transcript) = await drover(words, on: store)
        #expect(status == (command == "remove" ? .done : .failed))
        #expect(transcript.notes.contains("1 child that s waited for stays and will run"), "\(transcript.notes)")
        #expect(store.counts.made(.children) == 1 && store.counts.made(.readJobs) == 1)
    }

    @Test("remove and cancel of a parent tell how many children stay")
    func childrenStay() async throws {
        let store = try await added()
        let cancelled = await drover("cancel", "--queue", "sums", "s", on: store).transcript
        #expect(cancelled.notes.contains("1 child that s waited for stays and will run"), "\(cancelled.notes)")
        #expect(cancelled.notes.contains("drover flow remove --unprocessed --queue sums s"))
        let removed = await drover("remove", "--queue", "reports", "month", on: store).transcript
        #expect(removed.notes.contains("2 children that month waited for stay and will run"), "\(removed.notes)")
        let leaf = await drover("remove", "--queue", "fetching", "a", on: store).transcript
        #expect(leaf.all == "a removed\n")
    }

    @Test(
        "remove tells the children that stay of a parent that went on without them, or failed",
        arguments: ["continueParentOnFailure", "failParentOnFailure"])
    func childrenStayOfOthers(_ rule: String) async throws {
        let store = ReferenceStore(clock: ManualWallClock())
        let flow = #"""
            {"name": "p", "queueName": "ps", "opts": {"jobId": "p"}, "children": [
              {"name": "x", "queueName": "xs", "opts": {"jobId": "x", "RULE": true}},
              {"name": "y", "queueName": "ys", "opts": {"jobId": "y"}}]}
            """#
        let added = await drover(
            "flow", "add", "-", on: store, input: flow.replacingOccurrences(of: "RULE", with: rule))
        #expect(added.status == .done, "\(added.transcript.notes)")
        try await end("xs", store) { _ in .failed(Failure(reason: "boom")) }
        let fails = rule == "failParentOnFailure"
        if fails { try await end("ps", store) { _ in .failed(Failure(reason: "x failed")) } }
        let parent = try await job("ps", "p", store)
        #expect(parent.state == (fails ? .failed : .waiting) && parent.deferredFailure == nil)
        let removed = await drover("remove", "--queue", "ps", "p", on: store).transcript
        #expect(removed.notes.contains("1 child that p waited for stays and will run"), "\(removed.all)")
    }

    @Test("flow show draws a flow that waits")
    func waiting() async throws {
        let shown = await drover("flow", "show", "--queue", "reports", "month", on: try await added())
        #expect(shown.status == .done)
        try expectSnapshot(shown.transcript.all, named: "flow-waiting")
    }

    @Test("flow show draws results, reasons, removed jobs and what was not read")
    func ended() async throws {
        let store = try await added()
        _ = try await store.apply([.promote(JobKey(queue: "fetching", id: JobID(stored: "b")))])
        try await end("fetching", store) { id in
            switch id.text {
            case "a": .failed(Failure(reason: "no route\nto host"))
            case "b": .completed(JSONText(trusted: #"{"rows": 12}"#))
            default: .completed(.null)
            }
        }
        try await end("sums", store) { _ in .failed(Failure(reason: "too\u{1B}[2J few")) }
        _ = try await store.apply([.remove(JobKey(queue: "fetching", id: JobID(stored: "c")))])
        let shown = await drover("flow", "show", "--queue", "reports", "month", on: store)
        try expectSnapshot(shown.transcript.all, named: "flow-ended")
        let flat = await drover("flow", "show", "--queue", "reports", "month", "--depth", "0", on: store)
        #expect(flat.transcript.results.hasSuffix("└─ … 3 children\n"), "\(flat.transcript.results)")
        let json = await drover("flow", "show", "--queue", "reports", "month", "--json", on: store).transcript.results
        try expectSnapshot(json, named: "flow-ended-json")
        let tree = try Parsed(json)
        #expect(tree.object("childCounts")?.int("processed") == 1 && tree.int("unread") == 0)
        #expect(
            tree.objects("children").compactMap { $0.string("status") }.sorted() == ["failed", "ignored", "processed"])
    }

    @Test("job shows the parent and how many children there are")
    func inJob() async throws {
        let store = try await added()
        let child = await drover("job", "--queue", "sums", "s", on: store).transcript.results
        #expect(child.contains("reports/month, which fails if this fails\n"), "\(child)")
        #expect(child.contains("1 pending; see drover flow show --queue sums s\n"), "\(child)")
        let json = try Parsed(await drover("job", "--queue", "sums", "s", "--json", on: store).transcript.results)
        #expect(json.object("parent")?.string("id") == "month" && json.object("parent")?.string("onFailure") == "fail")
        #expect(json.object("childCounts")?.int("pending") == 1)
    }

    @Test("results of a flow are opened with their keys")
    func decrypted() async throws {
        let store = ReferenceStore()
        try await withTemporaryFolder { folder in
            let key = String(repeating: "A", count: 43) + "="
            try Data("k1:\(key)\n".utf8).write(to: URL(filePath: folder.file("keys")))
            let keys = ["--encryption-keys", folder.file("keys")]
            let (status, added) = await drover(["flow", "add", "-"] + keys, on: store, input: Self.tree)
            #expect(status == .done, "\(added.notes)")
            let stored = try await job("reports", "month", store)
            #expect(!stored.payload.text.contains("9007"))
            let shown = try Parsed(
                await drover(
                    ["flow", "show", "--queue", "reports", "month", "--json", "--decrypt"] + keys, on: store
                ).transcript.results)
            #expect(shown.object("payload")?.int("n") == 9_007_199_254_740_993)
            let nothing = await drover("flow", "show", "--queue", "reports", "month", "--decrypt", on: store)
            #expect(nothing.status == .usage)
        }
    }
}
