import DroverCore
import DroverSQLite
import GRDB

/// Does what it is told, one line at a time, and answers each with one line.
///
/// - `add QUEUE COUNT`: enqueues; answers the ids.
/// - `pause QUEUE`, `resume QUEUE`, `cancel QUEUE ID`: answers what the store answered.
/// - `claim QUEUE COUNT`: claims for an hour; answers the ids.
/// - `work QUEUE COUNT`: claims and completes until so many jobs of the queue are completed; answers its own ids.
/// - `wait QUEUE`: waits for work there; answers `woken` or `nothing`.
struct Console {
    let store: SQLiteStore

    /// On a file of the store's own.
    init(path: String) { store = SQLiteStore(path: path) }

    /// In an application's database without a write-ahead log.
    init(queueAt path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        store = SQLiteStore(writer: try DatabaseQueue(path: path, configuration: configuration))
    }

    func run() async throws {
        try await store.prepare()
        Workload.say("ready")
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            do {
                Workload.say(try await answer(words, store))
            } catch {
                Workload.say("error \(error)")
            }
        }
        await store.close()
    }

    private func answer(_ words: [String], _ store: SQLiteStore) async throws -> String {
        guard words.count >= 2 else { return "error: a command and a queue are needed" }
        let queue = try QueueName(words[1])
        let count = words.count > 2 ? Int(words[2]) ?? 0 : 0
        switch words[0] {
        case "add":
            let results = try await store.enqueue(queue, Array(repeating: NewJob(name: "console"), count: count))
            return Self.list(results.compactMap(\.id))
        case "pause": return "\(try await store.configure([.pause(queue)]))"
        case "resume": return "\(try await store.configure([.resume(queue)]))"
        case "cancel": return "\(try await store.apply([.cancel(JobKey(queue: queue, id: try JobID(words[2])))]))"
        case "claim":
            let reply = try await store.exchange(
                queue, id: ExchangeID("console-claim"), settle: [],
                claim: Claim(limit: count, lease: .seconds(3600), worker: "console"))
            return Self.list(reply.claimed.map(\.job.key.id))
        case "work": return Self.list(try await work(queue, until: count, store))
        case "wait":
            let wake = try await store.waitForWork(WakeInterest(work: [queue]), atMost: .seconds(60))
            return wake.isEmpty ? "nothing" : "woken"
        default: return "error: no such command"
        }
    }

    private static func list(_ ids: [JobID]) -> String { ids.map(\.text).joined(separator: " ") }

    /// Works beside others until the queue has `total` completed jobs.
    private func work(_ queue: QueueName, until total: Int, _ store: SQLiteStore) async throws -> [JobID] {
        var done: [JobID] = []
        var settlements: [Settlement] = []
        var number = 0
        while true {
            number += 1
            let reply = try await store.exchange(
                queue, id: ExchangeID("console-\(number)"), settle: settlements,
                claim: Claim(limit: 3, lease: .seconds(3600), worker: "console"))
            settlements = reply.claimed.map { Settlement(lease: $0.lease, outcome: .completed(.null)) }
            done += reply.claimed.map(\.job.key.id)
            if !settlements.isEmpty { continue }
            let counts = try await store.queues().first { $0.name == queue }?.counts
            if counts?[.completed] ?? 0 >= total { return done }
            // The other process may be at work on the last ones.
            _ = try await store.waitForWork(WakeInterest(work: [queue]), atMost: .milliseconds(20))
        }
    }
}
