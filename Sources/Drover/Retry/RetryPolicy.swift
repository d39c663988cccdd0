import DroverCore

/// Decides whether a job whose attempt failed is tried again, and when.
struct RetryPolicy: Sendable {
    /// How many stack traces a job keeps that does not say.
    static let keptTraces = 10
    /// How many bytes of a reason are kept: a reason is one line for people.
    static let longestReason = 4096
    /// How many bytes of a stack trace are kept.
    static let longestTrace = 32_768

    /// Draws a number from 0 up to but not including 1.
    var random: @Sendable () -> Double
    /// How often a job may be tried that asks for one attempt only.
    var attempts = 1
    /// The wait of jobs that say none.
    var backoff: Backoff?
    /// The bound of jobs that have none.
    var timeout: Duration?
    /// How long jobs may be tried again that do not say it.
    var retryFor: Duration?
    /// Waits by name.
    var strategies: [String: BackoffStrategy] = [:]

    /// How often a job may be tried in all.
    func attempts(of job: JobRecord) -> Int { job.options.attempts > 1 ? job.options.attempts : max(1, attempts) }

    /// The name of the backoff that a job asks for and nobody gave this worker, which waits the backoff's base instead.
    func missingStrategy(of job: JobRecord) -> String? {
        guard case .custom(let name) = (job.options.backoff ?? backoff)?.kind, strategies[name] == nil else {
            return nil
        }
        return name
    }

    /// The longest time one attempt at a job may take.
    func timeout(of job: JobRecord) -> Duration? { job.options.timeout ?? timeout }

    private static func cut(_ text: String, to bytes: Int) -> String {
        text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self)
    }

    /// The outcome of a failed attempt.
    ///
    /// - Parameters:
    ///   - error: what the handler threw, if it threw.
    ///   - isFinal: no further attempt can mend it.
    ///   - elapsed: how long after its claim the attempt ended.
    func outcome(
        of job: JobRecord, reason: String, trace: String? = nil, error: (any Error)? = nil, isFinal: Bool,
        elapsed: Duration = .zero
    ) -> Outcome {
        let isLast = isFinal || job.attemptsMade + 1 >= attempts(of: job)
        let wait = isLast ? nil : wait(FailedAttempt(job: job, reason: reason, error: error), elapsed)
        let isExhausted = wait == nil && !(isFinal && job.attemptsMade + 1 < attempts(of: job))
        let failure = Failure(
            reason: Self.cut(reason, to: Self.longestReason), trace: trace.map { Self.cut($0, to: Self.longestTrace) },
            keepTraces: job.options.stackTraceLimit ?? Self.keptTraces, isExhausted: isExhausted)
        guard let wait else { return .failed(failure) }
        return .retry(after: wait, failure)
    }

    /// The wait before the next attempt, or nil when there is to be none.
    private func wait(_ attempt: FailedAttempt, _ elapsed: Duration) -> Duration? {
        let job = attempt.job
        var wait = Duration.zero
        if let backoff = job.options.backoff ?? backoff {
            if case .custom(let name) = backoff.kind, let strategy = strategies[name] {
                guard let chosen = strategy(attempt) else { return nil }
                wait = min(max(chosen, .zero), NewJob.longestDelay)
            } else {
                wait = backoff.wait(afterAttempt: attempt.number, random: random())
            }
        }
        guard let bound = job.options.retryFor ?? retryFor, let claimed = job.processedAt else { return wait }
        // The store's time: that of the claim, and what has passed since.
        return claimed + elapsed + wait > job.createdAt + bound ? nil : wait
    }
}
