import Drover
import DroverTesting
import Testing

@Suite(.timeLimit(.minutes(10))) struct AddingTests {
    @Test func aJobIsStoredWithTheOptionsOfItsType() async throws {
        let store = ReferenceStore()
        let key = try await makeService(store).add(Note(text: "hi"))
        let job = try await store.job(key)
        #expect(job.name == "note")
        #expect(job.key.queue == "notes")
        #expect(job.payload.text == #"{"text":"hi"}"#)
        #expect(job.options.attempts == 3)
        #expect(job.state == .waiting)
    }

    @Test func aDelayAndAnInstantMakeTheJobWait() async throws {
        let time = ManualTime()
        let store = ReferenceStore(clock: time.wall, timer: time.clock)
        let service = makeService(store)
        let delayed = try await store.job(try await service.add(Note(text: ""), delay: .seconds(5)))
        #expect(delayed.dueAt == time.wall.now + .seconds(5))
        let instant = time.wall.now + .seconds(60)
        let planned = try await store.job(try await service.add(Note(text: ""), runAt: instant))
        #expect(planned.dueAt == instant)
        let error = await #expect(throws: DroverError.self) {
            try await service.add(Note(text: ""), delay: .seconds(1), runAt: instant)
        }
        #expect(error?.code == .refused)
    }

    @Test func aKnownIdGivesTheKeyOfTheJobThatIsThere() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let id = try JobID.custom("order-7")
        let first = try await service.add(Note(text: "first"), id: id)
        let second = try await service.add(Note(text: "second"), id: id)
        #expect(first == second)
        #expect(try await store.job(first).payload.text == #"{"text":"first"}"#)
    }

    @Test func aPayloadOverTheLimitIsRefusedBeforeItIsStored() async throws {
        let store = ReferenceStore()
        let service = makeService(store, ServiceConfiguration(maxPayloadBytes: 20))
        let error = await #expect(throws: DroverError.self) {
            try await service.add(Note(text: String(repeating: "x", count: 100)))
        }
        #expect(error?.code == .payloadTooLarge)
        #expect(try await store.queues().isEmpty)
    }

    @Test func amongManyAnOversizedJobIsRefusedInItsPlaceAlone() async throws {
        let service = makeService(ReferenceStore(), ServiceConfiguration(maxPayloadBytes: 5))
        let results = try await service.add(
            [
                NewJob(name: "a"), NewJob(name: "b", payload: try JSONText("[1,2,3,4]")),
                NewJob(name: "c", payload: try JSONText("1")),
            ], to: "q")
        #expect(results.map { $0.id != nil } == [true, false, true])
        guard case .refused(let problem) = results[1] else {
            Issue.record("the second job is too long")
            return
        }
        #expect(problem.subject == "payload")
    }

    @Test func aJobThatBreaksARuleIsRefusedWithTheProblem() async throws {
        let service = makeService(ReferenceStore())
        let error = await #expect(throws: DroverError.self) {
            try await service.add(Note(text: ""), delay: .seconds(-1))
        }
        #expect(error?.code == .refused)
        #expect(error?.cause is ValidationError)
    }
}

/// Jobs whose type says what makes them the same.
@Suite struct UniqueKeyTests {
    struct Invoice: JobPayload, Equatable {
        static let name: JobName = "invoice"
        static let queue: QueueName = "billing"
        static let unique: UniqueKey<Invoice>? = UniqueKey(\.customer, \.month)
        var customer: String
        var month: Int
        var note = ""
    }

    @Test("a job with the same parts is not added again, whatever else it says, and one with others is")
    func same() async throws {
        let service = makeService(ReferenceStore())
        let first = try await service.add(Invoice(customer: "a@b.example", month: 3, note: "first"))
        #expect(try await service.add(Invoice(customer: "a@b.example", month: 3, note: "second")) == first)
        let others = [
            try await service.add(Invoice(customer: "a@b.example", month: 4)),
            try await service.add(Invoice(customer: "a@b.example3", month: 3)),
            try await service.add(Invoice(customer: "", month: 3)),
        ]
        #expect(Set(others + [first]).count == 4)
        #expect(try await service.enqueued(Invoice.self).map(\.payload.note) == ["first", "", "", ""])
    }

    @Test("the id is the same in every process and tells nothing of the parts")
    func id() async throws {
        let service = makeService(ReferenceStore())
        let key = try await service.add(Invoice(customer: "a@b.example", month: 3))
        // printf 'invoice\0"a@b.example"\0003' | sha256sum | cut -c1-32
        #expect(key.id.text == "u-2d2fffda9514d157ac61903ca8c0f757")
    }

    @Test("an id of the call's own goes before that of the type")
    func own() async throws {
        let service = makeService(ReferenceStore())
        let key = try await service.add(Invoice(customer: "a", month: 3), id: try JobID("mine"))
        #expect(key.id.text == "mine")
    }
}
