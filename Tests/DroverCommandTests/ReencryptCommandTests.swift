import Drover
import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Foundation
import ProcessTesting
import RedisTesting
import Testing

@testable import DroverCommand

/// `drover reencrypt` on the stores.
@Suite("Encrypting anew", .timeLimit(.minutes(10)))
struct ReencryptCommandTests {
    enum Kind: String, CaseIterable, Sendable { case sqlite, redis }

    private let secret = Canary.text(6)
    private let queue: QueueName = "cards"

    private func withPlace(_ kind: Kind, _ body: (Reencrypting) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let server = try await RedisServer.shared
            let prefix = RedisServer.freshPrefix()
            let store: any JobStore
            let url: String
            switch kind {
            case .sqlite:
                url = "sqlite:" + folder.file("jobs.sqlite")
                store = SQLiteStore(path: folder.file("jobs.sqlite"))
            case .redis:
                url = server.url(prefix: prefix)
                store = try RedisStore(url: url)
            }
            try await store.prepare()
            try await body(Reencrypting(store: store, url: url))
            await store.close()
            try await server.flush(prefix: prefix)
        }
    }

    /// Adds jobs that end in every state but active, of which 12 are encrypted with these keys and 2 are plain, and two
    /// schedules, of which one is paused.
    private func fill(_ place: Reencrypting, _ keys: Int...) async throws {
        let service = try place.service(keys)
        let payload = try JSONText("{\"card\":{\"number\":\"\(secret)\"},\"n\":1}")
        func add(_ count: Int, _ job: NewJob, _ parts: EncryptedParts = .whole) async throws {
            _ = try await service.add(Array(repeating: job, count: count), to: queue, encryption: parts)
        }
        try await add(3, NewJob(name: "pay", payload: payload))
        let claim = Claim(limit: 3, lease: .seconds(60), worker: "w")
        let claimed = try await place.store.exchange(queue, id: ExchangeID("c"), settle: [], claim: claim).claimed
        let outcomes: [Outcome] = [.completed(.null), .completed(.null), .failed(Failure(reason: "no"))]
        _ = try await place.store.exchange(
            queue, id: ExchangeID("s"),
            settle: zip(claimed, outcomes).map { Settlement(lease: $0.lease, outcome: $1) }, claim: nil)
        try await add(3, NewJob(name: "pay", payload: payload))
        try await add(2, NewJob(name: "pay", payload: payload), .paths(["card.number"]))
        try await add(2, NewJob(name: "pay", payload: payload, options: JobOptions(priority: 3)))
        try await add(1, NewJob(name: "pay", payload: payload, start: .after(.seconds(3600))))
        try await add(2, NewJob(name: "pay", payload: JSONText("{\"n\":2}")), .nothing)
        for id in ["hourly", "resting"] {
            let key = ScheduleKey(queue: queue, id: try ScheduleID(id))
            try await service.put(
                Schedule(
                    key: key, timing: .cron("0 6 1 1 *", timeZone: "UTC"), name: "pay", payload: payload),
                encryption: .whole)
        }
        let resting = ScheduleKey(queue: queue, id: try ScheduleID("resting"))
        #expect(try await place.store.apply([ScheduleCommand.pause(resting)]) == [.done])
        #expect(try await place.store.configure([.pause(queue)]) == [.done])
    }

    private func isClean(_ text: String) -> Bool { Canary.traces(in: text.utf8).isEmpty }

    @Test(
        "a rotation reaches the jobs of every state and the schedules; done again it changes nothing",
        arguments: Kind.allCases)
    func rotates(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            try await fill(place, 1)
            let before = try await place.jobs(queue)
            let (status, transcript) = await place.drover("--json", keys: 2, 1)
            #expect(status == .done, "\(transcript.notes)")
            #expect(isClean(transcript.all))
            let report = try Parsed(transcript.results)
            let told = try #require(report.objects("queues").first)
            // The job by which a schedule goes on is one of them; a paused schedule has none.
            #expect(told.object("jobs")?.int("encrypted") == 12 && told.object("jobs")?.int("plain") == 2)
            #expect(told.object("schedules")?.int("encrypted") == 2)
            #expect(report.string("key") == "k2" && report.bool("complete") == true)
            #expect(report.objects("keys").map { $0.bool("needed") } == [false])

            let after = try await place.jobs(queue)
            #expect(after.map(\.key.id) == before.map(\.key.id) && after.map(\.state) == before.map(\.state))
            #expect(after.count == 14)
            #expect(after.allSatisfy { ["k2"].starts(with: StoredValue($0.payload).keys) })
            let opener = try place.encryption([2])
            let older = try place.encryption([1])
            let isSame = try after.map { try opener.open($0).payload } == before.map { try older.open($0).payload }
            #expect(isSame)
            let schedules = try await place.store.schedules(ScheduleQuery(queue: queue), page: Page()).schedules
            #expect(schedules.map { StoredValue($0.schedule.payload).keys } == [["k2"], ["k2"]])
            #expect(schedules.map(\.isPaused).count { $0 } == 1)

            let (again, repeated) = await place.drover(keys: 2, 1)
            #expect(again == .done)
            #expect(
                repeated.results == """
                    cards: 0 jobs encrypted anew, 12 current already, 2 plain; 0 schedules encrypted anew, 2 current already
                    key "k1" is no longer needed in \(place.url)

                    """)
            #expect(repeated.notes == "take older keys away when every producer encrypts with key \"k2\"\n")
            // The older key can go: nothing has changed since, and all is read.
            let (alone, one) = await place.drover(keys: 2)
            #expect(alone == .done, "\(one.notes)")
            #expect(try await place.jobs(queue) == after)
        }
    }

    @Test(
        "what another key of the same id has encrypted is told by its id and stays as it is",
        arguments: Kind.allCases)
    func wrongKey(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            let id = try await place.add("{\"n\":1}", to: queue, 1)
            let other = try await place.add("{\"n\":2}", to: queue, 3)
            let before = try await place.jobs(queue)
            // The third key's id has the bytes of the first.
            let keys = [place.text(2), place.text(1, as: "k3"), place.text(1)].joined(separator: ",")
            let (status, transcript) = await place.drover(text: keys)
            #expect(status == .failed && isClean(transcript.all))
            #expect(
                transcript.results.contains("cards: 1 job encrypted anew, 1 not readable\n"), "\(transcript.results)")
            #expect(transcript.results.contains("key \"k3\" is still needed: 1 payload\n"), "\(transcript.results)")
            #expect(transcript.results.contains("key \"k1\" is no longer needed"))
            #expect(
                transcript.notes.contains(
                    "cards: job \(other): the payload does not open with key \"k3\": another key has this id here"),
                "\(transcript.notes)")
            let after = try await place.jobs(queue)
            #expect(after.first { $0.key.id == other } == before.first { $0.key.id == other })
            #expect(after.first { $0.key.id == id } != before.first { $0.key.id == id })
            #expect(await place.drover(keys: 2, 3).status == .done)
        }
    }

    @Test(
        "without the older key nothing is lost: the jobs are told, and encrypted when it is given",
        arguments: Kind.allCases)
    func missingKey(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            let old = try await place.add("{\"n\":1}", to: queue, 1)
            _ = try await place.add("{\"n\":2}", to: queue, 2)
            let before = try await place.jobs(queue)
            let (status, transcript) = await place.drover("--json", keys: 2)
            #expect(status == .failed && isClean(transcript.all))
            let report = try Parsed(transcript.results)
            #expect(report.objects("problems").map { $0.string("job") } == [old.text])
            #expect(report.objects("problems").map { $0.string("kind") } == ["unreadable"])
            let jobs = try #require(report.objects("queues").first?.object("jobs"))
            #expect(jobs.int("unreadable") == 1 && jobs.int("current") == 1 && jobs.int("encrypted") == 0)
            #expect(report.objects("keys").map { $0.string("key") } == ["k1"])
            #expect(report.objects("keys").map { $0.bool("needed") } == [true])
            #expect(
                transcript.notes.contains("not among the keys here: k1; add what is missing"), "\(transcript.notes)")
            #expect(try await place.jobs(queue) == before)
            #expect(await place.drover(keys: 2, 1).status == .done)
            #expect(try await place.jobs(queue).allSatisfy { StoredValue($0.payload).keys == ["k2"] })
        }
    }

    @Test(
        "stopped in the middle it says so; the same command goes on and leaves nothing out",
        arguments: Kind.allCases)
    func stopped(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            let service = try place.service([1])
            let job = NewJob(name: "pay", payload: try JSONText("{\"n\":1}"))
            _ = try await service.add(Array(repeating: job, count: 500), to: queue)
            let stopping = StoppingStore(place.store)
            let transcript = Transcript()
            var session = transcript.session(on: stopping, environment: ["DROVER_ENCRYPTION_KEYS": place.text(2, 1)])
            session.makeStore = { _, _, _ in stopping }
            session.stopRequests = stopping.stopRequests
            let status = await DroverTool.run(["reencrypt", "--json"], in: session)
            #expect(status == .failed)
            #expect(
                transcript.notes.contains("it was stopped; the same command goes on from here"), "\(transcript.notes)")
            let report = try Parsed(transcript.results)
            #expect(report.bool("complete") == false)
            // What was not looked at may need the older key: nobody knows.
            #expect(report.objects("keys").count == 1 && report.objects("keys").first?.bool("needed") == nil)
            let done = try #require(report.objects("queues").first?.object("jobs")?.int("encrypted"))
            #expect((1..<500).contains(done))
            #expect(try await place.jobs(queue).count { StoredValue($0.payload).keys == ["k2"] } == done)

            let (again, rest) = await place.drover("--json", keys: 2, 1)
            #expect(again == .done, "\(rest.notes)")
            let jobs = try #require(try Parsed(rest.results).objects("queues").first?.object("jobs"))
            #expect(jobs.int("encrypted") == 500 - done && jobs.int("current") == done)
            #expect(try await place.jobs(queue).count { StoredValue($0.payload).keys == ["k2"] } == 500)
        }
    }

    @Test("a job that runs keeps its payload, and is encrypted when it has ended", arguments: Kind.allCases)
    func running(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            _ = try await place.add("{\"n\":1}", to: queue, 1)
            let claim = Claim(limit: 1, lease: .seconds(600), worker: "w")
            let claimed = try await place.store.exchange(queue, id: ExchangeID("c"), settle: [], claim: claim).claimed
            let before = try await place.jobs(queue)
            let (status, transcript) = await place.drover(keys: 2, 1)
            #expect(status == .failed)
            #expect(transcript.results.contains("key \"k1\" is still needed: 1 payload\n"), "\(transcript.results)")
            #expect(transcript.notes.contains("running and in need of an older key: 1 job; run the command again"))
            #expect(try await place.jobs(queue) == before)
            _ = try await place.store.exchange(
                queue, id: ExchangeID("s"),
                settle: claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }, claim: nil)
            #expect(await place.drover(keys: 2, 1).status == .done)
        }
    }

    @Test(
        "what steps recorded and results still need the older key until their jobs are removed",
        arguments: Kind.allCases)
    func stepsAndResults(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            let service = try place.service([1])
            service.work(queue) { handlers in
                handlers.otherwise { context in
                    try await context.step("charge") { 7 }
                    return try JSONText("[7]")
                }
            }
            let id = try #require(try await service.add([NewJob(name: "pay")], to: queue).first?.id)
            try await service.drain()
            let (status, transcript) = await place.drover(keys: 2, 1)
            #expect(status == .failed)
            #expect(transcript.results.contains("cards: 1 job encrypted anew\n"), "\(transcript.results)")
            #expect(
                transcript.results.contains("key \"k1\" is still needed: what steps of 1 job recorded, 1 result\n"),
                "\(transcript.results)")
            #expect(transcript.notes.contains("cards: job \(id): what its steps recorded is encrypted with key \"k1\""))
            #expect(transcript.notes.contains("their key is needed until their jobs are removed"))
            #expect(try await place.store.apply([.remove(JobKey(queue: queue, id: id))]) == [.done])
            #expect(await place.drover(keys: 2, 1).status == .done)
        }
    }

    @Test(
        "nothing to do is no trouble, an unknown queue is, and only the named queues are gone over",
        arguments: Kind.allCases)
    func nothing(_ kind: Kind) async throws {
        try await withPlace(kind) { place in
            let (none, empty) = await place.drover(keys: 2, 1)
            #expect(none == .done)
            #expect(empty.results.hasPrefix("there is nothing to encrypt in \(place.url)\n"), "\(empty.all)")
            _ = try await place.add("{\"n\":1}", to: queue, 1)
            _ = try await place.add("{\"n\":1}", to: "other", 1)
            let (unknown, told) = await place.drover("--queue", "cards", "--queue", "nope", keys: 2, 1)
            #expect(unknown == .notFound && told.notes.contains("there is no queue \"nope\""), "\(told.notes)")
            let (named, one) = await place.drover("--queue", "cards", keys: 2, 1)
            #expect(named == .done)
            #expect(
                one.results
                    == "cards: 1 job encrypted anew\nkey \"k1\" is no longer needed by these queues\n", "\(one.all)")
            #expect(try await place.jobs("other").map { StoredValue($0.payload).keys } == [["k1"]])
        }
    }
}
