import DroverCore

/// Results that jobs take from earlier ones.
extension WorkerScope {
    /// The result of an earlier job that a claimed one completes with instead of running, in its stored form; nil for none.
    ///
    /// One that can't be opened here is none, as one sealed with a key that is lost: it would be worth nothing to who waits
    /// for it. The job runs, and what it returns is kept in its place.
    func cachedResult(of claimed: ClaimedJob) -> JSONText? {
        guard let result = claimed.cachedResult else { return nil }
        do {
            _ = try SealedResult.open(result, of: claimed.job.name, with: configuration.encryption?.keys)
            return result
        } catch {
            return nil
        }
    }

    /// As what the result of a job is kept; nil for not at all. One that was itself taken from an earlier job does not begin
    /// its time anew.
    func keptResult(of claimed: ClaimedJob, after outcome: Outcome) -> KeptResult? {
        guard case .completed = outcome, cachedResult(of: claimed) == nil, let rule = claimed.job.options.resultCache
        else {
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
