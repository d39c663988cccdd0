import Drover
import DroverTesting
import Testing

/// What a program changes about its workers while they run.
@Suite(.timeLimit(.minutes(10))) struct WorkerChangeTests {
    /// A service whose jobs of the queue `q` begin and wait until they are told to end.
    private func waiting(_ store: ReferenceStore, concurrency: Int, began: Probe<JobID>, end: Probe<Void>) -> JobService
    {
        let service = makeService(store)
        service.work("q", concurrency: concurrency) { handlers in
            handlers.otherwise { context in
                began.signal(context.key.id)
                try await end.wait()
                return .null
            }
        }
        return service
    }

    @Test(
        "more jobs run at once when concurrency is raised while the service runs, and fewer when it is lowered before")
    func concurrency() async throws {
        let store = ReferenceStore()
        let began = Probe<JobID>("began")
        let end = Probe<Void>("end")
        let service = waiting(store, concurrency: 5, began: began, end: end)
        try service.setConcurrency(1, of: "q")
        _ = try await service.add((0..<3).map { _ in NewJob(name: "n") }, to: "q")
        try await running(service) {
            try await began.wait(for: 1)
            #expect(try await store.queues().first?.counts == JobCounts([.active: 1, .waiting: 2]))
            try service.setConcurrency(3, of: "q")
            try await began.wait(for: 3)
            end.signal()
            try await store.event(in: "q") { $0.kind.name == "drained" }
        }
    }

    @Test("a paused worker claims nothing, ends what runs, and goes on when it is resumed")
    func pause() async throws {
        let store = ReferenceStore()
        let began = Probe<JobID>("began")
        let end = Probe<Void>("end")
        let service = waiting(store, concurrency: 1, began: began, end: end)
        let ids = try await service.add((0..<2).map { _ in NewJob(name: "n") }, to: "q").compactMap(\.id)
        try await running(service) {
            try await began.wait(for: 1)
            try service.pauseWorker(of: "q")
            end.signal()
            try await store.event(in: "q") { $0.kind.name == "completed" && $0.job == ids[0] }
            #expect(try await store.queues().first?.counts == JobCounts([.completed: 1, .waiting: 1]))
            try service.resumeWorker(of: "q")
            try await store.event(in: "q") { $0.kind.name == "completed" && $0.job == ids[1] }
        }
        #expect(began.values == ids)
    }

    @Test("a worker that is paused before the service runs begins without claiming")
    func pausedBefore() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let ran = Probe<QueueName>("ran")
        for queue in ["a", "b"] as [QueueName] {
            service.work(queue) { handlers in
                handlers.otherwise { context in
                    ran.signal(context.key.queue)
                    return .null
                }
            }
        }
        try service.pauseWorker(of: "a")
        for queue in ["a", "b"] as [QueueName] { _ = try await service.add([NewJob(name: "n")], to: queue) }
        try await running(service) {
            try await ran.wait(for: 1)
            #expect(ran.values == ["b"])
            try service.resumeWorker(of: "a")
            try await ran.wait(for: 2)
        }
    }

    @Test("a queue that the service does not work is an error")
    func unknown() throws {
        let service = makeService(ReferenceStore())
        #expect(throws: DroverError.self) { try service.setConcurrency(2, of: "q") }
        #expect(throws: DroverError.self) { try service.pauseWorker(of: "q") }
    }
}
