import DroverCore
import DroverSQLite
import DroverTesting
import Testing

/// Jobs with more children than one command may remove.
@Suite("Large flows", .timeLimit(.minutes(10)))
struct LargeFlowTests {
    private static func child(_ id: String) -> NewJob { NewJob(id: JobID(stored: id), name: "child") }

    @Test("Children that are active do not count among those that are removed, however many they are")
    func active() async throws {
        let store = SQLiteStore(path: ":memory:", clock: ManualWallClock())
        try await store.prepare()
        let parent = JobKey(queue: "parents", id: JobID(stored: "p"))
        func add(_ ids: [String]) async throws {
            let jobs = ids.map { id in
                var job = Self.child(id)
                job.parent = JobParent(parent)
                return job
            }
            #expect(try await store.enqueue("q", jobs) == ids.map { .added(JobID(stored: $0)) })
        }
        let children = (0..<19_999).map { ChildJob("q", Self.child("c\($0)")) }
        let flow = NewJob(id: parent.id, name: "parent", children: children)
        #expect(try await store.enqueue(parent.queue, [flow]) == [.added(parent.id)])
        try await add(["d1", "d2", "d3"])
        let claim = Claim(limit: 20_002, lease: .seconds(36_000), worker: "w")
        let reply = try await store.exchange("q", id: ExchangeID("a"), settle: [], claim: claim)
        #expect(reply.claimed.count == 20_002)
        try await add(["b", "z"])
        #expect(try await store.apply([.removeUnprocessedChildren(parent)]) == [.done])
        let keys = ["b", "z", "c0", "d3"].map { JobKey(queue: "q", id: JobID(stored: $0)) }
        #expect(try await store.jobs(keys).map { $0?.state } == [nil, nil, .active, .active])
        await store.close()
    }
}
