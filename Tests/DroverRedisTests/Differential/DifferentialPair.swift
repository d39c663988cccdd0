import DroverCore
import DroverRedis
import DroverTesting
import Foundation
import Logging
import RedisTesting

/// The store under one prefix, BullMQ's model under another, on one clock: does each operation on both.
struct DifferentialPair {
    /// What the two answered, or left, differently.
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    static let queue = QueueName(stored: "q")
    private static let interval: Duration = .seconds(30)
    let store: RedisStore
    let model: PythonPeer
    private let server: RedisServer
    private let prefixes: (model: String, store: String)
    // In the future, so that events of the store lie behind those that another client adds by the server's time.
    let clock = ManualWallClock(start: Timestamp(milliseconds: 2_100_000_000_000))
    let metricsPoints: Int
    var exchanges = 0
    var leases: [String: (lease: Lease, expiry: Timestamp)] = [:]
    private var keptEvents = 10_000

    init(model: PythonPeer, metricsPoints: Int) async throws {
        self.model = model
        self.metricsPoints = metricsPoints
        server = try await RedisServer.shared
        prefixes = (RedisServer.freshPrefix(), RedisServer.freshPrefix())
        var configuration = try RedisStoreConfiguration.patient(server.url(prefix: prefixes.store))
        configuration.clock = clock
        configuration.releaseFreshness = .zero
        configuration.stalledInterval = Self.interval
        configuration.metricsPoints = metricsPoints
        store = RedisStore(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.prepare()
    }

    func dispose() async {
        await store.close()
        for prefix in [prefixes.model, prefixes.store] {
            // What is left under a prefix that nobody else has harms no other test.
            try? await server.flush(prefix: prefix)
        }
    }

    /// Does an operation on both sides and compares what they answer.
    mutating func perform(_ operation: DifferentialOperation) async throws -> (added: [String], claimed: [String]) {
        switch operation {
        case .add(let jobs): return (try await add(jobs), [])
        case .exchange(let settle, let claim, let lease):
            return ([], try await exchange(settle, claim: claim, lease: lease))
        case .foreignFetch(let lease): return ([], try await foreignFetch(lease))
        case .foreignFlow(let parent, let children, let policy):
            let children = JSON.list(children.map { .string($0) })
            try await callBoth(
                "foreignFlow",
                ["parent": .string(parent), "children": children, "policy": policy.map { .string($0) } ?? .null])
        case .foreignDeduplicated(let rule, let delay):
            try await callBoth("foreignDeduplicated", ["rule": JSON(parsing: rule), "delay": Self.milliseconds(delay)])
        case .advance(let span): try await advance(by: span)
        case .renew(let jobs): try await renew(jobs)
        case .report(let job, let content): try await report(job, content)
        case .checkStalled(let maxStalled): try await checkStalled(maxStalled)
        case .retry, .promote, .remove, .changePriority, .changeDelay, .updatePayload: try await command(operation)
        case .setConcurrency(let limit):
            try await setMeta("concurrency", limit.map(String.init))
        case .setEventsLength(let length):
            try await setMeta("opts.maxLenEvents", String(length))
            keptEvents = min(keptEvents, length)
        case .pause, .resume, .drain, .clean, .obliterate: try await administer(operation)
        }
        return ([], [])
    }

    /// Compares all keys.
    func compare() async throws {
        let found = try await model.ask(
            "compare",
            ["prefixes": [.string(prefixes.model), .string(prefixes.store)], "keptEvents": .integer(keptEvents)])
        if found.list.isEmpty { return }
        throw Difference(description: found.list.compactMap(\.string).joined(separator: "\n"))
    }

    // MARK: The model

    var modelQueue: JSON { .string("\(prefixes.model):\(Self.queue)") }
    var storeQueue: JSON { .string("\(prefixes.store):\(Self.queue)") }
    private var now: JSON { .integer(Int(clock.now.milliseconds)) }

    @discardableResult
    func call(_ method: String, on queue: JSON? = nil, _ arguments: [String: JSON] = [:]) async throws -> JSON {
        let arguments = arguments.merging(["Q": queue ?? modelQueue]) { $1 }
        return try await model.ask("call", ["method": .string(method), "now": now, "args": .object(arguments)])
    }

    /// Lets the model do something on both sides, as a client that shares the queue.
    @discardableResult
    func callBoth(_ method: String, _ arguments: [String: JSON]) async throws -> JSON {
        let theirs = try await call(method, arguments)
        try expect(theirs, try await call(method, on: storeQueue, arguments), "another client's \(method)")
        return theirs
    }

    func expect(_ theirs: JSON, _ ours: JSON, _ what: String) throws {
        if theirs != ours {
            throw Difference(description: "\(what): model \(try theirs.text), store \(try ours.text)")
        }
    }

    static func milliseconds(_ span: Duration) -> JSON { .integer(Int(span.wholeMilliseconds)) }
    static func key(_ job: String) -> JobKey { JobKey(queue: queue, id: JobID(stored: job)) }

    // MARK: Time

    private mutating func advance(by span: Duration) async throws {
        clock.advance(by: span)
        let over = leases.filter { $0.value.expiry <= clock.now }.keys.sorted()
        try await model.ask(
            "expire",
            [
                "now": now, "interval": Self.milliseconds(Self.interval), "queues": [modelQueue, storeQueue],
                "locks": .list(over.map { .string($0) }),
            ])
    }

    private func checkStalled(_ maxStalled: Int) async throws {
        let ours = try await store.reclaimStalled(Self.queue, maxStalled: maxStalled, limit: 1000)
        let theirs = try await call(
            "stalled", ["mx": .integer(maxStalled), "interval": Self.milliseconds(Self.interval)])
        try expect(theirs, .list(ours.map { .string($0.key.id.text) }), "the stalled jobs")
    }
}
