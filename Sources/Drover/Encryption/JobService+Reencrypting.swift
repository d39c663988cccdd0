public import DroverCore

/// What one step of ``JobService/reencrypt(_:in:after:limit:)`` did.
public struct ReencryptionReport: Hashable, Sendable {
    /// A job that was left as it is.
    public struct Problem: Hashable, Sendable {
        /// The job.
        public var job: JobKey
        /// Why; it names keys, and no payload.
        public var reason: String
    }

    /// How many jobs were looked at.
    public var looked = 0
    /// How many have a new stored payload.
    public var changed = 0
    /// The jobs that could not be changed.
    public var problems: [Problem] = []
    /// Where the next step begins; nil when there is none.
    public var next: PageCursor?
}

extension JobService {
    /// Encrypts payloads of jobs anew with the current key, one page of them: those of an older key, and those that are
    /// plain where they should not be. When none is left the older key can go.
    ///
    /// ```swift
    /// var cursor: PageCursor?
    /// repeat {
    ///     let step = try await jobs.reencrypt("orders", in: .delayed, after: cursor)
    ///     cursor = step.next
    /// } while cursor != nil
    /// ```
    ///
    /// What steps have recorded stays as it is: a job of which some is encrypted with an older key is a problem of the report until
    /// it is removed, and the key must stay that long: a retry by hand needs what they recorded.
    ///
    /// Jobs that are claimed meanwhile move out of the pages: go over a queue that is worked until a round changes nothing. A
    /// handler that replaces its job's payload at the same moment may lose that change; where handlers do, pause the queue.
    ///
    /// - Parameters:
    ///   - queue: whose jobs.
    ///   - state: in which state.
    ///   - cursor: what the step before returned; nil for the first.
    ///   - limit: how many jobs to look at, 1 to 1,000.
    /// - Throws: ``DroverError`` with the code `refused` when the service has no keys; `StoreError`, after which any of the
    ///   jobs may have been changed.
    public func reencrypt(
        _ queue: QueueName, in state: JobState, after cursor: PageCursor? = nil, limit: Int = 100
    ) async throws -> ReencryptionReport {
        guard let encryption = configuration.encryption else {
            throw DroverError(.refused, "the payloads of \(queue) can't be encrypted: the service has no keys")
        }
        let page = try await store.jobs(
            matching: JobQuery(queue: queue, state: state), page: Page(limit: limit, after: cursor))
        var report = ReencryptionReport(looked: page.jobs.count, next: page.next)
        var commands: [JobCommand] = []
        for job in page.jobs {
            if let problem = stepsProblem(of: job, encryption.keys) { report.problems.append(problem) }
            do {
                guard let payload = try renewed(job, encryption.keys) else { continue }
                try configuration.checkPayload(payload)
                commands.append(.updatePayload(job.key, to: payload))
            } catch {
                report.problems.append(.init(job: job.key, reason: Self.reason(error)))
            }
        }
        if commands.isEmpty { return report }
        for (command, result) in zip(commands, try await store.apply(commands)) {
            switch result {
            case .done, .requested: report.changed += 1
            case .refused(let problem): report.problems.append(.init(job: command.key, reason: problem.description))
            case .notFound, .wrongState: break  // it went on meanwhile
            }
        }
        return report
    }

    /// Encrypts payloads of schedules anew with the current key, one page of them, as ``reencrypt(_:in:after:limit:)`` does
    /// those of jobs. A schedule keeps its times and its count.
    ///
    /// - Throws: as ``reencrypt(_:in:after:limit:)``.
    public func reencryptSchedules(
        of queue: QueueName, after cursor: PageCursor? = nil, limit: Int = 100
    ) async throws -> ReencryptionReport {
        guard let encryption = configuration.encryption else {
            throw DroverError(.refused, "the schedules of \(queue) can't be encrypted: the service has no keys")
        }
        let page = try await store.schedules(
            ScheduleQuery(queue: queue), page: Page(limit: limit, after: cursor))
        var report = ReencryptionReport(looked: page.schedules.count, next: page.next)
        for record in page.schedules where !record.hasEnded {
            do {
                let schedule = record.schedule
                let opened = try PayloadSealer.open(schedule.payload, of: schedule.name, with: encryption.keys)
                let parts = wanted(of: schedule.name, in: queue, opened)
                if parts.isNothing || PayloadSealer.isSealed(schedule.payload, parts, with: encryption.keys.current) {
                    continue
                }
                var plain = schedule
                plain.payload = opened?.payload ?? schedule.payload
                try await keep(plain, encryption: parts)
                report.changed += 1
            } catch let error as StoreError {
                throw error
            } catch {
                let job = JobKey(queue: queue, id: record.schedule.key.id.job(at: record.slot))
                report.problems.append(.init(job: job, reason: Self.reason(error)))
            }
        }
        return report
    }

    /// Says that a job needs an older key for its steps; nil when it does not.
    private func stepsProblem(of job: JobRecord, _ ring: KeyRing) -> ReencryptionReport.Problem? {
        let others = job.steps.flatMap { StoredValue($0.result).keys }.filter { $0 != ring.current }
        guard let key = others.min() else { return nil }
        return .init(
            job: job.key,
            reason: "what its steps recorded is encrypted with key \"\(key)\"; keep that key until the job is removed")
    }

    /// The stored form of a job's payload by the current key; nil when it has it.
    private func renewed(_ job: JobRecord, _ ring: KeyRing) throws -> JSONText? {
        let opened = try PayloadSealer.open(job.payload, of: job.name, with: ring)
        let parts = wanted(of: job.name, in: job.key.queue, opened)
        if parts.isNothing || PayloadSealer.isSealed(job.payload, parts, with: ring.current) { return nil }
        return try PayloadSealer.seal(opened?.payload ?? job.payload, parts, of: job.name, with: ring)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as UnreadableValue: error.reason
        case let error as DroverError: error.message
        case let error as ValidationError: error.description
        default: "it can't be encrypted (\(type(of: error)))"
        }
    }
}
