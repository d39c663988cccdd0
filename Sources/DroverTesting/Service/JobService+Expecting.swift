public import Drover
public import DroverCore

extension JobService {
    /// The jobs of a type that wait to be run: waiting, prioritized and delayed, in this order.
    ///
    /// - Returns: each with its payload.
    /// - Throws: `StoreError`; `DecodingError` when a payload is not of the type.
    public func enqueued<P: JobPayload>(_: P.Type) async throws -> [(job: JobRecord, payload: P)] {
        var found: [(job: JobRecord, payload: P)] = []
        for state in [JobState.waiting, .prioritized, .delayed] {
            var page = Page(limit: 1000)
            while true {
                let answer = try await store.jobs(matching: JobQuery(queue: P.queue, state: state), page: page)
                for job in answer.jobs where job.name == P.name {
                    found.append((job, try payload(of: job, as: P.self)))
                }
                guard let next = answer.next else { break }
                page = Page(limit: 1000, after: next)
            }
        }
        return found
    }

    /// Checks that a job with this payload waits to be run.
    ///
    /// ```swift
    /// try await jobs.expectEnqueued(SendWelcome(userID: "42"))
    /// ```
    ///
    /// - Returns: the job.
    /// - Throws: ``ExpectationFailure`` when there is none, with what there is; `StoreError`.
    @discardableResult
    public func expectEnqueued<P: JobPayload & Equatable>(_ payload: P) async throws -> JobRecord {
        try await expectEnqueued(P.self) { $0 == payload }
    }

    /// Checks that a job of this type waits to be run whose payload fits.
    ///
    /// - Returns: the first that fits.
    /// - Throws: ``ExpectationFailure`` when there is none, with what there is; `StoreError`.
    @discardableResult
    public func expectEnqueued<P: JobPayload>(
        _: P.Type, where fits: (P) throws -> Bool = { _ in true }
    ) async throws -> JobRecord {
        let jobs = try await enqueued(P.self)
        if let found = try jobs.first(where: { try fits($0.payload) }) { return found.job }
        let list = jobs.prefix(10).map { "\n  \($0.job.key.id): \($0.job.payload.text)" }.joined()
        let more = jobs.count > 10 ? "\n  and \(jobs.count - 10) more" : ""
        throw ExpectationFailure(
            description: jobs.isEmpty
                ? "no job \(P.name) waits in the queue \(P.queue)"
                : "none of the jobs \(P.name) that wait in the queue \(P.queue) fits:\(list)\(more)")
    }

    /// Checks that no job of this type waits to be run.
    ///
    /// - Throws: ``ExpectationFailure`` with the first that does; `StoreError`.
    public func expectNoneEnqueued<P: JobPayload>(_: P.Type) async throws {
        if let found = try await enqueued(P.self).first {
            throw ExpectationFailure(
                description: "the job \(found.job.key) waits to be run: \(found.job.payload.text)")
        }
    }
}

/// What a test expected of the jobs is not so.
public struct ExpectationFailure: Error, CustomStringConvertible {
    /// What is there instead.
    public var description: String
}
