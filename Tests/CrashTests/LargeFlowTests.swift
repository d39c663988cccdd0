import Drover
import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import Logging
import ProcessTesting
import RedisTesting
import Testing

/// A flow of many children over several queues, run by an engine.
@Suite("Large flows", .serialized, .timeLimit(.minutes(10)))
struct LargeFlowTests {
    private struct North: JobPayload {
        typealias Result = Int
        static let name: JobName = "part"
        static let queue: QueueName = "north"
        var number: Int
    }

    private struct South: JobPayload {
        typealias Result = Int
        static let name: JobName = "part"
        static let queue: QueueName = "south"
        var number: Int
    }

    private struct Sum: JobPayload {
        typealias Result = Int
        static let name: JobName = "sum"
        static let queue: QueueName = "sums"
        var number = 0
    }

    private static let children = TestRun.number("DROVER_FLOW_CHILDREN", default: 10_000)

    @Test("A flow of 10,000 children over three queues runs its parent once, which reads all results: SQLite")
    func sqlite() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            try await run(on: store)
            await store.close()
            #expect(try FileAudit.problems(in: path) == [])
        }
    }

    @Test("A flow of 10,000 children over three queues runs its parent once, which reads all results: Redis")
    func redis() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(url: server.url(prefix: "p") + "&timeout=60s&connectTimeout=60s")
        try await store.prepare()
        try await run(on: store)
        await store.close()
        #expect(try await RedisAudit.problems(on: server, prefix: "p") == [])
        try await server.stop()
    }

    private func run(on store: some JobStore) async throws {
        let count = Self.children
        let runs = Probe<Int>("runs of the parent")
        let service = JobService(
            store: store, configuration: ServiceConfiguration(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        service.work(North.queue, concurrency: 50) { $0.on(North.self) { part, _ in part.number } }
        service.work(South.queue, concurrency: 50) { $0.on(South.self) { part, _ in part.number } }
        service.work(Sum.queue, concurrency: 50) { handlers in
            handlers.on(Sum.self) { sum, context in
                if sum.number > 0 { return sum.number }
                let results = try await context.childResults(as: Int.self)
                runs.signal(results.count)
                return results.values.reduce(0, +)
            }
        }
        let key = try await service.add(
            Flow(Sum()) {
                for number in 1...count {
                    // The parent's own queue is one of the three.
                    switch number % 3 {
                    case 0: Child(North(number: number))
                    case 1: Child(South(number: number))
                    default: Child(Sum(number: number))
                    }
                }
            })
        let result: JSONText = try await withThrowingTaskGroup { group in
            group.addTask { try await service.run() }
            let result = try await service.result(of: key, within: .seconds(500))
            group.cancelAll()
            // It was cancelled: how it ends is of no interest here.
            while let ended = await group.nextResult() { _ = ended }
            return result
        }
        #expect(result.text == String(count * (count + 1) / 2))
        #expect(runs.values == [count])
        let counts = try await store.children(of: key, .pending, page: Page(limit: 1)).counts
        #expect(counts == ChildCounts(processed: count))
        for queue in [North.queue, South.queue, Sum.queue] {
            let summary = try await store.queues().first { $0.name == queue }
            #expect(summary?.counts[.completed] == summary?.counts.total, "\(queue)")
        }
        TestRun.figure("\(count) children of one flow on \(store.traits.name)")
    }
}
