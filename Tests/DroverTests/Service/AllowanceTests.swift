import Drover
import DroverTesting
import Synchronization
import Testing

/// Allowances of callers and in handlers.
@Suite(.timeLimit(.minutes(10))) struct AllowanceTests {
    struct Export: JobPayload, Equatable {
        static let name: JobName = "export"
        static let queue: QueueName = "exports"
        var number: Int
    }

    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService
    private let daily = Allowance("exports:42", max: 2, per: .seconds(86_400))

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    private func used() async throws -> Int { try await service.use(ofAllowance: daily.key).used }

    @Test("jobs are added within an allowance until it is spent, and again when it is not")
    func added() async throws {
        for number in 1...2 { try await service.add(Export(number: number), within: [daily]) }
        let spent = await #expect(throws: AllowanceSpent.self) {
            try await service.add(Export(number: 3), within: [daily])
        }
        #expect(spent == AllowanceSpent(key: daily.key, freeIn: .seconds(86_400)))
        #expect(spent?.description.contains("\"exports:42\" is spent; again in") == true)
        #expect(try await store.queues().first?.counts.total == 2)
        time.advance(by: .seconds(86_400))
        try await service.add(Export(number: 3), within: [daily])
        #expect(try await store.queues().first?.counts.total == 3)
    }

    @Test("where no job is stored what was reserved is given back")
    func refunded() async throws {
        try await service.add(Export(number: 1), within: [daily], id: JobID("a"))
        #expect(try await service.add(Export(number: 2), within: [daily], id: JobID("a")).id.text == "a")
        #expect(try await used() == 1)
        var same = JobOptions()
        same.deduplication = .simple("d")
        try await service.add(Export(number: 3), options: same)
        try await service.add(Export(number: 4), within: [daily], options: same)
        #expect(try await used() == 1)
        _ = try await store.configure([.maxLength(Export.queue, 2)])
        await #expect(throws: DroverError.self) {
            try await service.add(Export(number: 5), within: [daily], whenFull: .refuse)
        }
        #expect(try await used() == 1)
    }

    @Test("an allowance that breaks a rule is refused, and no job is stored")
    func refused() async throws {
        await #expect(throws: ValidationError.self) {
            try await service.add(Export(number: 1), within: [Allowance("k", max: -1, per: nil)])
        }
        #expect(try await store.queues().isEmpty)
    }

    @Test("a job whose allowance is spent is put off until there is enough, counts no attempt, and reserves once")
    func handler() async throws {
        let seen = Mutex<Set<JobID>>([])
        service.work(Export.queue) { handlers in
            handlers.on(Export.self) { [daily] _, context in
                try await context.reserve(daily)
                if seen.withLock({ $0.insert(context.key.id).inserted }) { throw Snooze(for: .seconds(1)) }
            }
        }
        for number in 1...3 { try await service.add(Export(number: number)) }
        let first = try await service.drain(advancing: time, by: .seconds(100))
        #expect(first.completed.map(\.payload.text) == [#"{"number":1}"#, #"{"number":2}"#])
        #expect(first.runs.map(\.outcome).contains(.snoozed(.seconds(86_400))))
        #expect(try await used() == 2)
        let second = try await service.drain(advancing: time, by: .seconds(90_000))
        #expect(second.completed.map(\.payload.text) == [#"{"number":3}"#])
        #expect(second.completed.map(\.attemptsMade) == [0])
    }

    @Test("a reservation is given back once")
    func reservation() async throws {
        let tier = Allowance("tier:free", max: 10, per: nil)
        let reservation = try await service.reserve(daily, tier, amount: 2)
        #expect(try await used() == 2)
        #expect(try await service.refund(reservation) == 4)
        #expect(try await service.refund(reservation) == 0)
        #expect(try await service.use(ofAllowance: tier.key) == AllowanceUse(used: 0))
    }
}
