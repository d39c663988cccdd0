import DroverCore
import DroverSQLite
import DroverTesting

/// Does something at random with a store, again and again, beside others that do the same.
struct RandomWork {
    private let store: SQLiteStore
    private let name: String
    private var random: SeededGenerator
    private var held: [Lease] = []
    private var number = 0
    private static let queues: [QueueName] = ["a", "b", "c"]

    init(_ store: SQLiteStore, name: String, seed: UInt64) {
        self.store = store
        self.name = name
        random = SeededGenerator(seed: seed)
    }

    private mutating func chance(_ parts: Int) -> Int { Int.random(in: 0..<parts, using: &random) }

    private mutating func job() throws -> NewJob {
        number += 1
        var job = NewJob(
            name: "random", options: JobOptions(priority: chance(3) == 0 ? chance(4) : 0, lifo: chance(5) == 0))
        if chance(4) == 0 { job.id = try JobID.custom("own-\(chance(60))") }
        if chance(5) == 0 { job.start = .after(.milliseconds(chance(20))) }
        return job
    }

    private mutating func outcome() -> Outcome {
        switch chance(7) {
        case 0: .failed(Failure(reason: "failed", trace: "trace"))
        case 1: .retry(after: .milliseconds(chance(5)), Failure(reason: "again"))
        case 2: .snoozed(.milliseconds(chance(5)))
        case 3: .released
        case 4: .cancelled
        default: .completed(.null)
        }
    }

    /// A job that may be in the queue.
    private mutating func key(_ queue: QueueName) async throws -> JobKey? {
        let state = JobState.allCases[chance(JobState.allCases.count)]
        let page = try await store.jobs(matching: JobQuery(queue: queue, state: state), page: Page(limit: 20))
        return page.jobs.isEmpty ? nil : page.jobs[chance(page.jobs.count)].key
    }

    mutating func step() async throws {
        let queue = Self.queues[chance(3)]
        switch chance(12) {
        case 0...2:
            let jobs = try (0...chance(6)).map { _ in try job() }
            _ = try await store.enqueue(queue, jobs)
        case 3...6: try await exchange(queue)
        case 7: _ = try await store.reclaimStalled(queue, maxStalled: chance(3), limit: 10)
        case 8: try await command(queue)
        case 9: _ = try await store.renew(held)
        case 10:
            let reports = held.prefix(3).map { JobReport(lease: $0, content: .log("line", keep: 2)) }
            _ = try await store.record(Array(reports))
        default: try await sweep(queue)
        }
    }

    private mutating func exchange(_ queue: QueueName) async throws {
        number += 1
        let settled = held.filter { $0.job.queue == queue }.prefix(chance(5))
        held.removeAll { settled.contains($0) }
        let retention: Retention = [.keepAll, .removeAtOnce, .keep(3), .keep(for: .milliseconds(10))][chance(4)]
        let settlements = settled.map { Settlement(lease: $0, outcome: outcome(), retention: retention) }
        let claim = Claim(limit: 1 + chance(6), lease: .milliseconds(chance(2) * 3600 * 1000), worker: name)
        let id = ExchangeID("\(name)-\(number)")
        var reply = try await store.exchange(queue, id: id, settle: settlements, claim: chance(5) > 0 ? claim : nil)
        if chance(6) == 0 { reply = try await store.exchange(queue, id: id, settle: settlements, claim: claim) }
        held += reply.claimed.map(\.lease)
    }

    private mutating func command(_ queue: QueueName) async throws {
        guard let key = try await key(queue) else { return }
        let command: JobCommand =
            switch chance(7) {
            case 0: .retry(key, resetAttempts: chance(2) == 0)
            case 1: .promote(key)
            case 2: .remove(key)
            case 3: .cancel(key)
            case 4: .changePriority(key, to: chance(3), lifo: chance(2) == 0)
            case 5: .changeDelay(key, to: .milliseconds(chance(10)))
            default: .updatePayload(key, to: .null)
            }
        _ = try await store.apply([command])
    }

    private mutating func sweep(_ queue: QueueName) async throws {
        switch chance(6) {
        case 0: _ = try await store.sweep(.drain(queue, delayed: chance(2) == 0), after: nil, limit: 3)
        case 1:
            _ = try await store.configure([.pause(queue)])
            _ = try await store.sweep(.obliterate(queue, force: chance(2) == 0), after: nil, limit: 10)
            _ = try await store.configure([.resume(queue)])
        case 2: _ = try await store.prune(queue, PruneRule(.completed, keeping: .keep(2)), limit: 5)
        default:
            let state = JobState.allCases[chance(JobState.allCases.count)]
            _ = try await store.sweep(.clean(queue, state: state, olderThan: .zero), after: nil, limit: 4)
        }
    }
}
