import DroverCore
import Synchronization

/// What a case works with: a store, queues of its own, and short words for the usual calls.
///
/// The words of this file act; those of `Bench+Look.swift` read and expect.
final class Bench: Sendable {
    /// The case's first queue; what names no queue means this one.
    let queue: QueueName
    private let fixture: any ConformanceFixture
    private let exchanges = Mutex(0)

    init(_ fixture: any ConformanceFixture, caseName: String) {
        self.fixture = fixture
        // The same name in every run: a hash of the case's rule and name (FNV-1a).
        let hash = caseName.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        queue = QueueName(stored: "case-\(String(hash, radix: 36))")
    }

    var store: any JobStore { fixture.store }

    /// A further queue of the case.
    func queue(_ suffix: String) -> QueueName { QueueName(stored: "\(queue.text)-\(suffix)") }

    func key(_ id: String, in other: QueueName? = nil) -> JobKey {
        JobKey(queue: other ?? queue, id: JobID(stored: id))
    }

    func advance(by span: Duration) async throws { try await fixture.advance(by: span) }

    /// An id that no other exchange of the case has.
    func freshID() -> ExchangeID {
        let number = exchanges.withLock { count in
            count += 1
            return count
        }
        return ExchangeID("\(queue.text)-x\(number)")
    }

    // MARK: Putting in

    /// Enqueues one job, which must be stored.
    @discardableResult
    func add(
        _ id: String? = nil, name: JobName = "job", payload: JSONText = .emptyObject, start: NewJob.Start = .now,
        priority: Int = 0, lifo: Bool = false, in other: QueueName? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> JobKey {
        let job = NewJob(
            id: id.map(JobID.init(stored:)), name: name, payload: payload, start: start,
            options: JobOptions(priority: priority, lifo: lifo))
        return try await add(job, in: other, file: file, line: line)
    }

    /// Enqueues one job, which must be stored.
    @discardableResult
    func add(
        _ job: NewJob, in other: QueueName? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> JobKey {
        let results = try await store.enqueue(other ?? queue, [job])
        guard results.count == 1, case .added(let id) = results[0] else {
            throw ConformanceFailure("expected the job to be added, got \(results)", file: file, line: line)
        }
        return JobKey(queue: other ?? queue, id: id)
    }

    /// Enqueues jobs with these ids, in one call.
    func addAll(
        _ ids: [String], start: NewJob.Start = .now, priority: Int = 0, in other: QueueName? = nil
    ) async throws {
        let jobs = ids.map {
            NewJob(id: JobID(stored: $0), name: "job", start: start, options: JobOptions(priority: priority))
        }
        try expect(await store.enqueue(other ?? queue, jobs), is: jobs.compactMap(\.id).map { .added($0) }, "enqueue")
    }

    // MARK: Exchanging

    @discardableResult
    func exchange(
        _ settle: [Settlement] = [], claim limit: Int? = nil, lease: Duration = .seconds(30), worker: String = "worker",
        id: ExchangeID? = nil, in other: QueueName? = nil
    ) async throws -> ExchangeReply {
        let claim = limit.map { Claim(limit: $0, lease: lease, worker: worker) }
        return try await store.exchange(other ?? queue, id: id ?? freshID(), settle: settle, claim: claim)
    }

    /// Claims up to `limit` jobs.
    @discardableResult
    func claim(
        _ limit: Int, lease: Duration = .seconds(30), worker: String = "worker", in other: QueueName? = nil
    ) async throws -> [ClaimedJob] {
        try await exchange(claim: limit, lease: lease, worker: worker, in: other).claimed
    }

    /// Claims one job, which must be there.
    @discardableResult
    func claimOne(
        lease: Duration = .seconds(30), in other: QueueName? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> ClaimedJob {
        let claimed = try await claim(1, lease: lease, in: other)
        guard claimed.count == 1 else {
            throw ConformanceFailure("expected to claim one job, got \(claimed.count)", file: file, line: line)
        }
        return claimed[0]
    }

    /// The ids of the next `limit` claimed jobs.
    func claimedIDs(_ limit: Int = 100, in other: QueueName? = nil) async throws -> [String] {
        try await claim(limit, in: other).map(\.job.key.id.text)
    }

    /// Settles a claimed job, which must be accepted.
    @discardableResult
    func settle(
        _ claimed: ClaimedJob, _ outcome: Outcome, keeping retention: Retention = .keepAll,
        file: String = #fileID, line: Int = #line
    ) async throws -> ExchangeReply {
        let settlement = Settlement(lease: claimed.lease, outcome: outcome, retention: retention)
        let reply = try await exchange([settlement], in: claimed.job.key.queue)
        try expect(reply.settled, is: [.settled], "the status of the settlement", file: file, line: line)
        return reply
    }

    /// Adds, claims and settles jobs with these ids one after the other; nothing else may be ready.
    func finish(
        _ ids: [String], _ outcome: Outcome = .completed(.null), keeping retention: Retention = .keepAll,
        file: String = #fileID, line: Int = #line
    ) async throws {
        for id in ids {
            try await add(id, file: file, line: line)
            try await settle(claimOne(file: file, line: line), outcome, keeping: retention, file: file, line: line)
        }
    }

    // MARK: Administering

    /// Applies one command, which must answer `result`.
    func apply(
        _ command: JobCommand, is result: CommandResult = .done, file: String = #fileID, line: Int = #line
    ) async throws {
        try expect(await store.apply([command]), is: [result], "the answer to \(command)", file: file, line: line)
    }

    func pause(_ other: QueueName? = nil, file: String = #fileID, line: Int = #line) async throws {
        try expect(await store.configure([.pause(other ?? queue)]), is: [.done], "pausing", file: file, line: line)
    }

    func resume(_ other: QueueName? = nil, file: String = #fileID, line: Int = #line) async throws {
        try expect(await store.configure([.resume(other ?? queue)]), is: [.done], "resuming", file: file, line: line)
    }

    /// Does steps of a sweep until it has finished, and says how many jobs they removed.
    func sweep(
        _ sweep: Sweep, limit: Int = 100, file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        var removed = 0
        var cursor: PageCursor?
        for _ in 0..<1000 {
            let report = try await store.sweep(sweep, after: cursor, limit: limit)
            try expect(report.removed <= limit, "a step removes no more than its limit", file: file, line: line)
            removed += report.removed
            switch report.progress {
            case .finished: return removed
            case .more(let next): cursor = next
            case .refused(let problem):
                throw ConformanceFailure("the sweep was refused: \(problem)", file: file, line: line)
            }
        }
        throw ConformanceFailure("the sweep did not finish in 1,000 steps", file: file, line: line)
    }
}
