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

    private static let queue = QueueName(stored: "q")
    private static let interval: Duration = .seconds(30)
    private let store: RedisStore
    private let model: PythonPeer
    private let server: RedisServer
    private let prefixes: (model: String, store: String)
    // In the future, so that events of the store lie behind those that another client adds by the server's time.
    private let clock = ManualWallClock(start: Timestamp(milliseconds: 2_100_000_000_000))
    private let metricsPoints: Int
    private var exchanges = 0
    private var leases: [String: (lease: Lease, expiry: Timestamp)] = [:]
    private var keptEvents = 10_000

    init(model: PythonPeer, metricsPoints: Int) async throws {
        self.model = model
        self.metricsPoints = metricsPoints
        server = try await RedisServer.shared
        prefixes = (RedisServer.freshPrefix(), RedisServer.freshPrefix())
        var configuration = try RedisStoreConfiguration(url: server.url(prefix: prefixes.store))
        configuration.clock = clock
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

    private var modelQueue: JSON { .string("\(prefixes.model):\(Self.queue)") }
    private var storeQueue: JSON { .string("\(prefixes.store):\(Self.queue)") }
    private var now: JSON { .integer(Int(clock.now.milliseconds)) }

    @discardableResult
    private func call(_ method: String, on queue: JSON? = nil, _ arguments: [String: JSON] = [:]) async throws -> JSON {
        let arguments = arguments.merging(["Q": queue ?? modelQueue]) { $1 }
        return try await model.ask("call", ["method": .string(method), "now": now, "args": .object(arguments)])
    }

    /// Lets the model do something on both sides, as a client that shares the queue.
    @discardableResult
    private func callBoth(_ method: String, _ arguments: [String: JSON]) async throws -> JSON {
        let theirs = try await call(method, arguments)
        try expect(theirs, try await call(method, on: storeQueue, arguments), "another client's \(method)")
        return theirs
    }

    private func expect(_ theirs: JSON, _ ours: JSON, _ what: String) throws {
        if theirs != ours {
            throw Difference(description: "\(what): model \(try theirs.text), store \(try ours.text)")
        }
    }

    private static func milliseconds(_ span: Duration) -> JSON { .integer(Int(span.wholeMilliseconds)) }
    private static func key(_ job: String) -> JobKey { JobKey(queue: queue, id: JobID(stored: job)) }

    // MARK: Jobs and attempts

    private func add(_ jobs: [NewJob]) async throws -> [String] {
        let given = try jobs.map { job -> JSON in
            let options = try JSON(parsing: String(decoding: JSONEncoder().encode(job.options), as: UTF8.self))
            var stored = options.object
            if case .after(let delay) = job.start { stored["delay"] = Self.milliseconds(delay) }
            return [
                "id": job.id.map { .string($0.text) } ?? .null, "name": .string(job.name.text),
                "data": .string(job.payload.text), "opts": .object(stored),
            ]
        }
        let theirs = try await call("addAll", ["jobs": .list(given)])
        let ours = try await store.enqueue(Self.queue, jobs).map { $0.id?.text ?? "" }
        try expect(theirs, .list(ours.map { .string($0) }), "the ids")
        return ours
    }

    private func lease(_ job: String, isStale: Bool = false) -> Lease {
        if !isStale, let known = leases[job]?.lease { return known }
        return Lease(job: Self.key(job), token: LeaseToken("none"), duration: .seconds(60))
    }

    private mutating func exchange(
        _ settle: [DifferentialSettlement], claim: Int, lease: Duration
    ) async throws -> [String] {
        exchanges += 1
        let token = "token-\(exchanges)"
        let settlements = settle.map {
            Settlement(lease: self.lease($0.job, isStale: $0.isStale), outcome: $0.outcome, retention: $0.retention)
        }
        let reply = try await store.exchange(
            Self.queue, id: ExchangeID(token), settle: settlements,
            claim: claim > 0 ? Claim(limit: claim, lease: lease, worker: "w") : nil)
        let theirs = try await call(
            "exchange",
            [
                "token": .string(token), "settle": .list(settlements.map(Self.described)), "claim": .integer(claim),
                "lease": Self.milliseconds(lease), "worker": "w", "points": .integer(metricsPoints),
            ])
        try expect(
            theirs[0], .list(reply.settled.map { $0 == .settled ? "settled" : "leaseLost" }), "the settlements")
        let claimed = reply.claimed.map(\.job.key.id.text)
        try expect(theirs[1], .list(claimed.map { .string($0) }), "the claimed jobs")
        for job in reply.claimed {
            leases[job.job.key.id.text] = (job.lease, clock.now + lease)
        }
        return claimed
    }

    private static func described(_ settlement: Settlement) -> JSON {
        var one: [String: JSON] = [
            "id": .string(settlement.lease.job.id.text), "token": .string(settlement.lease.token.text),
        ]
        func describe(_ failure: Failure) {
            one["value"] = .string(failure.reason)
            one["trace"] = failure.trace.map { .string($0) }
            one["keepTraces"] = .integer(failure.keepTraces)
            one["exhausted"] = .bool(failure.isExhausted)
        }
        switch settlement.outcome {
        case .completed(let result):
            one["kind"] = "completed"
            one["value"] = .string(result.text)
        case .failed(let failure):
            one["kind"] = "failed"
            describe(failure)
        case .cancelled:
            one["kind"] = "failed"
            describe(Failure(reason: Failure.cancelledReason))
        case .retry(let delay, let failure):
            one["kind"] = "retry"
            one["delay"] = milliseconds(delay)
            describe(failure)
        case .snoozed(let delay):
            one["kind"] = "snooze"
            one["delay"] = milliseconds(delay)
        case .released: one["kind"] = "release"
        }
        var keep: [String: JSON] = [:]
        keep["count"] = settlement.retention.count.map { .integer($0) }
        keep["age"] = settlement.retention.age.map { .integer(Int($0.wholeMilliseconds / 1000)) }
        one["keep"] = .object(keep)
        return .object(one)
    }

    private mutating func renew(_ jobs: [String]) async throws {
        let leases = jobs.map { lease($0) }
        let ours = try await store.renew(leases)
        for (lease, status) in zip(leases, ours) {
            let theirs = try await call(
                "extend",
                [
                    "id": .string(lease.job.id.text), "token": .string(lease.token.text),
                    "dur": Self.milliseconds(lease.duration),
                ])
            try expect(theirs, status == .held ? 1 : 0, "renewing \(lease.job)")
            if status == .held { self.leases[lease.job.id.text] = (lease, clock.now + lease.duration) }
        }
    }

    private func report(_ job: String, _ content: JobReport.Content) async throws {
        let lease = lease(job)
        let ours = try await store.record([JobReport(lease: lease, content: content)])
        let (kind, text, keep): (JSON, String, Int?) =
            switch content {
            case .progress(let value): ("progress", value.text, nil)
            case .payload(let value): ("data", value.text, nil)
            case .log(let line, let keep): ("log", line, keep)
            }
        let theirs = try await call(
            "report",
            [
                "id": .string(job), "token": .string(lease.token.text), "kind": kind, "text": .string(text),
                "keep": keep.map { .integer($0) } ?? .null,
            ])
        try expect(theirs, ours == [.recorded] ? "recorded" : "leaseLost", "the report of \(job)")
    }

    private mutating func foreignFetch(_ lease: Duration) async throws -> [String] {
        exchanges += 1
        let theirs = try await callBoth(
            "foreignFetch", ["token": "token-\(exchanges)", "lease": Self.milliseconds(lease)])
        guard let job = theirs.string else { return [] }
        // Drover has a lease of it under no token that it knows.
        let unknown = Lease(job: Self.key(job), token: LeaseToken("none"), duration: lease)
        leases[job] = (unknown, clock.now + lease)
        return [job]
    }

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

    // MARK: Commands

    private func command(_ operation: DifferentialOperation) async throws {
        let (command, kind, argument, flag): (JobCommand, JSON, JSON, Bool)
        switch operation {
        case .retry(let job, let reset):
            (command, kind, argument, flag) = (.retry(Self.key(job), resetAttempts: reset), "retry", .null, reset)
        case .promote(let job): (command, kind, argument, flag) = (.promote(Self.key(job)), "promote", .null, false)
        case .remove(let job): (command, kind, argument, flag) = (.remove(Self.key(job)), "remove", .null, false)
        case .changePriority(let job, let priority, let lifo):
            command = .changePriority(Self.key(job), to: priority, lifo: lifo)
            (kind, argument, flag) = ("changePriority", .integer(priority), lifo)
        case .changeDelay(let job, let delay):
            command = .changeDelay(Self.key(job), to: delay)
            (kind, argument, flag) = ("changeDelay", Self.milliseconds(delay), false)
        case .updatePayload(let job, let payload):
            command = .updatePayload(Self.key(job), to: payload)
            (kind, argument, flag) = ("data", .string(payload.text), false)
        default: return
        }
        let ours = try await store.apply([command])
        let theirs = try await call(
            "command",
            ["id": .string(command.key.id.text), "kind": kind, "argument": argument, "flag": .bool(flag)])
        try expect(theirs, .bool(ours == [.done]), "the command \(command)")
    }

    private func administer(_ operation: DifferentialOperation) async throws {
        switch operation {
        case .pause:
            _ = try await store.configure([.pause(Self.queue)])
            try await call("pause")
        case .resume:
            _ = try await store.configure([.resume(Self.queue)])
            try await call("resume")
        case .drain(let delayed):
            _ = try await store.sweep(.drain(Self.queue, delayed: delayed), after: nil, limit: 1000)
            try await call("drain", ["delayed": .bool(delayed)])
        case .clean(let state, let age, let limit):
            let report = try await store.sweep(
                .clean(Self.queue, state: state, olderThan: age), after: nil, limit: limit)
            let cut = clock.now.milliseconds - age.wholeMilliseconds
            let theirs = try await call(
                "clean",
                [
                    "state": .string(state == .waiting ? "wait" : state.rawValue), "cut": .integer(Int(cut)),
                    "limit": .integer(limit),
                ])
            try expect(.integer(theirs.list.count), .integer(report.removed), "how many were cleaned")
        case .obliterate(let force):
            _ = try await store.sweep(.obliterate(Self.queue, force: force), after: nil, limit: 1000)
            try await call("obliterate", ["count": 1000, "force": .bool(force)])
        default: return
        }
    }

    /// Sets what Drover has no call for, on both sides.
    private func setMeta(_ field: String, _ value: String?) async throws {
        for queue in [modelQueue, storeQueue] {
            let meta = JSON.string((queue.string ?? "") + ":meta")
            let known = try await model.ask("raw", ["words": ["EXISTS", meta]])
            if known != 1 { continue }
            let words: [JSON] =
                value.map { ["HSET", meta, .string(field), .string($0)] } ?? ["HDEL", meta, .string(field)]
            try await model.ask("raw", ["words": .list(words)])
        }
    }
}
