import DroverCore

/// Results that jobs take from earlier ones.
extension WorkerScope {
    /// As what the result of a job is kept; nil for not at all. One that was itself taken from an earlier job does not begin
    /// its time anew.
    func keptResult(of claimed: ClaimedJob, after outcome: Outcome) -> KeptResult? {
        guard case .completed = outcome, claimed.cachedResult == nil, let rule = claimed.job.options.resultCache else {
            return nil
        }
        return KeptResult(name: claimed.job.name, key: rule.key, lifetime: rule.lifetime)
    }

    /// Counts and logs a job that took the result of an earlier one.
    func tellCached(_ attempt: Attempt) {
        metrics.tookCached()
        log.cached(attempt)
    }
}
