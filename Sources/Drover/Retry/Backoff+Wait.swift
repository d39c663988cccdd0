import DroverCore

extension Backoff {
    /// The wait after the `k`-th failed attempt of a job, k from 1 (PROTOCOL 17.6).
    ///
    /// Fixed: the base. Exponential: 2^(k − 1) × the base. The bound cuts that, and the jitter j then draws from
    /// [d(1 − j), d]. A name waits as fixed. No wait is longer than `NewJob.longestDelay`, however large k is.
    ///
    /// - Parameter random: a number from 0 up to but not including 1.
    func wait(afterAttempt k: Int, random: Double) -> Duration {
        let ceiling = min(maximum ?? NewJob.longestDelay, NewJob.longestDelay).wholeMilliseconds
        var wait = max(0, base.wholeMilliseconds)
        if kind == .exponential {
            let doublings = max(0, k - 1)
            if wait > 0, doublings >= wait.leadingZeroBitCount - 1 {
                wait = ceiling  // 2^doublings × wait does not fit an Int64
            } else if wait > 0 {
                wait <<= Int64(doublings)
            }
        }
        wait = min(wait, ceiling)
        // What another program stored may lie outside.
        let jitter = min(max(jitter, 0), 1)
        if jitter > 0 {
            let whole = Double(wait)
            wait = min(wait, Int64((random * whole * jitter + whole * (1 - jitter)).rounded(.down)))
        }
        return .milliseconds(max(0, wait))
    }
}
