import DroverCore
import DroverTesting
import Logging
import RedisTesting
import Testing

@testable import DroverRedis

/// Which process looks for parents that other clients did not tell.
@Suite("Rounds for parents", .timeLimit(.minutes(10)))
struct ReleasingTests {
    private let server: RedisServer
    private let prefix = RedisServer.freshPrefix()

    init() async throws { server = try await RedisServer.start() }

    private func store() async throws -> RedisStore {
        var configuration = try RedisStoreConfiguration.patient(server.url(prefix: prefix))
        // A slow test does not outlive it.
        configuration.releaseFreshness = .seconds(3600)
        let store = RedisStore(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
        return store
    }

    /// Stores a job in each queue for which two others wait.
    private func addShared(_ store: RedisStore, _ queues: [QueueName]) async throws {
        for queue in queues {
            let key = JobKey(queue: queue, id: JobID(stored: "shared"))
            var first = NewJob(name: "p", children: [ChildJob(queue, NewJob(id: key.id, name: "s"))])
            first.companions = [CompanionJob("parents", NewJob(name: "p", children: [ChildJob(reference: key)]))]
            guard case .added = try await store.enqueue("parents", [first]).first else {
                Issue.record("the graph over \(queue) was not added")
                return
            }
        }
    }

    private func calls(of command: String) async throws -> Int {
        let info = try await server.command("INFO", "commandstats")
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.split(separator: "=")[1].prefix { $0.isNumber }) } ?? 0
    }

    private func note() async throws -> Int? {
        Int(try await server.command("PTTL", KeySpace(prefix: prefix).sharedLook))
    }

    @Test("A whole round of one process saves that of another, from its beginning on")
    func left() async throws {
        let (one, other) = (try await store(), try await store())
        try await addShared(one, ["a"])
        #expect(try await one.releaseParents(after: nil, limit: 100) == ParentRelease())
        let left = try #require(try await note())
        #expect(left > 0 && left <= 3_600_000)
        #expect(try await other.releaseParents(after: nil, limit: 100) == ParentRelease(isLeft: true))
        #expect(try await one.releaseParents(after: nil, limit: 100) == ParentRelease(isLeft: true))
        // The note is over by itself, and the next one looks again.
        try await server.command("DEL", KeySpace(prefix: prefix).sharedLook)
        #expect(try await other.releaseParents(after: nil, limit: 100) == ParentRelease())
        await one.close()
        await other.close()
    }

    @Test("A round that is not over saves nobody theirs, whatever becomes of its process")
    func unfinished() async throws {
        let (one, other) = (try await store(), try await store())
        try await addShared(one, ["a", "b", "c"])
        var cursor = try await one.releaseParents(after: nil, limit: 100).next
        try #require(cursor != nil)
        cursor = try await one.releaseParents(after: cursor, limit: 100).next
        try #require(cursor != nil)
        #expect(try await note() == -2)
        let step = try await other.releaseParents(after: nil, limit: 100)
        #expect(!step.isLeft && step.next != nil)
        // Ended by another process than the one that began it.
        while let next = cursor { cursor = try await other.releaseParents(after: next, limit: 100).next }
        #expect(try await other.releaseParents(after: nil, limit: 100).isLeft)
        await one.close()
        await other.close()
    }

    @Test("A note from before the server's clock was set back keeps nobody from looking")
    func setBack() async throws {
        let one = try await store()
        try await addShared(one, ["a"])
        try await server.command("SET", KeySpace(prefix: prefix).sharedLook, "1", "PX", "7200000")
        #expect(try await one.releaseParents(after: nil, limit: 100) == ParentRelease())
        let left = try #require(try await note())
        #expect(left > 0 && left <= 3_600_000)
        await one.close()
    }

    @Test("A round that took too long saves nobody theirs")
    func slow() async throws {
        let one = try await store()
        try await addShared(one, ["a", "b"])
        let cursor = try #require(try await one.releaseParents(after: nil, limit: 100).next)
        let words = cursor.text.split(separator: " ")
        let begin = try #require(Int64(words[1]))
        let late = PageCursor("\(words[0]) \(begin - 3_600_000) \(words[2])")
        #expect(try await one.releaseParents(after: late, limit: 100) == ParentRelease())
        #expect(try await note() == -2)
        await one.close()
    }

    @Test("A round that ends late takes no note of a newer one away", arguments: [1_800_000, 3_600_000])
    func late(by span: Int64) async throws {
        let (one, other) = (try await store(), try await store())
        try await addShared(one, ["a", "b"])
        let cursor = try #require(try await one.releaseParents(after: nil, limit: 100).next)
        let words = cursor.text.split(separator: " ")
        let begin = try #require(Int64(words[1]))
        let newer = try #require(try await other.releaseParents(after: nil, limit: 100).next)
        #expect(try await other.releaseParents(after: newer, limit: 100) == ParentRelease())
        let late = PageCursor("\(words[0]) \(begin - span) \(words[2])")
        #expect(try await one.releaseParents(after: late, limit: 100) == ParentRelease())
        #expect(try #require(try await note()) > 1_900_000)
        #expect(try await one.releaseParents(after: nil, limit: 100) == ParentRelease(isLeft: true))
        await one.close()
        await other.close()
    }

    @Test("A round that ends in time makes the note of an older one last longer")
    func longer() async throws {
        let one = try await store()
        try await addShared(one, ["a", "b"])
        let cursor = try #require(try await one.releaseParents(after: nil, limit: 100).next)
        try await server.command("SET", KeySpace(prefix: prefix).sharedLook, "1", "PX", "1800000")
        #expect(try await one.releaseParents(after: cursor, limit: 100) == ParentRelease())
        #expect(try #require(try await note()) > 1_900_000)
        await one.close()
    }

    @Test("The queues are asked for once in a round, and without such a job nothing else is")
    func once() async throws {
        let one = try await store()
        let queues: [QueueName] = ["a", "b", "c", "d"]
        var members = try await calls(of: "smembers")
        let looks = try await calls(of: "pttl")
        #expect(try await one.releaseParents(after: nil, limit: 100) == ParentRelease())
        #expect(try await calls(of: "smembers") == members + 1)
        #expect(try await calls(of: "pttl") == looks)
        #expect(try await note() == -2)
        try await addShared(one, queues)
        members = try await calls(of: "smembers")
        var (cursor, steps) = (PageCursor?.none, 0)
        repeat {
            cursor = try await one.releaseParents(after: cursor, limit: 100).next
            steps += 1
        } while cursor != nil
        #expect(steps == queues.count)
        #expect(try await calls(of: "smembers") == members + 1)
        await one.close()
    }

    @Test("A cursor that no step gave is refused", arguments: ["", "0", "0 q", "x 0 q", "0 -1 q", "0 x q"])
    func unknown(_ text: String) async throws {
        let one = try await store()
        let error = await #expect(throws: StoreError.self) {
            try await one.releaseParents(after: PageCursor(text), limit: 1)
        }
        #expect(error?.code == .invalid)
        await one.close()
    }
}
