import DroverCore
import RedisTesting
import Testing

@testable import DroverRedis

/// A queue's maximum length, as it lies in Redis.
@Suite("Bounded queues", .timeLimit(.minutes(10)))
struct BoundedQueueTests {
    private static let jobs = [
        NewJob(name: "now"), NewJob(name: "first", options: JobOptions(priority: 3)),
        NewJob(name: "later", start: .after(.seconds(60))),
    ]

    /// A queue with these jobs, which may hold no more.
    private func full(_ body: (HandMadeQueue) async throws -> Void) async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue(Self.jobs)
            #expect(try await queue.fixture.store.configure([.maxLength("q", 3)]) == [.done])
            try await body(queue)
        }
    }

    @Test("The maximum length is a field of the queue's settings, which is gone when it is lifted")
    func field() async throws {
        try await full { queue in
            #expect(try await queue.redis("HGET", "meta", "drover:maxLength") == "3")
            _ = try await queue.fixture.store.configure([.maxLength("q", nil)])
            #expect(try await queue.redis("HEXISTS", "meta", "drover:maxLength") == "0")
        }
    }

    @Test("A bound begins a queue with the settings that BullMQ's clients expect")
    func begins() async throws {
        try await HandMadeQueue.with { queue in
            _ = try await queue.fixture.store.configure([.maxLength("q", 3)])
            #expect(try await queue.redis("HGET", "meta", "opts.maxLenEvents") == "10000")
            #expect(try await queue.fixture.store.queues().map(\.maxLength) == [3])
        }
    }

    @Test("An add for which there is no room writes nothing, not even a number")
    func nothingWritten() async throws {
        try await full { queue in
            let before = try await queue.redis("GET", "id")
            let events = try await queue.redis("XLEN", "events")
            let results = try await queue.fixture.store.enqueue("q", Self.jobs)
            #expect(results == Array(repeating: .queueFull(maxLength: 3), count: 3))
            #expect(try await queue.redis("GET", "id") == before)
            #expect(try await queue.redis("XLEN", "events") == events)
        }
    }

    @Test("Jobs that another client or version put there count, those of BullMQ 5's list of paused ones too")
    func others() async throws {
        try await full { queue in
            _ = try await queue.fixture.store.configure([.maxLength("q", 5)])
            try await queue.redis("HSET", "v5", "name", "n", "data", "{}", "opts", "{}", "timestamp", "1")
            try await queue.redis("LPUSH", "paused", "v5")
            let results = try await queue.fixture.store.enqueue("q", Self.jobs)
            #expect(results.map(\.isQueueFull) == [false, true, true])
        }
    }

    @Test("Numbers that another client has given to jobs are passed over in a bounded queue too")
    func takenNumbers() async throws {
        try await HandMadeQueue.with { queue in
            _ = try await queue.fixture.store.configure([.maxLength("q", 2)])
            try await queue.redis("HSET", "1", "name", "n", "data", "{}", "opts", "{}", "timestamp", "1")
            try await queue.redis("LPUSH", "wait", "1")
            let results = try await queue.fixture.store.enqueue("q", Self.jobs)
            #expect(results[0].id != nil && results[0].id?.text != "1")
            #expect(results.map(\.isQueueFull) == [false, true, true])
        }
    }

    @Test(
        "An add to a bounded queue of which a key holds something else writes nothing",
        arguments: ["paused", "prioritized", "delayed"])
    func damaged(_ key: String) async throws {
        try await HandMadeQueue.with { queue in
            _ = try await queue.fixture.store.configure([.maxLength("q", 3)])
            try await queue.redis("SET", key, "x")
            await #expect(throws: StoreError.self) { try await queue.fixture.store.enqueue("q", [NewJob(name: "n")]) }
            #expect(try await queue.redis("EXISTS", "wait") == "0")
            #expect(try await queue.redis("EXISTS", "id") == "0")
        }
    }

    @Test("A field that is no number bounds nothing")
    func noNumber() async throws {
        try await full { queue in
            try await queue.redis("HSET", "meta", "drover:maxLength", "many")
            #expect(try await queue.fixture.store.enqueue("q", Self.jobs).allSatisfy { $0.id != nil })
            #expect(try await queue.fixture.store.queues().map(\.maxLength) == [nil])
        }
    }
}
