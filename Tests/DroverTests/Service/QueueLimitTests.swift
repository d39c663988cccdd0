import Drover
import DroverTesting
import Synchronization
import Testing

/// What limits of a queue mean to its workers.
@Suite(.timeLimit(.minutes(10))) struct QueueLimitTests {
    struct Call: JobPayload, Equatable {
        static let name: JobName = "call"
        static let queue: QueueName = "calls"
        var number: Int
    }

    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    @Test("a handler holds its queue: the job goes first afterwards, and the attempt does not count")
    func rateLimited() async throws {
        let refusals = Mutex(2)
        service.work(Call.queue) { handlers in
            handlers.on(Call.self) { _, _ in
                let isRefused = refusals.withLock { left in
                    left -= 1
                    return left >= 0
                }
                if isRefused { throw RateLimited(for: .seconds(30)) }
            }
        }
        for number in 1...3 { try await service.add(Call(number: number)) }
        let first = try await service.drain(advancing: time, by: .seconds(29))
        #expect(first.completed.isEmpty)
        #expect(first.runs.map(\.outcome) == [.rateLimited(.seconds(30))])
        #expect(first.nextDueIn == .seconds(30))
        #expect(try await store.queues().first?.limitedFor == .seconds(1))
        let second = try await service.drain(advancing: time, by: .seconds(60))
        #expect(second.completed.map(\.payload.text) == (1...3).map { #"{"number":\#($0)}"# })
        #expect(second.completed.map(\.attemptsMade) == [0, 0, 0])
        #expect(try await service.state(of: Call(number: 1)) == [1])
    }

    @Test("a worker's own rate bounds what begins in a span, and a rate of the queue goes before it")
    func ofTheWorker() async throws {
        let begun = Mutex<[Timestamp]>([])
        let began = Probe<Void>("a job began")
        var options = WorkerOptions(lease: .seconds(36_000))
        options.rateLimit = WorkerRate(max: 3, per: .seconds(3600))
        options.heartbeatInterval = .seconds(36_000)
        service.work(Call.queue, concurrency: 4, options: options) { handlers in
            handlers.on(Call.self) { _, _ in
                begun.withLock { $0.append(time.wall.now) }
                began.signal()
            }
        }
        for number in 1...8 { try await service.add(Call(number: number)) }
        try await running(service) {
            _ = try await began.wait(for: 3)
            try await store.event(in: Call.queue) { $0.job?.text == "3" && $0.kind.name == "completed" }
            #expect(try await store.queues().first?.counts.ready == 5)
            _ = try await store.configure([.rateLimit(Call.queue, RateLimit(max: 100, per: .seconds(60)))])
            _ = try await began.wait(for: 8)
        }
        #expect(begun.withLock { $0.count } == 8)
    }

    @Test("rates out of range are taken as the nearest", arguments: [(0, Duration.zero), (Int.max, .seconds(1e12))])
    func bounds(_ max: Int, _ per: Duration) {
        let rate = WorkerRate(max: max, per: per).withinBounds
        #expect(rate.limit.problem == nil)
    }

    @Test("workers of a limited queue sleep until the next job may begin, and never more begin in any span")
    func sliding() async throws {
        let begun = Mutex<[Timestamp]>([])
        service.work(Call.queue, concurrency: 4) { handlers in
            handlers.on(Call.self) { _, context in begun.withLock { $0.append(time.wall.now) } }
        }
        let limit = RateLimit(max: 10, per: .seconds(60))
        _ = try await store.configure([.rateLimit(Call.queue, limit)])
        for number in 1...40 { try await service.add(Call(number: number)) }
        let report = try await service.drain(advancing: time, by: .seconds(400))
        #expect(report.completed.count == 40)
        let instants = begun.withLock { $0 }
        for (index, instant) in instants.enumerated() where index >= limit.max {
            #expect(instant - instants[index - limit.max] >= limit.per)
        }
        // Four times ten: three waits of a span and one slice.
        #expect(instants.last.map { $0 - instants[0] } ?? .zero <= .seconds(3 * 60) + .milliseconds(6 * 600))
    }
}

extension JobService {
    /// The attempts that count of the jobs that completed with a payload.
    fileprivate func state(of call: QueueLimitTests.Call) async throws -> [Int] {
        try await store.jobs(matching: JobQuery(queue: QueueLimitTests.Call.queue, state: .completed), page: Page())
            .jobs
            .filter { $0.payload.text == #"{"number":\#(call.number)}"# }.map(\.attemptsMade)
    }
}
