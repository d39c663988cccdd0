public import DroverCore

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
        let ring = encryption.keys
        var report = ReencryptionReport(looked: page.jobs.count, next: page.next)
        var renewed: [(job: JobRecord, command: JobCommand)] = []
        for job in page.jobs {
            if let problem = stepsProblem(of: job, ring) { report.problems.append(problem) }
            do {
                switch try look(at: job.payload, of: job.name, in: queue, ring) {
                case .plain: report.plain += 1
                case .current: report.current += 1
                case .stale(let plain, let parts):
                    let payload = try PayloadSealer.seal(plain, parts, of: job.name, with: ring)
                    try configuration.checkPayload(payload)
                    renewed.append((job, .updatePayload(job.key, to: payload)))
                    continue
                }
            } catch {
                report.problems.append(Self.problem(job.key, error))
            }
            report.count(job, besides: ring.current, withPayload: true)
        }
        if renewed.isEmpty { return report }
        for ((job, _), result) in zip(renewed, try await store.apply(renewed.map(\.command))) {
            switch result {
            case .done, .requested:
                report.changed += 1
                report.count(job, besides: ring.current, withPayload: false)
            case .refused(let problem):
                report.problems.append(.init(job: job.key, kind: .refused, reason: problem.description))
                report.count(job, besides: ring.current, withPayload: true)
            case .notFound, .wrongState: break  // it went on meanwhile
            }
        }
        return report
    }

    /// Encrypts payloads of schedules anew with the current key, one page of them, as ``reencrypt(_:in:after:limit:)`` does
    /// those of jobs. A schedule keeps its times and its count. One that is over stays as it is.
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
        let ring = encryption.keys
        var report = ReencryptionReport(looked: page.schedules.count, next: page.next)
        for record in page.schedules {
            let schedule = record.schedule
            do {
                switch try look(at: schedule.payload, of: schedule.name, in: queue, ring) {
                case .plain: report.plain += 1
                case .current: report.current += 1
                case .stale(let payload, let parts):
                    // Somebody may have changed or removed it since the page was read: that stays.
                    let present = try await self.record(of: schedule.key)
                    guard let present, present.schedule == schedule, !isOver(present) else {
                        if present != nil { report.count(schedule, besides: ring.current) }
                        continue
                    }
                    var plain = schedule
                    plain.payload = payload
                    try await keep(plain, encryption: parts)
                    report.changed += 1
                }
            } catch let error as StoreError {
                throw error
            } catch {
                let job = JobKey(queue: queue, id: schedule.key.id.job(at: record.slot))
                report.problems.append(Self.problem(job, error, schedule: schedule.key.id))
                report.count(schedule, besides: ring.current)
            }
        }
        return report
    }

    /// Whether a schedule is over: stored again it would begin anew.
    private func isOver(_ record: ScheduleRecord) -> Bool {
        record.hasEnded || record.schedule.endsAt.map { $0 < configuration.wallClock.now } ?? false
    }

    /// Says that a job needs an older key for its steps; nil when it does not.
    private func stepsProblem(of job: JobRecord, _ ring: KeyRing) -> ReencryptionReport.Problem? {
        let others = job.steps.flatMap { StoredValue($0.result).keys }.filter { $0 != ring.current }
        guard let key = others.min() else { return nil }
        return .init(
            job: job.key, kind: .steps,
            reason: "what its steps recorded is encrypted with key \"\(key)\"; keep that key until the job is removed")
    }

    /// How a stored payload stands to the current key.
    private enum Standing {
        /// Nothing of it is encrypted, nor is to be.
        case plain
        /// All that is to be encrypted is, with the current key alone.
        case current
        /// It is to be encrypted anew: what it is in plain, and what of it is to be encrypted.
        case stale(JSONText, EncryptedParts)
    }

    private func look(
        at payload: JSONText, of name: JobName, in queue: QueueName, _ ring: KeyRing
    ) throws(UnreadableValue) -> Standing {
        let opened = try PayloadSealer.open(payload, of: name, with: ring)
        let parts = wanted(of: name, in: queue, opened)
        if parts.isNothing { return .plain }
        if PayloadSealer.isSealed(payload, parts, with: ring.current) { return .current }
        return .stale(opened?.payload ?? payload, parts)
    }

    private static func problem(
        _ job: JobKey, _ error: any Error, schedule: ScheduleID? = nil
    ) -> ReencryptionReport.Problem {
        .init(
            job: job, schedule: schedule, kind: error is UnreadableValue ? .unreadable : .refused,
            reason: reason(error))
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
