public import DroverCore

/// How a job that is held by hand can end. Every call throws ``DroverError`` with the code `leaseLost` when the job is no longer
/// held, and `refused` when it has been settled before; or `StoreError`, after which the same call may be made again.
extension HeldJob {
    /// Completes the job, without a result.
    ///
    /// - Throws: as said of all calls that settle.
    public func complete() async throws { try await complete(JSONText.null) }

    /// Completes the job with a result.
    ///
    /// - Throws: an `EncodingError`; ``DroverError`` with the code `refused` for a result that is too long; or as said of all
    ///   calls that settle.
    public func complete(_ result: some Encodable) async throws {
        // Equal results are equal texts, so that a call that is made again says the same.
        try await complete(try PayloadCoding(isStable: true).encode(result))
    }

    /// Completes the job with a result in JSON, which is encrypted where results are.
    ///
    /// - Throws: as ``complete(_:)-(Encodable)``, and ``DroverError`` with the code `unreadable` for a result other than `null`
    ///   where the payload is encrypted and there are no keys here: the result would lie open.
    public func complete(_ result: JSONText) async throws {
        if result != .null, scope.configuration.encryption == nil, opened?.parts.isNothing == false {
            throw DroverError(
                .unreadable,
                "the result of \(key) was not stored: its payload is encrypted, and there is no key here to encrypt the "
                    + "result with; give the keys, or complete it without a result")
        }
        try await settle(.completed(result)) {
            let result = try scope.stored(result: result, of: attemptState.claimed.job.name, opened)
            let bytes = result.text.utf8.count
            let limit = scope.configuration.maxResultBytes
            if bytes > limit {
                throw DroverError(.refused, "the result of \(key) has \(bytes) bytes; at most \(limit) are accepted")
            }
            return (.completed(result), keepsJob: false)
        }
    }

    /// Ends the attempt with an error as that of a handler: what it means is said by the job's own options, or by the error
    /// itself (``Unrecoverable``, ``Snooze``, ``RateLimited``, ``WaitForChildren``).
    ///
    /// - Throws: as said of all calls that settle.
    public func fail(_ error: any Error) async throws {
        let exit = AttemptExit(throwing: error)
        try await settle(.threw(String(reflecting: error))) {
            let outcome = exit.outcome(of: attemptState.claimed.job, by: scope.policy, after: elapsed)
            return (outcome ?? .released, exit.keepsJob)
        }
    }

    /// Ends the attempt as failed. The job is tried again as its options say, while attempts are left.
    ///
    /// - Parameters:
    ///   - reason: one line for people, kept with the job.
    ///   - isFinal: fails the job whatever attempts are left.
    /// - Throws: as said of all calls that settle.
    public func fail(_ reason: String, isFinal: Bool = false) async throws {
        try await settle(.failed(reason, isFinal: isFinal)) {
            let job = attemptState.claimed.job
            return (scope.policy.outcome(of: job, reason: reason, isFinal: isFinal, elapsed: elapsed), keepsJob: false)
        }
    }

    /// Ends the attempt as failed, and has the job tried again after a wait, whatever its options say. The attempt counts.
    ///
    /// - Parameters:
    ///   - wait: zero puts it at the back of the line.
    ///   - reason: one line for people, kept with the job.
    /// - Throws: ``DroverError`` with the code `refused` for a wait out of range; or as said of all calls that settle.
    public func retry(after wait: Duration = .zero, reason: String = "retried by hand") async throws {
        try checkWait(wait)
        try await settle(.retry(after: wait, reason: reason)) {
            let limit = attemptState.claimed.job.options.stackTraceLimit ?? RetryPolicy.keptTraces
            return (.retry(after: wait, Failure(reason: reason, keepTraces: limit)), keepsJob: false)
        }
    }

    /// Has the job run again after a wait. The attempt does not count.
    ///
    /// - Throws: as ``retry(after:reason:)``.
    public func snooze(for wait: Duration) async throws {
        try checkWait(wait)
        try await settle(.snoozed(wait)) { (.snoozed(wait), keepsJob: false) }
    }

    /// Gives the job back to the front of the line. The attempt does not count.
    ///
    /// - Throws: as said of all calls that settle.
    public func release() async throws { try await settle(.released) { (.released, keepsJob: false) } }

    /// Ends the job as cancelled, which is what a request to cancel asks for (``isCancelRequested``).
    ///
    /// - Throws: as said of all calls that settle.
    public func cancel() async throws { try await settle(.cancelled) { (.cancelled, keepsJob: false) } }

    private func checkWait(_ wait: Duration) throws(DroverError) {
        if wait < .zero || wait > NewJob.longestDelay {
            throw DroverError(.refused, "the wait of \(wait) is out of range; give 0 to 100 years")
        }
    }
}
