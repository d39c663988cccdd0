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

    /// How often a job may be tried in all.
    func attempts(of job: JobRecord) -> Int { job.options.attempts > 1 ? job.options.attempts : max(1, attempts) }

    /// The longest time one attempt at a job may take.
    func timeout(of job: JobRecord) -> Duration? { job.options.timeout ?? timeout }

    private static func cut(_ text: String, to bytes: Int) -> String {
        text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self)
    }

    /// The outcome of a failed attempt.
    ///
    /// - Parameter isFinal: no further attempt can mend it.
    func outcome(of job: JobRecord, reason: String, trace: String? = nil, isFinal: Bool) -> Outcome {
        let attempts = job.attemptsMade + 1
        let isExhausted = attempts >= self.attempts(of: job)
        let failure = Failure(
            reason: Self.cut(reason, to: Self.longestReason), trace: trace.map { Self.cut($0, to: Self.longestTrace) },
            keepTraces: job.options.stackTraceLimit ?? Self.keptTraces, isExhausted: isExhausted)
        if isFinal || isExhausted { return .failed(failure) }
        let wait = (job.options.backoff ?? backoff)?.wait(afterAttempt: attempts, random: random()) ?? .zero
        return .retry(after: wait, failure)
    }
}
