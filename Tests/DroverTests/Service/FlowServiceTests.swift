import DroverTesting
import Synchronization
import Testing

@testable import Drover

/// Flows as a program makes, works and reads them.
@Suite(.timeLimit(.minutes(10))) struct FlowServiceTests {
    struct Part: JobPayload {
        typealias Result = Int
        static let name: JobName = "part"
        static let queue: QueueName = "parts"
        var number: Int
    }

    struct Whole: JobPayload {
        typealias Result = Int
        static let name: JobName = "whole"
        static let queue: QueueName = "wholes"
        var parts = 0
    }

    private let time = ManualTime()
    private let store: ReferenceStore

    init() { store = ReferenceStore(clock: time.wall, timer: time.clock) }

    private func service(
        _ change: (inout ServiceConfiguration) -> Void = { _ in },
        whole: @escaping @Sendable (Whole, JobContext) async throws -> Int
    ) -> JobService {
        var configuration = ServiceConfiguration(clock: time.clock, wallClock: time.wall)
        change(&configuration)
        let service = makeService(store, configuration)
        service.work(Part.queue) { handlers in
            handlers.on(Part.self) { part, _ in
                if part.number < 0 { throw Unrecoverable("negative") }
                return part.number
            }
        }
        service.work(Whole.queue) { handlers in
            handlers.on(Whole.self) { payload, context in try await whole(payload, context) }
        }
        return service
    }

    private static func sum(_ context: JobContext) async throws -> Int {
        try await context.childResults(as: Int.self).values.reduce(0, +)
    }

    @Test func aFlowReadsAsATreeAndItsParentReadsTheResults() async throws {
        let service = service { _, context in
            let reasons = try await context.ignoredFailures().values.sorted()
            #expect(reasons == ["negative"])
            return try await Self.sum(context)
        }
        let hasMore = true
        let key = try await service.add(
            Flow(Whole()) {
                Child(Part(number: 1))
                for number in [10, 20] { Child(Part(number: number)) }
                if hasMore { Child(Part(number: 100)) { Child(Part(number: 5)) } }
                Child(Part(number: -1), onFailure: .ignore)
            })
        let tree = try #require(try await service.flow(key))
        #expect(tree.job?.state == .waitingChildren)
        #expect(tree.children.count == 5 && tree.unread == 0)
        #expect(tree.children.flatMap(\.children).count == 1)
        #expect(tree.counts == ChildCounts(pending: 5))
        let report = try await service.drain()
        #expect(report.completed.count == 6)
        #expect(try await store.job(key).result?.text == "131")
        let after = try #require(try await service.flow(key, depth: 0))
        #expect(after.counts == ChildCounts(processed: 4, ignored: 1) && after.unread == 5)
    }

    @Test func aFlowIsReadWithinItsLimits() async throws {
        let service = service { _, _ in 0 }
        let key = try await service.add(Flow(Whole()) { (0..<30).map { Child(Part(number: $0)) } })
        let tree = try #require(try await service.flow(key, limit: 7))
        #expect(tree.children.count == 7 && tree.unread == 23)
        #expect(try await service.flow(JobKey(queue: "wholes", id: JobID(stored: "no"))) == nil)
    }

    @Test func aRunningJobAddsChildrenOnceAndWaitsForThem() async throws {
        let runs = Mutex(0)
        let service = service { whole, context in
            runs.withLock { $0 += 1 }
            try await context.step("children") {
                for number in 0..<whole.parts { try await context.addChild(Part(number: number)) }
            }
            try await context.waitForChildren()
            return try await Self.sum(context)
        }
        let key = try await service.add(Whole(parts: 4))
        try await service.drain()
        let job = try await store.job(key)
        #expect(job.result?.text == "6")
        #expect(job.attemptsMade == 1 && job.attemptsStarted == 2)
        #expect(runs.withLock { $0 } == 2)
    }

    @Test func aParentFailsByAChildWithoutItsHandler() async throws {
        let runs = Mutex(0)
        let service = service { _, _ in
            runs.withLock {
                $0 += 1; return $0
            }
        }
        let key = try await service.add(Flow(Whole()) { Child(Part(number: -1), onFailure: .failParent) })
        try await service.drain()
        let job = try await store.job(key)
        #expect(job.state == .failed)
        #expect(job.failedReason?.hasSuffix(" failed") == true)
        #expect(runs.withLock { $0 } == 0)
    }

    @Test func aParentThatRunsBeforeItsChildrenRemovesThem() async throws {
        let service = service { _, context in
            try await context.removePendingChildren()
            return try await context.children(.pending).count
        }
        let key = try await service.add(
            Flow(Whole()) {
                Child(Part(number: -1), onFailure: .continueParent)
                Child(Part(number: 1), delay: .seconds(60))
            })
        try await service.drain()
        #expect(try await store.job(key).result?.text == "0")
    }

    @Test func payloadsOfChildrenAreBoundedAsThoseOfOthers() async throws {
        let service = service {
            $0.maxPayloadBytes = 40
        } whole: { _, _ in
            0
        }
        let long = NewJob(name: "part", payload: try JSONText(#""\#(String(repeating: "x", count: 60))""#))
        let flow = NewJob(id: JobID(stored: "p"), name: "whole", children: [ChildJob("parts", long)])
        let result = try await service.add([flow], to: "wholes")
        #expect(result.first?.problem?.subject == "payload")
        #expect(try await store.jobs([JobKey(queue: "wholes", id: JobID(stored: "p"))]) == [nil])
    }

    @Test func aChildOfAnotherParentIsRefused() async throws {
        let service = service { _, _ in 0 }
        let id = JobID(stored: "part-1")
        try await service.add(Flow(Whole()) { Child(Part(number: 1), id: id) })
        await #expect(throws: DroverError.self) {
            try await service.add(Flow(Whole()) { Child(Part(number: 2), id: id) })
        }
    }

    @Test func aGraphRunsEachOfItsJobsOnceAndItsJoinLast() async throws {
        let runs = Mutex<[Int]>([])
        let service = service { whole, context in
            runs.withLock { $0.append(whole.parts) }
            return try await Self.sum(context) + whole.parts
        }
        let keys = try await service.add(
            Graph {
                Node("join", Whole(parts: 3), after: "left", "right")
                Node("left", Whole(parts: 1), after: "part")
                Node("right", Whole(parts: 2), after: ["part", Need("bad", onFailure: .ignore)])
                Node("part", Part(number: 10))
                Node("bad", Part(number: -1))
                Node("alone", Part(number: 7))
            })
        #expect(Set(keys.keys) == ["join", "left", "right", "part", "bad", "alone"])
        let join = try #require(keys["join"])
        let tree = try #require(try await service.flow(join))
        #expect(tree.children.count == 2)
        #expect(tree.children.flatMap(\.children).count { $0.isRepeated } == 1)
        try await service.drain()
        // 10 + 1, 10 + 2, and 11 + 12 + 3.
        #expect(try await store.job(join).result?.text == "26")
        #expect(runs.withLock { $0.sorted() } == [1, 2, 3])
        #expect(runs.withLock { $0.last } == 3)
        let alone = try #require(keys["alone"])
        // Stored jobs are waited for as well; one that has completed has its result ready.
        let more = try await service.add(
            Graph { Node("more", Whole(parts: 5), after: Need(stored: join), Need(stored: alone)) })
        try await service.drain()
        #expect(try await store.job(try #require(more["more"])).result?.text == "38")
    }

    @Test func aGraphWithACycleOrAnUnknownNameIsRefusedByName() async throws {
        let service = service { _, _ in 0 }
        let cycle = await #expect(throws: DroverError.self) {
            try await service.add(
                Graph {
                    Node("fetch", Part(number: 1), after: "sales")
                    Node("sales", Part(number: 2), after: "fetch")
                })
        }
        #expect(cycle?.code == .refused)
        #expect("\(String(describing: cycle))".contains("fetch → sales → fetch"))
        await #expect(throws: DroverError.self) {
            try await service.add(Graph { Node("fetch", Part(number: 1), after: "nobody") })
        }
        #expect(try await store.queues().isEmpty)
    }

    @Test func payloadsOfAGraphAreBoundedAndEncodedAsOthers() async throws {
        let service = service {
            $0.maxPayloadBytes = 12
        } whole: { _, _ in
            0
        }
        await #expect(throws: DroverError.self) {
            try await service.add(
                Graph {
                    Node("a", Part(number: 1))
                    Node("b", Part(number: 1_000_000_000_000), after: "a")
                })
        }
        #expect(try await store.queues().isEmpty)
    }
}
