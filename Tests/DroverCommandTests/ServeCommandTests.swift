import AsyncHTTPClient
import Drover
import DroverCore
import DroverTesting
import Foundation
import NIOCore
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct ServeCommandTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("drover.yaml") }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    /// What a test does to `drover serve` while it runs, and hears of it.
    private struct Served: Sendable {
        var notes: NoteWatcher
        var stop: AsyncStream<Void>.Continuation
        var reload: AsyncStream<Void>.Continuation
    }

    /// Runs `drover serve` on a store while the body does something, and gives its exit status.
    private func serving(
        on store: ReferenceStore, environment: [String: String] = [:], notes: NoteWatcher = NoteWatcher(),
        _ body: @escaping @Sendable (Served) async throws -> Void
    ) async throws -> DroverCommand.ExitStatus {
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let (reloads, reload) = AsyncStream.makeStream(of: Void.self)
        var session = Transcript().session(
            on: store, environment: environment.merging(["DROVER_SERVER_PORT": "0"]) { own, _ in own })
        session.output = Output(result: { _ in }, note: { notes.add($0) })
        session.stopRequests = { stops }
        session.reloadRequests = { reloads }
        return try await withThrowingTaskGroup(of: DroverCommand.ExitStatus?.self) { [session, path] group in
            group.addTask { await DroverTool.run(["serve", "--config", path], in: session) }
            group.addTask {
                try await body(Served(notes: notes, stop: stop, reload: reload))
                return nil
            }
            defer { group.cancelAll() }
            while let ending = try await group.next() {
                if let ending { return ending }
            }
            return .failed
        }
    }

    private let queue = """
        store: sqlite:unused
        queues:
          mail: {handler: noop, handlers: {shout: echo}, concurrency: 2, attempts: 2}

        """
    private var good: String { queue + schedule }
    private let schedule = """
        schedules:
          nightly: {queue: mail, job: digest, cron: "30 2 * * *", time-zone: Europe/Berlin, data: {n: 1}}
        """

    @Test("queues are worked by the handlers of their jobs' names, schedules are stored, and a stop ends it")
    func works() async throws {
        try write(good)
        let store = ReferenceStore()
        let status = try await serving(on: store) { served in
            try await served.notes.wait(for: "working")
            let (_, added) = await drover(
                "add", "--queue", "mail", "shout", "--data", #"{"a":1}"#, "--wait", "--wait-timeout", "60s", on: store)
            #expect(added.results == "{\"a\":1}\n", "\(added.notes)")
            let (_, quiet) = await drover(
                "add", "--queue", "mail", "other", "--wait", "--wait-timeout", "60s", on: store)
            #expect(quiet.results == "null\n")
            let record = try #require(
                try await store.schedules(ScheduleQuery(queue: "mail"), page: Page()).schedules.first)
            #expect(record.schedule.timing == .cron("30 2 * * *", timeZone: "Europe/Berlin"))
            #expect(record.schedule.payload.text == #"{"n":1}"# && record.schedule.options.attempts == 2)
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("queues are bounded as the file says, also those that are not worked here, and anew when it is read again")
    func bounds() async throws {
        @Sendable func text(_ most: String) -> String {
            "queues: {mail: {handler: noop, max-length: \(most)}, rest: {max-length: 7}, own: {handler: noop}}"
        }
        try write(text("1000"))
        let store = ReferenceStore()
        _ = try await store.configure([.maxLength("own", 5)])
        let status = try await serving(on: store) { served in
            func bounds() async throws -> [String: Int?] {
                Dictionary(uniqueKeysWithValues: try await store.queues().map { ($0.name.text, $0.maxLength) })
            }
            try await served.notes.wait(for: "working")
            #expect(try await bounds() == ["mail": 1000, "rest": 7, "own": 5])
            try write(text("none"))
            served.reload.yield()
            // The workers stay, and the line is logged behind the change.
            try await served.notes.wait(for: "working")
            #expect(try await bounds() == ["mail": nil, "rest": 7, "own": 5])
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("groups are limited as the file says, and anew when it is read again, while the workers stay")
    func groups() async throws {
        @Sendable func text(_ weight: String) -> String {
            "queues: {mail: {handler: noop, every-group: {concurrency: 2}, groups: {vip: {weight: \(weight)}}}}"
        }
        try write(text("5"))
        let store = ReferenceStore()
        let notes = NoteWatcher()
        let status = try await serving(on: store, notes: notes) { served in
            for weight in [5, 7] {
                try await served.notes.wait(for: "working")
                let page = try await store.jobs(matching: JobQuery(queue: "mail", part: .groups), page: Page())
                #expect(page.everyGroup == GroupLimits(concurrency: 2))
                #expect(page.groups.map(\.own) == [GroupLimits(weight: weight)])
                try write(text("7"))
                #expect(await drover("add", "--queue", "mail", "x", "--wait", on: store).transcript.results == "null\n")
                if weight == 5 { served.reload.yield() } else { served.stop.yield() }
            }
        }
        #expect(status == .done)
        // One worker has run both jobs, and no other one was started.
        let jobs = try await store.jobs(matching: JobQuery(queue: "mail", state: .completed), page: Page()).jobs
        #expect(jobs.count == 2 && jobs[0].worker != nil && jobs[0].worker == jobs[1].worker)
        #expect(notes.count(of: "worker starts") == 1)
    }

    @Test("health and metrics are served where it says")
    func serves() async throws {
        try write(good)
        _ = try await serving(on: ReferenceStore()) { served in
            let line = try await served.notes.wait(for: "serving")
            let address = try #require(line.split(separator: "address=").last)
            for (path, part) in [
                ("/health/live", "alive"), ("/health/ready", "ready"), ("/metrics", "drover_store_up 1"),
            ] {
                let response = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: "\(address)\(path)"), timeout: .seconds(300))
                #expect(String(buffer: try await response.body.collect(upTo: 1 << 20)).contains(part))
            }
            served.stop.yield()
        }
    }

    @Test("a changed file takes effect when it is read again; a bad one is refused, and the old one goes on")
    func reload() async throws {
        try write(good)
        let store = ReferenceStore()
        let status = try await serving(on: store) { served in
            try await served.notes.wait(for: "working")
            served.reload.yield()
            try await served.notes.wait(for: "nothing else has changed")

            try write("queues: {mail: {handler: nope}}")
            served.reload.yield()
            let refused = try await served.notes.wait(for: "queues.mail.handler")
            #expect(refused.contains(":1: "))
            try await served.notes.wait(for: "the old one goes on: mend")
            #expect(await drover("add", "--queue", "mail", "x", "--wait", on: store).transcript.results == "null\n")

            try write("store: sqlite:other\nqueues: {mail: {handler: echo}, more: {handler: \"fail:no\"}, rest: {}}")
            served.reload.yield()
            let warning = try await served.notes.wait(for: "restart to let changes take effect")
            #expect(warning.contains("settings=store"))
            try await served.notes.wait(for: "queue has no handler")
            let (status, failed) = await drover("add", "--queue", "more", "x", "--wait", on: store)
            #expect(status == .failed && failed.notes.contains("more/1: no;"), "\(failed.notes)")
            // Of two workers of the queue for a moment, the old one ends.
            try await served.notes.wait(for: "worker stops")
            let echoed = await drover("add", "--queue", "mail", "x", "--data", "[7]", "--wait", on: store)
            #expect(echoed.transcript.results == "[7]\n")
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("of a configuration with a schedule that the store would not take, nothing is taken")
    func whole() async throws {
        try write(good)
        let store = ReferenceStore()
        let status = try await serving(on: store) { served in
            try await served.notes.wait(for: "working")
            let large = String(repeating: "x", count: 1_100_000)
            let second = "  large: {queue: mail, job: j, every: 1h, data: \(large)}"
            let bad = good.replacing("n: 1", with: "n: 2") + "\n" + second
            try write(bad)
            served.reload.yield()
            let line = try await served.notes.wait(for: "the old one goes on")
            #expect(line.contains("1048576"), "\(line.prefix(300))")
            let records = try await store.schedules(ScheduleQuery(queue: "mail"), page: Page()).schedules
            #expect(records.map(\.schedule.payload.text) == [#"{"n":1}"#])
            #expect(await drover("add", "--queue", "mail", "x", "--wait", on: store).transcript.results == "null\n")
            #expect(served.notes.count(of: "worker starts") == 1)
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("another concurrency is taken without new workers")
    func resize() async throws {
        try write("queues: {mail: {handler: \"sleep:1h\"}}\nworker: {grace: 0s}")
        let store = ReferenceStore()
        let status = try await serving(on: store) { served in
            try await served.notes.wait(for: "worker starts")
            #expect(await drover("add", "--queue", "mail", "x", "--count", "3", on: store).status == .done)
            try write("queues: {mail: {handler: \"sleep:1h\", concurrency: 3}}\nworker: {grace: 0s}")
            served.reload.yield()
            var query = EventQuery(queue: "mail", start: .beginning)
            var active = 0
            while active < 3 {
                let page = try await store.events(query, waitingAtMost: .seconds(60))
                active += page.events.count { $0.kind.name == "active" }
                query.start = .after(page.next)
            }
            #expect(served.notes.count(of: "worker starts") == 1)
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("a second stop gives running jobs back at once")
    func stopTwice() async throws {
        try write("log: {jobs: true}\nworker: {grace: 1h}\nqueues: {mail: {handler: \"sleep:1h\"}}")
        let store = ReferenceStore()
        let status = try await serving(on: store) { served in
            #expect(await drover("add", "--queue", "mail", "x", on: store).status == .done)
            // One that is only claimed would be given back by the first stop.
            try await served.notes.wait(for: "job started")
            served.stop.yield()
            try await served.notes.wait(for: "stopping")
            served.stop.yield()
        }
        #expect(status == .failed)
        #expect(try await store.queues().first?.counts == JobCounts([.waiting: 1]))
    }

    @Test(
        "encrypted jobs are worked in plain, schedules are stored encrypted, and a new key is taken when it is read again"
    )
    func encrypts() async throws {
        let secret = Canary.text(6)
        let configuration = """
            encryption: {keys: {file: \(folder.path("keys"))}}
            queues:
              cards: {handler: echo, encrypt: [card]}
            schedules:
              bill: {queue: cards, job: pay, every: 1h, data: {card: \(secret), n: 1}}
            """
        @Sendable func writeKeys(_ numbers: Int...) throws -> String {
            let text = numbers.map { "k\($0):\(Data(Canary.key($0)).base64EncodedString())" }.joined(separator: "\n")
            try Data(text.utf8).write(to: URL(filePath: folder.path("keys")))
            return text
        }
        let store = ReferenceStore()
        @Sendable func stored() async throws -> JSONText {
            let page = try await store.schedules(ScheduleQuery(queue: "cards"), page: Page())
            return try #require(page.schedules.first).schedule.payload
        }
        _ = try writeKeys(1)
        try write(configuration)
        let status = try await serving(on: store) { served in
            try await served.notes.wait(for: "working")
            let first = try await stored()
            #expect(StoredValue(first).keys == ["k1"] && first.text.hasSuffix(#","n":1}"#))
            let keys = try writeKeys(2, 1)
            served.reload.yield()
            try await served.notes.wait(for: "worker stops")
            #expect(StoredValue(try await stored()).keys == ["k2"])
            let transcript = Transcript()
            let session = transcript.session(
                on: store, environment: ["DROVER_ENCRYPTION_KEYS": keys.replacing("\n", with: ",")])
            let status = await DroverTool.run(
                ["add", "--queue", "cards", "pay", "--data", "\"\(secret)\"", "--wait"], in: session)
            let isSame = transcript.results == "\"\(secret)\"\n"
            #expect(status == .done && isSame)
            let jobs = try await store.jobs(matching: JobQuery(queue: "cards", state: .completed), page: Page()).jobs
            let traces = Canary.traces(in: "\(jobs)\(first)".utf8)
            #expect(!jobs.isEmpty && traces.isEmpty)
            #expect(served.notes.count(of: Canary.mark) == 0)
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("each attempt has its events in the log, where that is asked for")
    func logsJobs() async throws {
        try write("log: {format: json, jobs: true}\n" + queue)
        let store = ReferenceStore()
        _ = try await serving(on: store) { served in
            _ = await drover("add", "--queue", "mail", "shout", "--correlation-id", "c-1", "--wait", on: store)
            let begin = try Parsed(try await served.notes.wait(for: "job_started"))
            let end = try Parsed(try await served.notes.wait(for: "job_completed"))
            for line in [begin, end] {
                #expect(line.string("level") == "info" && line.string("queue") == "mail" && line.int("attempt") == 1)
                #expect(line.string("job_name") == "shout" && line.string("correlation_id") == "c-1")
            }
            #expect(begin.int("duration_ms") == nil && end.int("duration_ms") != nil)
            served.stop.yield()
        }
    }

    @Test("the log of the production profile is JSON")
    func json() async throws {
        try write(good)
        let status = try await serving(on: ReferenceStore(), environment: ["DROVER_PROFILE": "production"]) { served in
            let line = try Parsed(try await served.notes.wait(for: "working"))
            #expect(line.string("message") == "working" && line.string("level") == "info")
            #expect(line.string("queues") == "mail:2" && line.int("schedules") == 1)
            #expect(line.string("time")?.hasSuffix("Z") == true)
            served.stop.yield()
        }
        #expect(status == .done)
    }

    @Test("it is logged which variable names the store, without the password in it; of the file's nothing is said")
    func storeVariable() async throws {
        try write(good)
        for (variable, value) in [
            ("DROVER_STORE", "redis://user:s3cret@127.0.0.1:7/1"), ("DROVER_STORE_FILE", folder.path("url")),
        ] {
            try Data("redis://user:s3cret@127.0.0.1:7/1".utf8).write(to: URL(filePath: folder.path("url")))
            _ = try await serving(on: ReferenceStore(), environment: [variable: value]) { served in
                let line = try await served.notes.wait(for: "working")
                #expect(line.contains(" store=redis://127.0.0.1:7/1?prefix=bull store_from=\(variable)"), "\(line)")
                #expect(served.notes.count(of: "s3cret") == 0)
                served.stop.yield()
            }
            let transcript = Transcript()
            let session = transcript.session(on: ReferenceStore(), environment: [variable: value])
            #expect(await DroverTool.run(["config", "check", path], in: session) == .done)
            #expect(
                transcript.results.contains("store redis://127.0.0.1:7/1?prefix=bull (from \(variable)), "),
                "\(transcript.all)")
            #expect(!transcript.all.contains("s3cret"))
        }
        _ = try await serving(on: ReferenceStore()) { served in
            let line = try await served.notes.wait(for: "working")
            #expect(line.contains(" store=sqlite:unused") && !line.contains("store_from"), "\(line)")
            served.stop.yield()
        }
    }

    @Test("an address that is taken ends it, with what to do")
    func taken() async throws {
        try write(good)
        _ = try await serving(on: ReferenceStore()) { first in
            let line = try await first.notes.wait(for: "serving")
            let port = try #require(line.split(separator: ":").last.map(String.init))
            let status = try await serving(on: ReferenceStore(), environment: ["DROVER_SERVER_PORT": port]) { second in
                let line = try await second.notes.wait(for: "drover: serve: ")
                #expect(line.contains("can't go on at 127.0.0.1:\(port)") && line.contains("DROVER_SERVER_PORT"))
            }
            #expect(status == .failed)
            first.stop.yield()
        }
    }

    @Test("a bad configuration is told in full, and nothing is begun")
    func refused() async throws {
        try write("queues: {mail: {handler: nope}}\nlog: {level: loud}\n")
        for command in [
            ["serve", "--config", path], ["config", "check", "--config", path], ["serve", path],
            ["config", "check", path], ["config", "check", path, "--config", path],
        ] {
            let (status, transcript) = await drover(command, on: ReferenceStore())
            #expect(status == .usage)
            #expect(transcript.notes.contains("drover.yaml:1: queues.mail.handler: "))
            #expect(transcript.notes.contains("drover.yaml:2: log.level: "))
            #expect(transcript.notes.contains("has 2 mistakes; mend what the lines above name\n"))
            #expect(transcript.results.isEmpty)
        }
        let (status, transcript) = await drover("serve", "--config", folder.path("none.yaml"), on: ReferenceStore())
        #expect(status == .usage && transcript.notes.contains("drover init"))
    }

    @Test("init writes a file that config check finds good, and leaves one that is there")
    func initCommand() async throws {
        let (status, transcript) = await drover("init", "--config", path, on: ReferenceStore())
        #expect(status == .done && transcript.results == path + "\n")
        let (good, checked) = await drover("config", "check", "--config", path, on: ReferenceStore())
        #expect(
            good == .done && checked.results.contains("1 queue, of which 1 worked here, 1 schedule."), "\(checked.all)")
        try write("mine")
        let (again, refused) = await drover("init", "--config", path, on: ReferenceStore())
        #expect(again == .failed && refused.notes.contains("is there already; it was left as it is"))
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "mine")
    }

    @Test("drover init && drover serve works as written, and its metrics are as Prometheus' own tool wants them")
    func asWritten() async throws {
        let script = #"""
            promtool=$(scripts/promtool.sh) && cd "$2" && mkfifo log && "$1" init >/dev/null 2>&1 || exit 9
            DROVER_SERVER_PORT=0 "$1" serve 2>log & served=$!
            exec 3<log
            while read -r line <&3; do case $line in *address=*) address=${line##*address=}; break;; esac; done
            cat <&3 >/dev/null &
            "$1" add --queue hello greet --wait --wait-timeout 60s --data '"hi"'
            curl -sf "$address/health/ready" && curl -sf "$address/metrics" >metrics && "$promtool" check metrics <metrics
            echo "promtool $?"
            kill -HUP $served; kill -TERM $served; wait $served; echo "ended $?"
            """#
        let ending = try await Program.script(script, [folder.path("")])
        #expect(ending.output == "\"hi\"\nready\npromtool 0\nended 0\n", "\(ending)")
        let metrics = try String(contentsOf: URL(filePath: folder.path("metrics")), encoding: .utf8)
        #expect(metrics.contains(#"drover_jobs_total{queue="hello",outcome="completed"} "#))
        #expect(!metrics.contains(#"drover_jobs_total{queue="hello",outcome="completed"} 0"#))
    }
}
