import Drover
import DroverTesting
import Synchronization
import Testing

/// Jobs that are good for a time.
@Suite(.timeLimit(.minutes(10))) struct ExpiryTests {
    struct Code: JobPayload, Equatable {
        static let name: JobName = "code"
        static let queue: QueueName = "codes"
        static let options = {
            var options = JobOptions(attempts: 3, backoff: .fixed(.seconds(200)))
            options.expiresAfter = .seconds(300)
            return options
        }()
        var number: Int
    }

    private struct Refused: Error {}

    private let time = ManualTime()
    private let store: ReferenceStore
    private let service: JobService

    init() {
        store = ReferenceStore(clock: time.wall, timer: time.clock)
        service = JobService(
            store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    }

    @Test("a job that nobody could begin in time fails for good with the reason expired, and its handler does not run")
    func late() async throws {
        let runs = Mutex(0)
        service.work(Code.queue) { handlers in
            handlers.on(Code.self) { _, _ in runs.withLock { $0 += 1 } }
        }
        let late = try await service.add(Code(number: 1))
        let later = try await service.add(Code(number: 2), delay: .seconds(100))
        time.advance(by: .seconds(350))
        try await service.drain()
        let job = try #require(try await store.jobs([late]).first ?? nil)
        #expect(job.state == .failed && job.failedReason == "expired" && job.attemptsMade == 1)
        #expect(try await store.jobs([later]).first??.state == .completed)
        #expect(runs.withLock { $0 } == 1)
        let events = try await store.events(
            EventQuery(queue: Code.queue, start: .beginning, limit: 100), waitingAtMost: .zero
        ).events.filter { $0.job == late.id }.map(\.kind.name)
        #expect(events.last == "failed")
    }

    @Test("a retry that comes too late is not made")
    func retry() async throws {
        service.work(Code.queue) { handlers in
            handlers.on(Code.self) { _, _ in throw Refused() }
        }
        let key = try await service.add(Code(number: 1))
        let report = try await service.drain(advancing: time, by: .seconds(1000))
        #expect(report.runs.count == 3)
        let job = try #require(try await store.jobs([key]).first ?? nil)
        // Begun at 0 and at 200 s; the third would begin at 400 s.
        #expect(job.failedReason == "expired" && job.attemptsMade == 3)
        #expect(job.stacktrace.count == 2)
    }

    @Test("the policy for a child that fails applies to one that expired")
    func child() async throws {
        service.work(Code.queue) { handlers in
            handlers.on(Code.self) { _, context in _ = try await context.ignoredFailures() }
        }
        var options = Code.options
        options.expiresAfter = nil
        let parent = try await service.add(
            Flow(Code(number: 1), options: options) { Child(Code(number: 2), onFailure: .ignore) })
        time.advance(by: .seconds(301))
        try await service.drain()
        #expect(try await store.jobs([parent]).first??.state == .completed)
        let ignored = try await store.children(of: parent, .ignored, page: Page()).children
        #expect(ignored.map(\.reason) == ["expired"])
    }
}
