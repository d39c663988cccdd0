import DroverCore
import RedisTesting
import Testing

@testable import DroverRedis

/// Jobs that several wait for, of which something else lies under a key, or that another client has removed.
@Suite("Damaged dependents", .timeLimit(.minutes(10)))
struct DamagedDependentsTests {
    @Test("Claimed jobs are not lost where ID:dependents of one holds something else")
    func claim() async throws {
        try await HandMadeQueue.with { queue in
            let ids = ["a", "b", "c"]
            #expect(try await queue.enqueue(ids.map { NewJob(id: JobID(stored: $0), name: "job") }) == ids)
            try await queue.redis("HSET", "c", "dps", "1")
            try await queue.redis("SET", "c:dependents", "x")
            do {
                _ = try await queue.claim(3)
            } catch let error as StoreError {
                #expect(error.code == .corrupt)
            }
            var found: [String] = []
            for list in ["wait", "active"] {
                let text = try await queue.redis("LRANGE", list, "0", "-1")
                found += text.split(whereSeparator: \.isWhitespace).map(String.init)
            }
            #expect(found.sorted() == ids)
        }
    }

    @Test("An obliteration tells all second parents of jobs that BullMQ has removed, however small its steps")
    func obliterate() async throws {
        let server = try await RedisServer.shared
        let prefix = RedisServer.freshPrefix()
        let fixture = try await RedisFixture(on: server, prefix: prefix)
        let numbers = 0..<300
        // With words so long the server scans the hash of such jobs in steps.
        let long = String(repeating: "p", count: 80)
        let graphs = numbers.map { number in
            let key = JobKey(queue: "q", id: JobID(stored: "x\(number)"))
            var first = NewJob(
                id: JobID(stored: "\(long)\(number)"), name: "p",
                children: [ChildJob("q", NewJob(id: key.id, name: "x"))])
            let second = NewJob(
                id: JobID(stored: "second\(number)"), name: "p", children: [ChildJob(reference: key)])
            first.companions = [CompanionJob("parents", second)]
            return first
        }
        #expect(try await fixture.store.enqueue("parents", graphs) == graphs.map { .added($0.id ?? JobID(stored: "")) })
        let seconds = numbers.map { JobKey(queue: "parents", id: JobID(stored: "second\($0)")) }
        #expect(try await fixture.store.jobs(seconds).allSatisfy { $0?.state == .waitingChildren })
        #expect(try await server.command("HLEN", "\(prefix):q:drover:shared") == "300")
        let removal = """
            local removed = 0
            for number = 0, 299 do
                local job = ARGV[1] .. 'x' .. number
                removed = removed + redis.call('LREM', ARGV[1] .. 'wait', 0, 'x' .. number) * redis.call('DEL', job,
                    job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
            end
            return removed
            """
        #expect(try await server.command("EVAL", removal, "0", "\(prefix):q:") == "300")
        _ = try await fixture.store.configure([.pause("q")])
        var (cursor, steps) = (PageCursor?.none, 0)
        repeat {
            let report = try await fixture.store.sweep(.obliterate("q", force: false), after: cursor, limit: 10)
            cursor = if case .more(let next) = report.progress { next } else { nil }
            if cursor == nil { #expect(report.progress == .finished) }
            steps += 1
        } while cursor != nil && steps < 10_000
        #expect(cursor == nil)
        let states = try await fixture.store.jobs(seconds).map { $0?.state }
        #expect(states.count { $0 == .waitingChildren } == 0)
        #expect(states.count { $0 == .waiting } == 300)
        await fixture.dispose()
    }
}
