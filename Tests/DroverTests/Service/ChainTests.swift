import DroverTesting
import Testing

@testable import Drover

/// Chains of jobs, each with a payload made from the result of the one before.
@Suite(.timeLimit(.minutes(10))) struct ChainTests {
    struct Fetch: JobPayload, Equatable {
        static let name: JobName = "fetch"
        static let queue: QueueName = "fetches"
        struct Page: Codable, Sendable { var body: String, lines: [Int] }
        typealias Result = Page
        var url: String
    }

    struct Translate: JobPayload, Equatable {
        static let name: JobName = "translate"
        static let queue: QueueName = "texts"
        typealias Result = String
        var text: String
        var first: Int
    }

    struct Mail: JobPayload, Equatable {
        static let name: JobName = "mail"
        static let queue: QueueName = "mails"
        var to: String
        var body = "none"
    }

    private let store = ReferenceStore()

    private func work(_ service: JobService, _ mailed: Probe<Mail>) {
        service.work(Fetch.queue) { handlers in
            handlers.on(Fetch.self) { fetch, _ in Fetch.Page(body: "page of \(fetch.url)", lines: [7, 8]) }
        }
        service.work(Translate.queue) { handlers in
            handlers.on(Translate.self) { translate, _ in "\(translate.text)/\(translate.first)" }
        }
        service.work(Mail.queue) { handlers in handlers.on(Mail.self) { mail, _ in mailed.signal(mail) } }
    }

    private var chain: Chain {
        Chain(Fetch(url: "u"))
            .then(Translate.self, mapping: ["text": "result.body", "first": "result.lines[0]"])
            .then(Mail(to: "me"), mapping: ["body": "result"])
    }

    @Test("each job is given what the mapping takes of the result before it")
    func flows() async throws {
        let service = makeService(store)
        let mailed = Probe<Mail>("a mail")
        work(service, mailed)
        let key = try await service.add(chain)
        let drained = try await service.drain()
        #expect(drained.completed.map(\.name) == [Fetch.name, Translate.name, Mail.name])
        #expect(mailed.values == [Mail(to: "me", body: "page of u/7")])
        // What is stored stays as it was added: the mapping is applied for each attempt.
        #expect(try await store.job(key).payload.text.contains("none"))
    }

    @Test("a handler sees the mapped payload in its context, too, and so does one who claims by hand")
    func byHand() async throws {
        let service = makeService(store)
        let key = try await service.add(chain)
        try await service.claim(from: Fetch.queue)[0].complete(Fetch.Page(body: "b", lines: [1]))
        let held = try #require(try await service.claim(from: Translate.queue).first)
        #expect(try held.payload(as: Translate.self) == Translate(text: "b", first: 1))
        #expect(held.job.payload.text == #"{"first":1,"text":"b"}"#)
        let again = try await service.held(held.key, token: held.lease.token)
        #expect(again.payload == held.payload)
        try await again.complete("t")
        #expect(try await service.claim(from: Mail.queue)[0].key == key)
    }

    @Test("a path that is not there fails the job for good, names it, and fails what follows")
    func missing() async throws {
        let service = makeService(store)
        work(service, Probe<Mail>("a mail"))
        let key = try await service.add(
            Chain(Fetch(url: "u"), options: JobOptions(attempts: 5))
                .then(
                    Translate.self, mapping: ["text": "result.boddy", "first": "result.lines[0]"],
                    options: JobOptions(attempts: 5)
                )
                .then(Mail(to: "me"), mapping: ["body": "result"]))
        try await service.drain()
        let failed = try await store.jobs(matching: JobQuery(queue: Translate.queue, state: .failed), page: Page()).jobs
        #expect(
            failed.map(\.failedReason) == [#"the input "text" can't be made: the job before has no "result.boddy""#])
        #expect(failed.map(\.attemptsMade) == [1])
        let last = try await store.job(key)
        #expect(last.state == .failed && last.failedReason?.contains("texts:") == true)
    }

    @Test("encrypted results and payloads are opened on the way, and mapped values stay out of the store")
    func encrypted() async throws {
        let settings = ServiceConfiguration()
        var secret = settings
        secret.encryption = PayloadEncryption(try KeyRing([.canary(1)]))
        let service = makeService(store, secret)
        let mailed = Probe<Mail>("a mail")
        work(service, mailed)
        let key = try await service.add(chain)
        try await service.drain()
        #expect(mailed.values == [Mail(to: "me", body: "page of u/7")])
        #expect(!(try await store.job(key).payload.text.contains("page")))
    }

    @Test("a mapping that can't be read is refused, and nothing is stored")
    func refused() async throws {
        let service = makeService(store)
        let many = Dictionary(uniqueKeysWithValues: (0..<65).map { ("m\($0)", "result") })
        for mapping in [["text": "body"], ["a..b": "result"], many] {
            let bad = Chain(Fetch(url: "u")).then(Translate.self, mapping: mapping)
            let error = await #expect(throws: DroverError.self) { try await service.add(bad) }
            #expect(error?.code == .refused)
        }
        #expect(try await store.queues().isEmpty)
    }

    @Test("inputs of a job that waited for no job, or for several, fail it")
    func notOne() async throws {
        let service = makeService(store)
        work(service, Probe<Mail>("a mail"))
        var options = JobOptions(attempts: 3)
        options.inputs = ["body": "result"]
        let alone = try await service.add(Mail(to: "me"), options: options)
        let two = try await service.add(
            Flow(Mail(to: "me"), options: options) {
                Child(Fetch(url: "a"))
                Child(Fetch(url: "b"))
            })
        try await service.drain()
        #expect(try await store.job(alone).failedReason?.contains("no job before it") == true)
        #expect(try await store.job(two).failedReason?.contains("several jobs before it") == true)
        #expect(try await store.job(alone).attemptsMade == 1)
    }

    @Test("a payload that its inputs make too long fails the job")
    func tooLong() async throws {
        var settings = ServiceConfiguration()
        settings.maxPayloadBytes = 64
        let service = makeService(store, settings)
        let key = try await service.add(chain)
        try await service.claim(from: Fetch.queue)[0].complete(
            Fetch.Page(body: String(repeating: "x", count: 100), lines: [1]))
        #expect(try await service.claim(from: Translate.queue).isEmpty)
        #expect(try await service.claim(from: Mail.queue).isEmpty)
        #expect(try await store.job(key).state == .failed)
    }

    /// A store that can't read children for a while.
    private struct Forgetful: ForwardingStore {
        let base: any JobStore
        let code: StoreError.Code
        let isForgetful: @Sendable () -> Bool

        func children(of key: JobKey, _ status: ChildStatus, page: Page) async throws(StoreError) -> ChildPage {
            if isForgetful() { throw StoreError(code, "can't be read") }
            return try await base.children(of: key, status, page: page)
        }
    }

    @Test("a result that can't be read now puts the job off, and no attempt counts")
    func unread() async throws {
        let time = ManualTime()
        let begin = time.wall.now
        let base = ReferenceStore(clock: time.wall, timer: time.clock)
        let store = Forgetful(base: base, code: .busy) { time.wall.now < begin + .milliseconds(500) }
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock(), wallClock: time.wall))
        let mailed = Probe<Mail>("a mail")
        work(service, mailed)
        let key = try await service.add(Chain(Fetch(url: "u")).then(Mail(to: "me"), mapping: ["body": "result.body"]))
        let drained = try await service.drain(advancing: time, by: .seconds(60))
        #expect(drained.runs.map(\.outcome).filter { $0 == .snoozed(.seconds(1)) }.count == 1)
        #expect(mailed.values == [Mail(to: "me", body: "page of u")])
        #expect(try await base.job(key).attemptsMade == 1)
    }

    @Test("a result that can never be read fails the job after its attempts")
    func unreadable() async throws {
        let time = ManualTime()
        let base = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = makeService(
            Forgetful(base: base, code: .corrupt) { true },
            ServiceConfiguration(clock: time.clock, wallClock: time.wall))
        work(service, Probe<Mail>("a mail"))
        let key = try await service.add(
            Chain(Fetch(url: "u")).then(
                Mail(to: "me"), mapping: ["body": "result.body"],
                options: JobOptions(attempts: 2, backoff: .fixed(.seconds(5)))))
        try await service.drain(advancing: time, by: .seconds(60))
        let job = try await base.job(key)
        #expect(job.state == .failed && job.attemptsMade == 2)
        #expect(job.failedReason?.contains("can't be read") == true)
    }

    struct Report: JobPayload {
        static let name: JobName = "report"
        static let queue: QueueName = "reports"
        var body: String
    }

    @Test("a job of a chain that gives itself children is given the same inputs in its later attempts")
    func children() async throws {
        let service = makeService(store)
        let mailed = Probe<Mail>("a mail")
        work(service, mailed)
        let seen = Probe<String>("an attempt")
        service.work(Report.queue) { handlers in
            handlers.on(Report.self) { report, context in
                seen.signal(report.body)
                // Two at once, with ids, so that the second attempt adds no others.
                async let first = context.addChild(Fetch(url: "v"), id: JobID("v"))
                async let second = context.addChild(Mail(to: "you"), id: JobID("w"))
                _ = try await (first, second)
                try await context.waitForChildren()
            }
        }
        let key = try await service.add(
            Chain(Fetch(url: "u")).then(Report.self, mapping: ["body": "result.body"]))
        try await service.drain()
        let job = try await store.job(key)
        #expect(job.state == .completed, "\(job.failedReason ?? "")")
        #expect(seen.values == ["page of u", "page of u"])
        #expect(mailed.values == [Mail(to: "you")])
    }
}
