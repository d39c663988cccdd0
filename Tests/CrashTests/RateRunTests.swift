import DroverCore
import DroverRedis
import DroverSQLite
import DroverTesting
import ProcessTesting
import RedisTesting
import Testing

/// Workers of several processes share the rate of a queue.
@Suite("A rate over several processes", .serialized)
struct RateRunTests {
    private static let seconds = TestRun.number("DROVER_RATE_SECONDS", default: 2)
    private static let most = 50

    @Test("Four processes of five workers never begin more jobs in any second than a sliding window allows: SQLite")
    func sqlite() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("jobs.sqlite")
            let store = SQLiteStore(path: path)
            try await store.prepare()
            try await running(on: store, "sqlite:\(path)")
            await store.close()
        }
    }

    @Test("Four processes of five workers never begin more jobs in any second than a sliding window allows: Redis")
    func redis() async throws {
        let server = try await RedisServer.start()
        let url = server.url(prefix: "p")
        let store = try RedisStore(url: url + "&timeout=60s&connectTimeout=60s")
        try await store.prepare()
        try await running(on: store, url)
        await store.close()
        try await server.stop()
    }

    private func running(on store: any JobStore, _ url: String) async throws {
        let rate = RateLimit(max: Self.most, per: .seconds(1), window: .sliding)
        #expect(try await store.configure([.rateLimit("q", rate)]) == [.done])
        // More than can begin, so that only the rate holds them.
        let added = try await store.enqueue(
            "q", Array(repeating: NewJob(name: "n"), count: Self.most * (Self.seconds + 4)))
        let keys = added.compactMap(\.id).map { JobKey(queue: "q", id: $0) }
        var workers: [ChildProcess] = []
        defer { for worker in workers { worker.crash() } }
        for _ in 0..<4 {
            let arguments = ["work", "--store", url, "--queue", "q:5", "--handler", "noop"]
            workers.append(try ChildProcess(BuiltProducts.path(of: "drover"), arguments))
        }
        var (begun, start) = (0, EventQuery.Start.beginning)
        while begun <= Self.most * Self.seconds {
            let page = try await store.events(
                EventQuery(queue: "q", start: start, limit: 1000), waitingAtMost: .seconds(60))
            try #require(!page.events.isEmpty, "no event came any more: \(begun) have begun")
            begun += page.events.count { $0.kind == .active }
            start = .after(page.next)
        }
        // The times are those of the store's own clock, which decided.
        var times: [Int64] = []
        for portion in stride(from: 0, to: keys.count, by: 500) {
            times += try await store.jobs(Array(keys[portion..<min(portion + 500, keys.count)]))
                .compactMap { $0?.processedAt?.milliseconds }
        }
        times.sort()
        let first = try #require(times.first)
        var (highest, oldest) = (0, 0)
        for (place, time) in times.enumerated() {
            while times[oldest] <= time - 1000 { oldest += 1 }
            highest = max(highest, place - oldest + 1)
        }
        #expect(highest <= Self.most)
        let within = times.count { $0 < first + Int64(Self.seconds) * 1000 }
        TestRun.figure(
            "\(within) jobs in \(Self.seconds) s under a rate of \(Self.most) a second on \(store.traits.name), "
                + "by 20 workers in 4 processes, at most \(highest) in any second")
    }
}
