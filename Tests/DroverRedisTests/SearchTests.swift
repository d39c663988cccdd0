import DroverCore
import Testing

/// Searches among keys that BullMQ's clients and people left in a queue; the tests make such keys by hand.
@Suite("Searching keys of others", .timeLimit(.minutes(10)))
struct SearchTests {
    /// The ids that a query finds, in calls that look at a few jobs each.
    private func search(
        _ queue: HandMadeQueue, _ query: String, in state: JobState, mostExamined: Int
    ) async throws -> [String] {
        let search = JobSearch(try JobFilter(query), in: state, mostExamined: mostExamined)
        var ids: [String] = []
        var cursor: PageCursor?
        for _ in 0..<1000 {
            let page = try await queue.fixture.store.jobs(
                matching: JobQuery(queue: "q", search), page: Page(limit: 2, after: cursor))
            ids += page.jobs.map(\.key.id.text)
            cursor = page.next
            if cursor == nil { break }
        }
        return ids
    }

    @Test("Ids without a hash, and keys that are none, are passed over", arguments: [1, 3, 100])
    func ghosts(mostExamined: Int) async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([NewJob(id: JobID(stored: "a"), name: "job")])
            for number in 0..<7 { try await queue.redis("LPUSH", "wait", "ghost-\(number)") }
            try await queue.redis("SET", "odd", "no hash")
            try await queue.redis("LPUSH", "wait", "odd")
            try await queue.enqueue([NewJob(id: JobID(stored: "b"), name: "job")])
            let found = try await search(queue, "name exists", in: .waiting, mostExamined: mostExamined)
            #expect(found == ["a", "b"])
        }
    }

    @Test("Jobs of other clients are found, with the little that they have, and with data that is no JSON")
    func foreign() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("HSET", "5", "name", "theirs", "data", #"{"user":{"id":7}}"#, "opts", "{}")
            try await queue.redis(
                "HSET", "6", "name", "theirs", "data", #"{"user":{"id":"#, "opts", "no JSON", "atm", "2")
            for id in ["5", "6"] { try await queue.redis("LPUSH", "wait", id) }
            #expect(try await search(queue, "payload.user.id = 7", in: .waiting, mostExamined: 10) == ["5"])
            #expect(try await search(queue, "attempts = 2 and not tag exists", in: .waiting, mostExamined: 10) == ["6"])
        }
    }

    @Test("More jobs than one step reads are found once each")
    func steps() async throws {
        try await HandMadeQueue.with { queue in
            for part in 0..<3 {
                try await queue.enqueue(
                    (0..<900).map { NewJob(id: JobID(stored: "n-\(part * 900 + $0)"), name: "job") })
            }
            let search = JobSearch(try JobFilter("id ~ 99"), in: .waiting)
            let page = try await queue.fixture.store.jobs(
                matching: JobQuery(queue: "q", search), page: Page(limit: 1000))
            #expect(page.jobs.map(\.key.id.text) == (0..<2700).map { "n-\($0)" }.filter { $0.contains("99") })
            #expect(page.next == nil)
            #expect(page.tally?.examined == 2700)
        }
    }
}
