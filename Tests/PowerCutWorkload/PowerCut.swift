import DroverCore
import DroverSQLite
import Synchronization

/// Enqueues and works jobs at the same time, and writes down each answer the moment it has come.
///
/// What it wrote down before a power cut must hold after it. The lines:
/// `enqueued ID`, `bulk NAME COUNT`, `completed ID`, `failed ID`.
struct PowerCut {
    private static let queue: QueueName = "power"
    private static let alone = 20
    private static let producers = 4
    private static let perProducer = 60
    private static let bulks = 12
    private static let perBulk = 100

    let folder: String
    let seed: UInt64

    /// How many jobs there are in all.
    private var total: Int { Self.alone + Self.producers * Self.perProducer + Self.bulks * Self.perBulk }

    func run() async throws {
        let answers = try AnswerFile(path: folder + "/answers")
        let store = SQLiteStore(path: folder + "/jobs.sqlite")
        try await store.prepare()
        // One call at a time: nothing else may be under way when its answer is written.
        for number in 0..<Self.alone { try await add(number, store, answers) }
        try answers.write("together")
        try await withThrowingTaskGroup { group in
            for producer in 0..<Self.producers {
                group.addTask {
                    let first = Self.alone + producer * Self.perProducer
                    for number in first..<first + Self.perProducer { try await add(number, store, answers) }
                }
            }
            group.addTask { try await addBulks(store, answers) }
            group.addTask { try await work(store, answers) }
            try await group.waitForAll()
        }
        await store.close()
        Workload.say("done \(total)")
    }

    private func add(_ number: Int, _ store: SQLiteStore, _ answers: AnswerFile) async throws {
        let id = number % 2 == 0 ? try JobID.custom("own-\(number)") : nil
        let results = try await store.enqueue(
            Self.queue, [NewJob(id: id, name: "single", payload: try payload(number))])
        guard case .added(let added) = results[0] else { throw Surprise("enqueue answered \(results)") }
        try answers.write("enqueued \(added)")
    }

    private func addBulks(_ store: SQLiteStore, _ answers: AnswerFile) async throws {
        for bulk in 0..<Self.bulks {
            let name = try JobName("bulk-\(bulk)")
            let jobs = try (0..<Self.perBulk).map { NewJob(name: name, payload: try payload($0 + bulk)) }
            let results = try await store.enqueue(Self.queue, jobs)
            try answers.write("bulk \(name) \(results.count)")
        }
    }

    private func payload(_ number: Int) throws -> JSONText {
        // From a few bytes to several pages, differing from run to run.
        let length = Int((UInt64(number) &* 2_654_435_761 &+ seed) % 37) * 300
        return try JSONText(#"{"n":\#(number),"fill":"\#(String(repeating: "x", count: length))"}"#)
    }

    /// Works until every job has ended: most complete, some after a retry, some fail.
    private func work(_ store: SQLiteStore, _ answers: AnswerFile) async throws {
        var settlements: [Settlement] = []
        var finished = 0
        var number = 0
        while finished < total {
            number += 1
            let reply = try await store.exchange(
                Self.queue, id: ExchangeID("worker-\(number)"), settle: settlements,
                claim: Claim(limit: 25, lease: .seconds(600), worker: "worker"))
            for (settlement, status) in zip(settlements, reply.settled) {
                guard status == .settled else { throw Surprise("settling \(settlement.lease.job) answered \(status)") }
                switch settlement.outcome {
                case .completed: try answers.write("completed \(settlement.lease.job.id)")
                case .failed: try answers.write("failed \(settlement.lease.job.id)")
                default: continue
                }
                finished += 1
            }
            settlements = try reply.claimed.map { Settlement(lease: $0.lease, outcome: try outcome($0.job)) }
            if settlements.isEmpty, finished < total {
                _ = try await store.waitForWork(WakeInterest(work: [Self.queue]), atMost: .seconds(5))
            }
        }
    }

    private func outcome(_ job: JobRecord) throws -> Outcome {
        let kind = job.key.id.text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1009 }
        if kind % 7 == 0, job.attemptsMade == 0 { return .retry(after: .zero, Failure(reason: "once more")) }
        if kind % 11 == 0 { return .failed(Failure(reason: "for good", trace: "nowhere")) }
        return .completed(try JSONText(#""result of \#(job.key.id)""#))
    }

    private struct Surprise: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
