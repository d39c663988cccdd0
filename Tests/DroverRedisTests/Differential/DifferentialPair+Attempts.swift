import DroverCore
import DroverRedis
import DroverTesting
import Foundation
import RedisTesting

/// Jobs and their attempts.
extension DifferentialPair {
    func add(_ jobs: [NewJob]) async throws -> [String] {
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

    mutating func exchange(
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
        case .released, .rateLimited: one["kind"] = "release"
        case .waitingForChildren: one["kind"] = "waitForChildren"
        }
        var keep: [String: JSON] = [:]
        keep["count"] = settlement.retention.count.map { .integer($0) }
        keep["age"] = settlement.retention.age.map { .integer(Int($0.wholeMilliseconds / 1000)) }
        one["keep"] = .object(keep)
        return .object(one)
    }

    mutating func renew(_ jobs: [String]) async throws {
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

    func report(_ job: String, _ content: JobReport.Content) async throws {
        let lease = lease(job)
        let ours = try await store.record([JobReport(lease: lease, content: content)])
        let (kind, text, more): (JSON, String, JSON) =
            switch content {
            case .progress(let value): ("progress", value.text, .null)
            case .payload(let value): ("data", value.text, .null)
            case .log(let line, let keep): ("log", line, keep.map { .integer($0) } ?? .null)
            case .step(let name, let result): ("step", result.text, .string(name.text))
            }
        let theirs = try await call(
            "report",
            [
                "id": .string(job), "token": .string(lease.token.text), "kind": kind, "text": .string(text),
                "more": more,
            ])
        try expect(theirs, ours == [.recorded] ? "recorded" : "leaseLost", "the report of \(job)")
    }

    mutating func foreignFetch(_ lease: Duration) async throws -> [String] {
        exchanges += 1
        let theirs = try await callBoth(
            "foreignFetch", ["token": "token-\(exchanges)", "lease": Self.milliseconds(lease)])
        guard let job = theirs.string else { return [] }
        // Drover has a lease of it under no token that it knows.
        let unknown = Lease(job: Self.key(job), token: LeaseToken("none"), duration: lease)
        leases[job] = (unknown, clock.now + lease)
        return [job]
    }
}
