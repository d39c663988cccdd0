public import Drover
public import DroverCore

extension JobService {
    /// Works all jobs of the service's queues that can be claimed, one by one in the calling task, and those that they add,
    /// until none is left. The service must not run.
    ///
    /// ```swift
    /// let jobs = JobService(store: ReferenceStore())
    /// jobs.work("email") { $0.on(SendWelcome.self) { welcome, _ in … } }
    /// try await jobs.add(SendWelcome(userID: "42"))
    /// let report = try await jobs.drain()
    /// #expect(report.completed.count == 1)
    /// ```
    ///
    /// Delayed jobs and retries that wait stay where they are; ``drain(advancing:by:limit:)`` runs them too.
    ///
    /// - Parameter limit: after how many attempts to stop, for jobs that add jobs without end.
    /// - Throws: `StoreError`; ``DrainLimit`` when the limit is reached; what `run()` throws for a schedule that can't be
    ///   stored.
    @discardableResult
    public func drain(limit: Int = 10_000) async throws -> DrainReport {
        try await drain(limit: limit) { _ in false }
    }

    /// Works as ``drain(limit:)``, and moves the time to each job that is due later, until a span has passed: a year of a
    /// schedule takes milliseconds. Its store must go by the same time.
    ///
    /// ```swift
    /// let time = ManualTime()
    /// let store = ReferenceStore(clock: time.wall, timer: time.clock)
    /// let jobs = JobService(store: store, configuration: ServiceConfiguration(clock: time.clock, wallClock: time.wall))
    /// jobs.work("reports") { $0.on(Digest.self) { _, _ in … } }
    /// jobs.schedule("digest", cron: "0 6 * * *", timeZone: "America/Toronto") { Digest() }
    /// let year = try await jobs.drain(advancing: time, by: .seconds(365 * 86_400))
    /// #expect(year.completed.count == 365)
    /// ```
    ///
    /// - Parameters:
    ///   - time: what tells the store's time; it stands at the end of the span afterwards.
    ///   - span: how far to go.
    ///   - limit: after how many attempts to stop.
    /// - Throws: as ``drain(limit:)``.
    @discardableResult
    public func drain(advancing time: ManualTime, by span: Duration, limit: Int = 10_000) async throws -> DrainReport {
        let end = time.wall.now + span
        let report = try await drain(limit: limit) { wait in
            guard let wait, time.wall.now + wait <= end else { return false }
            time.advance(by: max(wait, .milliseconds(1)))
            return true
        }
        time.advance(by: max(.zero, end - time.wall.now))
        return report
    }

    /// Runs one job of a type through the service's handler, alone: on a store of its own, with all that a worker does.
    ///
    /// - Parameters:
    ///   - payload: what the handler is given, after it has been encoded and decoded.
    ///   - options: how it is run; nil takes the type's.
    /// - Returns: what the handler returned.
    /// - Throws: ``PerformFailure`` when the attempt does not complete.
    @discardableResult
    public func perform<P: JobPayload>(_ payload: P, options: JobOptions? = nil) async throws -> P.Result {
        let store = ReferenceStore()
        let service = copy(on: store)
        let key = try await service.add(payload, options: options)
        let drainer = Drainer(service)
        guard case .ran(let job, let outcome) = try await drainer.step(0), job.key == key else {
            throw PerformFailure(reason: "no worker of this service works the queue \(P.queue)", outcome: nil)
        }
        guard case .completed(let result) = outcome else {
            throw PerformFailure(reason: Self.reason(outcome), outcome: outcome)
        }
        return try service.result(result, of: P.self)
    }

    private static func reason(_ outcome: Outcome?) -> String {
        switch outcome {
        case .failed(let failure), .retry(_, let failure): failure.reason
        case .snoozed(let span): "snoozed for \(span)"
        case .rateLimited(let span): "given back, and its queue held for \(span)"
        case .cancelled: Failure.cancelledReason
        case .waitingForChildren: "waits for its children"
        case .completed, .released, nil: "not completed"
        }
    }

    private func drain(limit: Int, _ advance: (Duration?) -> Bool) async throws -> DrainReport {
        let drainer = Drainer(self)
        try await drainer.begin()
        var report = DrainReport()
        var number = 0
        while true {
            number += 1
            switch try await drainer.step(number) {
            case .ran(let job, let outcome):
                report.runs.append(DrainReport.Run(job: job, outcome: outcome))
                if report.runs.count >= limit { throw DrainLimit(limit: limit) }
            case .idle(let wait):
                if !advance(wait) {
                    report.nextDueIn = wait
                    return report
                }
            }
        }
    }
}

/// A drain did not come to an end.
public struct DrainLimit: Error, CustomStringConvertible {
    /// How many attempts had been run.
    public var limit: Int
    /// What happened and what to do.
    public var description: String {
        "\(limit) attempts were run and jobs were left: do they add each other without end? If not, give a larger limit"
    }
}

/// A job did not complete in `JobService.perform(_:options:)`.
public struct PerformFailure: Error, CustomStringConvertible {
    /// Why.
    public var reason: String
    /// How the attempt ended; nil when it was not run.
    public var outcome: Outcome?
    /// Why.
    public var description: String { reason }
}
