import Drover
import DroverTesting
import Synchronization
import Testing

/// Several workers that share a cap.
@Suite(.timeLimit(.minutes(10))) struct CapTests {
    @Test("queues that share a cap never run more jobs at once, and all of them come to an end")
    func bound() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let running = Mutex((now: 0, most: 0))
        let ended = Probe<QueueName>("ended")
        var options = WorkerOptions()
        options.cap = ConcurrencyCap(3)
        for queue in ["a", "b", "c"] as [QueueName] {
            service.work(queue, concurrency: 4, options: options) { handlers in
                handlers.otherwise { context in
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    for _ in 0..<5 { await Task.yield() }
                    running.withLock { $0.now -= 1 }
                    ended.signal(context.key.queue)
                    return .null
                }
            }
            _ = try await service.add((0..<100).map { _ in NewJob(name: "n") }, to: queue)
        }
        try await DroverTests.running(service) { _ = try await ended.wait(for: 300) }
        #expect(running.withLock { $0.most } <= 3)
    }

    @Test("a queue is served though another one of its cap never comes to an end")
    func fairness() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let served = Probe<Void>("served")
        var options = WorkerOptions()
        options.cap = ConcurrencyCap(1)
        service.work("endless", concurrency: 2, options: options) { handlers in
            handlers.otherwise { _ in
                _ = try await service.add([NewJob(name: "n")], to: "endless")
                return .null
            }
        }
        service.work("rare", options: options) { handlers in
            handlers.otherwise { _ in
                served.signal()
                return .null
            }
        }
        _ = try await service.add((0..<5).map { _ in NewJob(name: "n") }, to: "endless")
        _ = try await service.add((0..<3).map { _ in NewJob(name: "n") }, to: "rare")
        try await running(service) { _ = try await served.wait(for: 3) }
    }

    @Test("a cap that is raised lets those who wait begin")
    func resized() async throws {
        let store = ReferenceStore()
        let service = makeService(store)
        let began = Probe<Void>("began")
        let end = Probe<Void>("end")
        let cap = ConcurrencyCap(1)
        var options = WorkerOptions()
        options.cap = cap
        service.work("q", concurrency: 5, options: options) { handlers in
            handlers.otherwise { _ in
                began.signal()
                try await end.wait()
                return .null
            }
        }
        _ = try await service.add((0..<5).map { _ in NewJob(name: "n") }, to: "q")
        try await running(service) {
            try await began.wait(for: 1)
            #expect(try await store.queues().first?.counts == JobCounts([.active: 1, .waiting: 4]))
            cap.resize(to: 4)
            try await began.wait(for: 4)
            #expect(cap.limit == 4)
            end.signal()
            try await began.wait(for: 5)
        }
    }
}
