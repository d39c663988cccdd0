import DroverCore
import DroverRedis
import RedisTesting
import Testing

/// What the server itself tells of the jobs of a load, past the faults: by their records, their events and the keys.
struct FaultLedger {
    /// How often something happened to one job.
    struct Counts {
        var active = 0
        var stalled = 0
        var completed = 0
        var failed = 0
    }

    /// The events stopped, or some are missing.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private let store: RedisStore
    private let server: RedisServer
    private let prefix: String
    private var start = EventQuery.Start.beginning
    private var jobs: [JobID: Counts] = [:]

    /// Of the load's queue under a prefix of a server. It keeps all of its events.
    init(_ server: RedisServer, prefix: String) async throws {
        self.server = server
        self.prefix = prefix
        store = RedisStore(try RedisStoreConfiguration.patient(server.url(prefix: prefix)), logger: FaultLoad.silent)
        try await Self.keepEvents(on: server, prefix: prefix)
    }

    /// Has the server keep all events; to be said again when it may have lost that.
    static func keepEvents(on server: RedisServer, prefix: String) async throws {
        try await server.command("HSET", "\(prefix):\(FaultLoad.queue):meta", "opts.maxLenEvents", "100000000")
    }

    /// Waits until all that was acknowledged, as far as the server still knows it, has ended.
    ///
    /// - Returns: what the server has lost.
    mutating func finish(_ load: FaultLoad) async throws -> [JobID] {
        var open: Set<JobID> = []
        var lost: [JobID] = []
        for (id, record) in try await records(of: load.acknowledged) {
            if record == nil { lost.append(id) } else { open.insert(id) }
        }
        try await checkEvents()
        try await read(waitingAtMost: .zero) { _ in false }
        // Longer than any lease that may have to run out.
        do {
            try await read(waitingAtMost: .seconds(300)) { jobs in
                open = open.filter { id in jobs[id].map { $0.completed + $0.failed == 0 } ?? true }
                return open.isEmpty
            }
        } catch let error as Broken {
            let left = try await records(of: open.sorted { $0.text < $1.text }.prefix(20).map(\.self))
            throw Broken(description: "\(error); of \(open.count) open: \(left.map { ($0, $1?.state, jobs[$0]) })")
        }
        return lost
    }

    /// Checks, when nothing runs any more, that each job ended exactly once and that the keys fit together.
    ///
    /// - Parameters:
    ///   - lost: what the server has lost.
    ///   - isGapless: whether nothing happened by which an attempt is begun again.
    mutating func check(_ load: FaultLoad, lost: [JobID] = [], isGapless: Bool = true) async throws {
        try await read(waitingAtMost: .zero) { _ in false }
        #expect(load.problems == [])
        let lost = Set(lost)
        let runs = load.runs
        var stalls = 0
        for (id, record) in try await records(of: load.acknowledged) where !lost.contains(id) {
            let record = try #require(record, "job \(id) is lost")
            let seen = try #require(jobs[id], "job \(id) was never begun")
            let attempts = FaultLoad.failsFirst(id) ? 2 : 1
            #expect(record.state == .completed, "job \(id)")
            #expect(record.result == record.payload, "job \(id)")
            #expect(seen.completed == 1 && seen.failed == 0, "job \(id): \(seen)")
            #expect(record.attemptsMade == attempts, "job \(id)")
            #expect(record.attemptsStarted == seen.active, "job \(id)")
            #expect(record.stalls == seen.stalled, "job \(id)")
            stalls += record.stalls
            guard isGapless else { continue }
            #expect(record.attemptsStarted == attempts, "job \(id)")
            #expect(runs[id] == attempts, "job \(id)")
        }
        if isGapless {
            #expect(stalls == 0)
            #expect(load.overlaps == 0)
        }
        #expect(try await RedisAudit.problems(on: server, prefix: prefix) == [])
    }

    /// Lets go of the server.
    func close() async { await store.close() }

    private func records(of ids: [JobID]) async throws -> [(JobID, JobRecord?)] {
        var records: [(JobID, JobRecord?)] = []
        for first in stride(from: 0, to: ids.count, by: 1000) {
            let part = Array(ids[first..<min(first + 1000, ids.count)])
            records += zip(part, try await store.jobs(part.map { JobKey(queue: FaultLoad.queue, id: $0) }))
        }
        return records
    }

    /// Checks that no event was trimmed.
    private func checkEvents() async throws {
        let base = "\(prefix):\(FaultLoad.queue)"
        let facts = try await server.command("XINFO", "STREAM", "\(base):events").split(separator: "\n")
        let counts = ["length", "entries-added"].map { name in facts.firstIndex { $0 == name }.map { facts[$0 + 1] } }
        if counts[0] == counts[1] { return }
        let kept = try await server.command("HGET", "\(base):meta", "opts.maxLenEvents")
        throw Broken(
            description: "of \(counts[1] ?? "?") events the server has \(counts[0] ?? "?"); it is to keep \(kept)")
    }

    /// Reads events until a condition holds, or none is there and none was to be waited for.
    private mutating func read(waitingAtMost wait: Duration, until isEnough: ([JobID: Counts]) -> Bool) async throws {
        let clock = ContinuousClock()
        var end = clock.now + wait
        while !isEnough(jobs) {
            let page = try await store.events(
                EventQuery(queue: FaultLoad.queue, start: start, limit: 1000), waitingAtMost: wait)
            if page.hasGap { throw Broken(description: "events are missing before \(page.next.text)") }
            if page.events.isEmpty {
                if wait == .zero { return }
                // A wait may be over early, as when its connection was lost.
                if clock.now < end { continue }
                throw Broken(description: "no event came any more")
            }
            for event in page.events { note(event) }
            start = .after(page.next)
            end = clock.now + wait
        }
    }

    private mutating func note(_ event: JobEvent) {
        guard let job = event.job else { return }
        let member: WritableKeyPath<Counts, Int>
        switch event.kind {
        case .active: member = \.active
        case .stalled: member = \.stalled
        case .completed: member = \.completed
        case .failed: member = \.failed
        default: return
        }
        jobs[job, default: Counts()][keyPath: member] += 1
    }
}
