import Drover
import DroverConformance
import DroverCore
import DroverTesting
import Logging
import RedisTesting
import Testing

@testable import DroverRedis

/// A server of a cluster, that is alone in it and has no slot but that of the prefix: a key in any other one is refused.
@Suite("A server of a cluster", .timeLimit(.minutes(10)))
struct ClusterTests {
    private static let tag = "{cluster}"

    /// Gives `body` such a server.
    private static func with(_ body: (RedisServer) async throws -> Void) async throws {
        let server = try await RedisServer.start(
            .init(extra: [
                "cluster-enabled yes", "cluster-port \(try FreePort.next())", "cluster-require-full-coverage no",
            ]))
        try await server.command("CLUSTER", "ADDSLOTS", String(HashSlot.slot(of: tag)))
        // It looks ten times a second whether all is well.
        var isReady = false
        for _ in 0..<100_000 where !isReady {
            isReady = try await server.command("CLUSTER", "INFO").contains("cluster_state:ok")
        }
        try #require(isReady)
        try await body(server)
        try await server.stop()
    }

    private static func store(_ server: RedisServer, prefix: String) throws -> RedisStore {
        RedisStore(
            try RedisStoreConfiguration.patient("redis://127.0.0.1:\(server.port)/0?prefix=\(prefix)"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test(
        "A prefix without a hash tag is refused when the store is opened, in words that tell what to write",
        arguments: [
            ("bull", "prefix={bull}"), ("jobs", "prefix={jobs}"), ("a{}b", "prefix={bull}"), ("a{b", "prefix={bull}"),
        ])
    func untagged(_ prefix: String, _ advice: String) async throws {
        try await Self.with { server in
            let store = try Self.store(server, prefix: prefix)
            let error = await #expect(throws: StoreError.self) { try await store.prepare() }
            #expect(error?.code == .incompatible)
            #expect(error?.message.contains(advice) == true && error?.message.contains("hash tag") == true)
            await store.close()
        }
    }

    @Test("A tag whose slot no server has is refused when the store is opened")
    func elsewhere() async throws {
        try await Self.with { server in
            let store = try Self.store(server, prefix: "{other}")
            let error = await #expect(throws: StoreError.self) { try await store.prepare() }
            #expect(error?.message.contains("CLUSTERDOWN") == true)
            await store.close()
        }
    }

    @Test("Slots are those that the server tells", arguments: ["", "a", "foo{bar}", "{größe}", "{}x", "{a", "a:{b}:c"])
    func told(_ key: String) async throws {
        let server = try await RedisServer.start(
            .init(extra: ["cluster-enabled yes", "cluster-port \(try FreePort.next())"]))
        #expect(try await server.command("CLUSTER", "KEYSLOT", key) == String(HashSlot.slot(of: key)))
        try await server.stop()
    }

    @Test("With a tag, a flow over two queues is added, worked and told of, and the store closes")
    func flow() async throws {
        try await Self.with { server in
            let store = try Self.store(server, prefix: Self.tag)
            let service = JobService(store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let done = Probe<JobKey>("done")
            for queue: QueueName in ["parts", "whole"] {
                service.work(queue, concurrency: 2) { handlers in
                    handlers.otherwise { context in
                        done.signal(context.key)
                        return .null
                    }
                }
            }
            let jobs = (0..<3).map { ChildJob("parts", NewJob(id: JobID(stored: "part\($0)"), name: "part")) }
            let job = NewJob(id: JobID(stored: "all"), name: "whole", children: jobs)
            try await store.prepare()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                #expect(try await store.enqueue("whole", [job]) == [.added(JobID(stored: "all"))])
                let keys = try await done.wait(for: 4, timeout: .seconds(300))
                #expect(Set(keys.map(\.queue)) == ["parts", "whole"] && keys.last?.id.text == "all")
                group.cancelAll()
            }
        }
    }

    @Test("The conformance suite passes in the one slot")
    func conformance() async throws {
        try await Self.with { server in
            let cases = ConformanceCase.all
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<4 {
                    group.addTask {
                        for index in stride(from: lane, to: cases.count, by: 4) {
                            let fixture = try await RedisFixture(on: server, prefix: "\(Self.tag)-\(index)")
                            try await cases[index].run(on: fixture)
                            await fixture.dispose()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
