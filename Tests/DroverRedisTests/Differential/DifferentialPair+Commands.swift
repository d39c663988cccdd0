import DroverCore
import DroverRedis
import DroverTesting
import RedisTesting

/// What people do to jobs and queues.
extension DifferentialPair {
    func command(_ operation: DifferentialOperation) async throws {
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

    func administer(_ operation: DifferentialOperation) async throws {
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
    func setMeta(_ field: String, _ value: String?) async throws {
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
