import DroverTesting
import Testing

@testable import Drover

/// Encryption on the way through a service: what is stored, what a handler sees, and what comes back.
@Suite(.timeLimit(.minutes(10))) struct EncryptedJobTests {
    private let secret = Canary.text(2)
    private let store = ReferenceStore()

    private func encryption(_ numbers: Int...) throws -> PayloadEncryption {
        PayloadEncryption(try KeyRing(numbers.map { try .canary($0) }))
    }

    private func payment() -> Payment {
        Payment(amount: 7, card: .init(number: secret, expires: "12/30"), notes: [.init(text: secret)])
    }

    private func isClean(_ record: JobRecord) -> Bool { Canary.traces(in: "\(record)".utf8).isEmpty }

    @Test func aTypedJobIsStoredEncryptedAsItsTypeSaysAndRunsPlain() async throws {
        let service = makeService(store, try encryption(1))
        let seen = Probe<Bool>("the handler ran")
        let expected = payment()
        service.work(Payment.queue) { handlers in
            handlers.on(Payment.self) { payment, context in
                let sameRecord = context.job.payload == context.payload
                seen.signal(payment == expected && sameRecord && !context.payload.text.contains("$drover"))
                return Payment.Receipt(line: payment.card.number)
            }
        }
        let key = try await service.add(expected)
        let stored = try await store.job(key)
        #expect(isClean(stored))
        #expect(stored.payload.text.contains(#""amount":7"#) && stored.payload.text.contains(#""expires":"12\/30""#))
        try await running(service) {
            let receipt = try await service.result(of: key, as: Payment.Receipt.self, within: .seconds(300))
            let isSame = receipt.line == secret
            #expect(isSame)
        }
        #expect(seen.values == [true])
        let done = try await store.job(key)
        #expect(isClean(done) && done.result?.text.hasPrefix(#"{"$drover":"encrypted:1""#) == true)
    }

    @Test func aTypesWordCountsBeforeTheQueuesAndThatBeforeTheServices() async throws {
        var encryption = try encryption(1)
        encryption.queues = ["plain": .nothing, "payments": .nothing, "parts": .paths(["a"])]
        let service = makeService(store, encryption)
        let payload = try JSONText(#"{"a":1,"b":2}"#)
        func stored(_ queue: QueueName, _ parts: EncryptedParts? = nil) async throws -> String {
            let id = try #require(
                try await service.add([NewJob(name: "n", payload: payload)], to: queue, encryption: parts)[0].id)
            return try await store.job(JobKey(queue: queue, id: id)).payload.text
        }
        #expect(try await stored("plain") == payload.text)
        #expect(try await stored("parts").hasPrefix(#"{"a":{"$drover":"#))
        #expect(try await stored("other").hasPrefix(#"{"$drover":"#))
        #expect(try await stored("other", .nothing) == payload.text)
        #expect(try await stored("plain", .whole).hasPrefix(#"{"$drover":"#))
        let typed = try await store.job(try await service.add(payment()))
        #expect(isClean(typed))
    }

    @Test func withoutKeysATypeThatIsEncryptedIsRefusedAndAllElseIsStoredAsItIs() async throws {
        let service = makeService(store, nil as PayloadEncryption?)
        let error = await #expect(throws: DroverError.self) { try await service.add(payment()) }
        #expect(error?.code == .refused && error?.message.contains("there is no key") == true)
        await #expect(throws: DroverError.self) {
            try await service.add([NewJob(name: "n")], to: "q", encryption: .whole)
        }
        let key = try await service.add(Note(text: "hi"))
        #expect(try await store.job(key).payload.text == #"{"text":"hi"}"#)
    }

    @Test func theLimitOfAPayloadCountsItsStoredForm() async throws {
        let service = makeService(store, try encryption(1), maxPayloadBytes: 60)
        let error = await #expect(throws: DroverError.self) { try await service.add(Note(text: "hi")) }
        #expect(error?.code == .payloadTooLarge)
        let results = try await service.add([NewJob(name: "n"), NewJob(name: "n")], to: "q")
        #expect(results.allSatisfy { $0.id == nil })
        #expect(try await store.queues().isEmpty)
    }

    @Test func aPayloadThatLooksEncryptedIsRefusedInItsPlaceAlone() async throws {
        let service = makeService(store, try encryption(1))
        let looks = try JSONText(#"{"$drover":"encrypted:1"}"#)
        let results = try await service.add(
            [NewJob(name: "a", payload: looks), NewJob(name: "b")], to: "q", encryption: .paths(["x.y"]))
        #expect(results.map { $0.id != nil } == [false, true])
    }

    @Test func anUpdatedPayloadIsEncryptedAsNewOnesAreAndAsTheOldOneWas() async throws {
        let service = makeService(store, PayloadEncryption(try .canaries(1), standard: .nothing))
        let (first, second) = (
            try JSONText("{\"a\":\"\(secret)\",\"b\":1}"), try JSONText("{\"a\":\"\(secret)!\",\"b\":2}")
        )
        let runs = Probe<Bool>("an attempt")
        service.work("q") { handlers in
            handlers.on("n") { context in
                if context.attempt == 1 {
                    try await context.updatePayload(second)
                    runs.signal(context.payload == first)
                    throw Broken()
                }
                runs.signal(context.payload == second)
                return .null
            }
        }
        let job = NewJob(name: "n", payload: first, options: JobOptions(attempts: 2))
        let id = try #require(try await service.add([job], to: "q", encryption: .paths(["a"]))[0].id)
        let key = JobKey(queue: "q", id: id)
        try await running(service) { _ = try await service.result(of: key, within: .seconds(300)) }
        #expect(runs.values == [true, true])
        let stored = try await store.job(key)
        #expect(isClean(stored) && stored.payload.text.contains(#""b":2"#))

        try await service.updatePayload(of: key, to: first)
        let updated = try await store.job(key)
        #expect(isClean(updated) && updated.payload.text.contains(#""b":1"#))
        let isFirst = try PayloadEncryption(.canaries(1)).open(updated).payload == first
        #expect(isFirst)
        await #expect(throws: DroverError.self) {
            try await service.updatePayload(of: JobKey(queue: "q", id: JobID("404")), to: first)
        }
    }

    @Test func resultsMayStayPlainAndNullAlwaysDoes() async throws {
        var encryption = try encryption(1)
        encryption.results = false
        let service = makeService(store, encryption)
        service.work("math") { handlers in
            handlers.on(Sum.self) { sum, _ in Sum.Total(total: sum.a + sum.b) }
        }
        let other = makeService(store, try self.encryption(1))
        other.work("notes") { handlers in handlers.on(Note.self) { _, _ in } }
        let sum = try await service.add(Sum(a: 1, b: 2))
        let note = try await other.add(Note(text: secret))
        try await running(service) { _ = try await service.result(of: sum, within: .seconds(300)) }
        try await running(other) { _ = try await other.result(of: note, within: .seconds(300)) }
        #expect(try await store.job(sum).result?.text == #"{"total":3}"#)
        #expect(try await store.job(note).result == .null)
    }

    @Test func anEncryptedResultThatIsNotKeptComesFromItsEvent() async throws {
        let service = makeService(store, try encryption(1))
        service.work("math") { handlers in
            handlers.on(Sum.self) { sum, _ in Sum.Total(total: sum.a + sum.b) }
        }
        var options = JobOptions()
        options.completedRetention = .removeAtOnce
        let key = try await service.add(Sum(a: 1, b: 2), options: options)
        try await running(service) {
            let sum = try await service.result(of: key, as: Sum.Total.self, within: .seconds(300))
            #expect(sum == Sum.Total(total: 3))
        }
        let error = await #expect(throws: DroverError.self) {
            try await makeService(store).result(of: key, within: .seconds(300))
        }
        #expect(error?.code == .unreadable && error?.message.contains("key \"k1\"") == true)
    }

    @Test func aScheduleIsStoredEncryptedAndAnewOnlyWhenItsKeyIsOld() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        func begin(_ numbers: Int...) async throws -> ScheduleRecord {
            var configuration = ServiceConfiguration(wallClock: time.wall)
            configuration.encryption = PayloadEncryption(try KeyRing(numbers.map { try .canary($0) }))
            let service = JobService(store: store, configuration: configuration, logger: quiet)
            service.schedule("bill", every: .seconds(3600)) { payment() }
            try await service.begin()
            return try #require(
                try await store.schedules(ScheduleQuery(queue: Payment.queue), page: Page()).schedules.first)
        }
        let first = try await begin(1)
        #expect(Canary.traces(in: "\(first)".utf8).isEmpty)
        #expect(try await begin(1) == first)
        let job = try await store.job(JobKey(queue: Payment.queue, id: first.schedule.key.id.job(at: first.slot)))
        #expect(isClean(job))
        let rotated = try await begin(2, 1)
        #expect(rotated.slot == first.slot && rotated.schedule.payload != first.schedule.payload)
        #expect(StoredValue(rotated.schedule.payload).keys == ["k2"])
        #expect(try await begin(2) == rotated)
    }
}
