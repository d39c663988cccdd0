import DroverCore

extension WorkerScope {
    /// What is settled of an attempt that ends with this outcome.
    ///
    /// - Parameter keepsJob: whether the job is kept whatever its own rule says.
    func settlement(of claimed: ClaimedJob, _ outcome: Outcome, keepsJob: Bool = false) -> Settlement {
        var settlement = Settlement(
            lease: claimed.lease, outcome: outcome,
            retention: keepsJob ? .keepAll : retention(of: claimed.job, after: outcome))
        settlement.deadLetter = deadLetter(of: claimed, after: outcome)
        settlement.keptResult = keptResult(of: claimed, after: outcome)
        return settlement
    }

    /// The letter that is stored when a job ends so; nil for none.
    ///
    /// A letter has none itself, so that nothing goes round, and nor has a job that somebody cancelled.
    func deadLetter(of claimed: ClaimedJob, after outcome: Outcome) -> JobCopy? {
        guard case .failed(let failure) = outcome else { return nil }
        let job = claimed.job
        guard let target = job.options.deadLetterQueue ?? options.deadLetterQueue, target != queue,
            job.options.deadLetter == nil, job.deferredFailure != Failure.cancelledReason
        else { return nil }
        return JobCopy(
            letterOf: job, reason: failure.reason, traces: job.stacktrace + [failure.trace].compactMap(\.self),
            attempts: job.attemptsMade + 1, to: target, mark: job.markOfAttempt)
    }
}

extension JobRecord {
    /// What tells the job's last attempt from the others, also once attempts are counted anew: when it was claimed, and as which.
    var markOfAttempt: String { "\(processedAt?.milliseconds ?? 0)-\(attemptsStarted)" }
}
