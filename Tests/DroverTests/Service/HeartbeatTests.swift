import Drover
import DroverTesting
import Testing

@Suite struct HeartbeatTests {
    @Test func allWorkersOfAServiceReportTogetherAndLeaveTogether() async throws {
        let store = HeardStore()
        let service = makeService(store)
        for name in ["a", "b", "c"] {
            service.work(try QueueName(name), concurrency: 2, options: WorkerOptions(name: "worker-\(name)")) {
                $0.otherwise { _ in .null }
            }
        }
        let first = try await running(service) {
            let first = try #require(try await store.heard.wait().first)
            #expect(try await store.workers().map(\.report.id) == ["worker-a", "worker-b", "worker-c"])
            return first
        }
        #expect(first.map(\.id) == ["worker-a", "worker-b", "worker-c"])
        #expect(first.map(\.queue) == ["a", "b", "c"])
        #expect(first.allSatisfy { $0.concurrency == 2 && $0.validFor == .seconds(30) })
        let last = try #require(store.heard.values.last)
        #expect(last.map(\.id) == first.map(\.id))
        #expect(last.allSatisfy { $0.validFor == .zero })
        #expect(try await store.workers().isEmpty)
    }

    @Test func theWorkerThatReportsMostOftenSetsThePaceForAll() async throws {
        let store = HeardStore()
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock()))
        var options = WorkerOptions(name: "seldom")
        options.heartbeatInterval = .seconds(36_000)
        service.work("a", options: options) { $0.otherwise { _ in .null } }
        options = WorkerOptions(name: "often")
        options.heartbeatInterval = .seconds(1)
        service.work("b", options: options) { $0.otherwise { _ in .null } }
        try await running(service) {
            let heard = try await store.heard.wait(for: 3)
            for reports in heard {
                #expect(reports.map(\.id) == ["seldom", "often"])
                #expect(reports.map(\.validFor) == [.seconds(108_000), .seconds(3)])
            }
        }
    }

    @Test func aHeartbeatThatFailsIsFollowedByAnother() async throws {
        let heard = HeardStore()
        let store = FaultInjectingStore(heard)
        store.failNext(.heartbeat, .lostCall, times: 2)
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock()))
        service.work("a") { $0.otherwise { _ in .null } }
        try await running(service) { _ = try await heard.heard.wait() }
        #expect(store.counts[.heartbeat, .lostCall] == 2)
    }

    @Test func aServiceWithoutWorkersReportsNobody() async throws {
        let store = HeardStore()
        try await running(makeService(store)) {}
        #expect(store.heard.values.isEmpty)
    }
}
