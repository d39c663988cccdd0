import DroverCore
import Testing

/// What the scripts make of keys that BullMQ's clients and people left in a queue; the tests make such keys by hand.
@Suite("Keys of others", .timeLimit(.minutes(10)))
struct ForeignKeyTests {
    private static let largeID = "300000000"

    @Test("An id without a hash is dropped and not handed out", arguments: ["wait", "prioritized", "delayed"])
    func ghosts(_ place: String) async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([NewJob(id: JobID(stored: "real"), name: "job")])
            for id in ["ghost-1", "ghost-2"] {
                try await queue.redis(place == "wait" ? ["RPUSH", place, id] : ["ZADD", place, "0", id])
            }
            #expect(try await queue.claim(10) == ["real"])
            for id in ["ghost-1", "ghost-2"] {
                #expect(try await queue.redis("EXISTS", id) == "0")
                #expect(try await queue.redis("EXISTS", id + ":lock") == "0")
            }
            for key in ["wait", "prioritized", "delayed"] { #expect(try await queue.redis("EXISTS", key) == "0") }
            #expect(try await queue.redis("LRANGE", "active", "0", "-1") == "real")
            #expect(try await queue.redis("XRANGE", "events", "-", "+").contains("ghost") == false)
        }
    }

    @Test("However many ids without a hash there are, the job behind them is reached, in bounded steps")
    func manyGhosts() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([NewJob(id: JobID(stored: "real"), name: "job")])
            for number in 0..<25 { try await queue.redis("RPUSH", "wait", "ghost-\(number)") }
            for _ in 0..<2 {
                let reply = try await queue.exchange(claim: 1)
                #expect(reply.claimed.isEmpty)
                #expect(reply.nextDueIn == .zero, "nobody else says that there is more")
            }
            #expect(try await queue.claim(1) == ["real"])
        }
    }

    @Test("The markers 0:… of earlier BullMQ are dropped")
    func markers() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.enqueue([
                NewJob(id: JobID(stored: "a"), name: "job"), NewJob(id: JobID(stored: "b"), name: "job"),
            ])
            try await queue.redis("RPUSH", "wait", "0:0", "0:1795254042111")
            try await queue.redis("LPUSH", "wait", "0:7")
            #expect(try await queue.claim(10) == ["a", "b"])
            #expect(try await queue.redis("EXISTS", "wait") == "0")
            #expect(try await queue.redis("KEYS", "0:*") == "")
        }
    }

    @Test("Generated ids pass over a number under which another client stored a job")
    func numbers() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("SET", "id", "4")
            for id in ["5", "8"] { try await queue.redis("HSET", id, "name", "theirs", "data", "{}", "opts", "{}") }
            let job = NewJob(name: "ours")
            #expect(
                try await queue.enqueue([job, NewJob(id: JobID(stored: "own"), name: "ours"), job, job]) == [
                    "6", "own", "9", "10",
                ])
            for id in ["5", "8"] { #expect(try await queue.redis("HGET", id, "name") == "theirs") }
            for id in ["6", "own", "9", "10"] { #expect(try await queue.redis("HGET", id, "name") == "ours") }
            #expect(try await queue.redis("GET", "id") == "10")
        }
    }

    @Test(
        "The id after 299999999 is 300000000, never an exponent",
        arguments: [
            ("wait", NewJob(name: "job")),
            ("prioritized", NewJob(name: "job", options: JobOptions(priority: JobOptions.largestPriority))),
            ("delayed", NewJob(name: "job", start: .after(.seconds(300_000)))),
        ])
    func largeNumbers(_ place: String, _ job: NewJob) async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("SET", "id", "299999999")
            #expect(try await queue.enqueue([job]) == [Self.largeID])
            #expect(try await queue.redis("GET", "id") == Self.largeID)
            #expect(try await queue.redis("HGET", Self.largeID, "name") == "job")
            let held = place == "wait" ? ["LRANGE", place, "0", "-1"] : ["ZRANGE", place, "0", "-1"]
            #expect(try await queue.redis(held) == Self.largeID)
            let fields = try await queue.redis("HVALS", Self.largeID)
            let events = try await queue.redis("XRANGE", "events", "-", "+")
            #expect(events.contains("jobId\n\(Self.largeID)\n"))
            for text in [fields, events] { #expect(!text.contains("e+") && !text.contains("."), "\(text)") }
            try await queue.fixture.advance(by: .seconds(300_000))
            #expect(try await queue.claim(1) == [Self.largeID])
            #expect(try await queue.redis("LRANGE", "active", "0", "-1") == Self.largeID)
        }
    }

    @Test("A queue with concurrency 1 hands out one job at a time")
    func concurrency() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("HSET", "meta", "concurrency", "1")
            try await queue.enqueue(["a", "b", "c"].map { NewJob(id: JobID(stored: $0), name: "job") })
            var held = try await queue.exchange(claim: 10)
            #expect(held.claimed.map(\.job.key.id.text) == ["a"])
            #expect(try await queue.claim(10) == [])
            held = try await queue.exchange(settling: held.claimed, claim: 10)
            #expect(held.claimed.map(\.job.key.id.text) == ["b"])
            #expect(try await queue.claim(10) == [])
            // A job that is held by another client counts as well.
            _ = try await queue.exchange(settling: held.claimed, claim: nil)
            try await queue.redis("LPUSH", "active", "theirs")
            #expect(try await queue.claim(10) == [])
            try await queue.redis("HSET", "meta", "concurrency", "2")
            #expect(try await queue.claim(10) == ["c"])
        }
    }

    @Test("A queue with max and duration hands out as many jobs in that time, and says how long nothing more comes")
    func rate() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("HSET", "meta", "max", "2", "duration", "60000")
            try await queue.enqueue((1...5).map { NewJob(id: JobID(stored: "job-\($0)"), name: "job") })
            #expect(try await queue.claim(10) == ["job-1", "job-2"])
            #expect(try await queue.redis("GET", "limiter") == "2")
            let remaining = try #require(Int(try await queue.redis("PTTL", "limiter")))
            #expect((1...60_000).contains(remaining))
            let reply = try await queue.exchange(claim: 10)
            #expect(reply.claimed.isEmpty)
            let wait = try #require(reply.nextDueIn)
            #expect(wait > .zero && wait <= .seconds(60))
            // The time is over: the server drops the key as it does at the end of the duration.
            try await queue.redis("PEXPIRE", "limiter", "0")
            #expect(try await queue.claim(1) == ["job-3"])
            #expect(try await queue.claim(10) == ["job-4"])
            #expect(try await queue.claim(10) == [])
        }
    }

    @Test("A queue whose rate somebody limits by hand hands out nothing until that is over")
    func rateByHand() async throws {
        try await HandMadeQueue.with { queue in
            try await queue.redis("HSET", "meta", "max", "100", "duration", "1000")
            try await queue.enqueue([NewJob(id: JobID(stored: "a"), name: "job")])
            try await queue.redis("SET", "limiter", "9007199254740991", "PX", "60000")
            #expect(try await queue.claim(10) == [])
            #expect(try await queue.redis("GET", "limiter") == "9007199254740991")
            try await queue.redis("DEL", "limiter")
            #expect(try await queue.claim(10) == ["a"])
        }
    }
}
