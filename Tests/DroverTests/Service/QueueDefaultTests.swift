import Drover
import DroverTesting
import Testing

/// What a worker's options say of jobs that do not say it themselves.
@Suite(.timeLimit(.minutes(10))) struct QueueDefaultTests {
    private func attempts(at job: NewJob, _ options: WorkerOptions) async throws -> (count: Int, reason: String?) {
        let store = ReferenceStore()
        let service = makeService(store)
        let attempts = Probe<Int>("attempts")
        service.work("q", options: options) { handlers in
            handlers.otherwise { context in
                attempts.signal(context.attempt)
                if context.timeout != nil { try await untilCancelled() }
                throw Broken()
            }
        }
        return try await running(service) {
            let id = try #require(try await service.add([job], to: "q").first?.id)
            let key = JobKey(queue: "q", id: id)
            try await store.event(in: "q") { $0.kind.name == "failed" }
            return (attempts.values.count, try await store.job(key).failedReason)
        }
    }

    @Test("a job that asks for one attempt is tried as often as the worker says")
    func attemptsOfTheWorker() async throws {
        var options = WorkerOptions()
        options.attempts = 3
        options.backoff = .fixed(.milliseconds(1))
        #expect(try await attempts(at: NewJob(name: "n"), options).count == 3)
    }

    @Test("a job's own attempts hold")
    func attemptsOfTheJob() async throws {
        var options = WorkerOptions()
        options.attempts = 5
        let job = NewJob(name: "n", options: JobOptions(attempts: 2, backoff: .fixed(.milliseconds(1))))
        #expect(try await attempts(at: job, options).count == 2)
        #expect(try await attempts(at: NewJob(name: "n"), WorkerOptions()).count == 1)
    }

    @Test("a job without a bound has the worker's, and its own otherwise")
    func timeout() async throws {
        var options = WorkerOptions()
        options.timeout = .milliseconds(20)
        let reason = try await attempts(at: NewJob(name: "n"), options).reason
        #expect(reason == "timed out after 0.02 seconds")
        options.timeout = .seconds(3600)
        let job = NewJob(name: "n", options: JobOptions(timeout: .milliseconds(10)))
        #expect(try await attempts(at: job, options).reason == "timed out after 0.01 seconds")
    }
}
