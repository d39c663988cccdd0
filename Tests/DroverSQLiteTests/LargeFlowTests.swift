import DroverCore
import DroverTesting
import GRDB
import ProcessTesting
import Testing

@testable import DroverSQLite

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

    @Test("Of the pending children only those are read that may be removed unprocessed, and no more than asked for")
    func passedOver() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let ids = try await withStore(path) { store in
                let plain = ChildJob("q", NewJob(name: "child"))
                let children =
                    [ChildJob("q", Self.child("lost")), ChildJob("q", Self.child("held")), plain, plain]
                    + ["w1", "w2", "gone"].map { ChildJob("q", Self.child($0)) } + [plain]
                let parent = JobKey(queue: "parents", id: JobID(stored: "p"))
                let flow = NewJob(id: parent.id, name: "parent", children: children)
                #expect(try await store.enqueue(parent.queue, [flow]) == [.added(parent.id)])
                let claim = Claim(limit: 4, lease: .seconds(36_000), worker: "w")
                let claimed = try await store.exchange("q", id: ExchangeID("a"), settle: [], claim: claim).claimed
                try #require(claimed.count == 4)
                let outcomes = [claimed[0], claimed[2]].map {
                    Settlement(lease: $0.lease, outcome: .failed(Failure(reason: "no")))
                }
                _ = try await store.exchange("q", id: ExchangeID("b"), settle: outcomes, claim: nil)
                let page = try await store.jobs(matching: JobQuery(queue: "q", state: .waiting), page: Page())
                return page.jobs.map(\.key.id.text)
            }
            try #require(ids.count == 4 && Set(ids).isSuperset(of: ["w1", "w2", "gone"]))
            try raw(path) { database in
                try database.execute(sql: "DELETE FROM drover_jobs WHERE id = 'gone'")
                func read(behind id: String, _ limit: Int) throws -> [String] {
                    let arguments: StatementArguments = [
                        try Int64.fetchOne(database, sql: "SELECT seq FROM drover_jobs WHERE id = 'p'"), 0,
                        id.isEmpty ? "" : "q", id, limit,
                    ]
                    return try Row.fetchAll(database, sql: SQL.listUnprocessedChildren, arguments: arguments)
                        .map { $0["id"] }
                }
                let expected = ids.filter { $0 != "gone" }.sorted()
                #expect(try read(behind: "", 8) == expected)
                #expect(try read(behind: "", 2) == Array(expected.prefix(2)))
                #expect(try read(behind: expected[1], 2) == [expected[2]])
                let pending = "SELECT count(*) FROM drover_children WHERE status = 0"
                #expect(try Int.fetchOne(database, sql: pending) == 8)
            }
        }
    }
}
