import DroverCore

/// Every way in which an attempt can end.
enum AttemptExit: Sendable {
    /// The handler returned this result.
    case completed(JSONText)
    /// It did not run: an earlier job has left this result, in its stored form.
    case cached(JSONText)
    /// It returned a result of so many bytes, which is too many.
    case resultTooLarge(bytes: Int, limit: Int)
    /// It threw.
    case threw(any Error)
    /// It said that trying again is of no use.
    case unrecoverable(Unrecoverable)
    /// It put the job off.
    case snoozed(Snooze)
    /// It waits for its children.
    case waitingForChildren
    /// It held its queue.
    case rateLimited(RateLimited)
    /// The payload is not what the handler's type asks for.
    case undecodable(UndecodablePayload)
    /// The payload, or what a step of it recorded, is encrypted, and can't be opened here.
    case unreadable(UnreadableValue)
    /// The payload could not be made of its inputs.
    case unmapped(InputMapping.Problem)
    /// Nobody here runs jobs of this name.
    case noHandler
    /// The store asks that the job fail without running.
    case deferredFailure(String)
    /// It was claimed after the time that it was good for.
    case expired
    /// It took longer than the job allows.
    case timedOut
    /// Somebody cancelled the job.
    case cancelRequested
    /// The lease is gone.
    case leaseLost
    /// The worker shut down before the handler was done.
    case shutDown

    /// The exit of a handler that threw.
    init(throwing error: any Error) {
        switch error {
        case let error as Unrecoverable: self = .unrecoverable(error)
        case let error as Snooze: self = .snoozed(error)
        case let error as AllowanceSpent where error.freeIn != nil:
            self = .snoozed(Snooze(for: max(error.freeIn ?? .zero, .milliseconds(1))))
        case is WaitForChildren: self = .waitingForChildren
        case let error as RateLimited: self = .rateLimited(error)
        case let error as UndecodablePayload: self = .undecodable(error)
        // What the job itself has, not another job's result that the handler awaited.
        case let error as DroverError where error.code == .unreadable && error.cause is UnreadableValue:
            self = .unreadable(UnreadableValue(reason: error.message))
        default: self = .threw(error)
        }
    }

    /// What the handler threw, in words; nil when it returned, or did not run.
    var error: String? {
        switch self {
        case .threw(let error): "\(error)"
        case .unrecoverable(let error): error.description
        case .snoozed(let snooze): snooze.description
        case .rateLimited(let limited): limited.description
        case .undecodable(let error): error.reason
        case .unreadable(let error): error.reason
        default: nil
        }
    }

    /// How an attempt that ended in this way has really ended, when it had been asked to stop.
    ///
    /// A stop decides whatever the handler then did, except a shutdown: what a handler still answered counts, and
    /// only an error, which may be the cancellation in any disguise, gives the job back.
    func after(_ stop: StopReason?) -> AttemptExit {
        switch stop {
        case .leaseLost: return .leaseLost
        case .cancelRequested: return .cancelRequested
        case .timedOut: return .timedOut
        case .shutdown:
            if case .threw = self { return .shutDown }
            return self
        case nil: return self
        }
    }

    /// A word for it, as spans show it.
    var label: String {
        switch self {
        case .completed: "completed"
        case .cached: "cached"
        case .resultTooLarge: "result_too_large"
        case .threw: "threw"
        case .unrecoverable: "unrecoverable"
        case .snoozed: "snoozed"
        case .waitingForChildren: "waiting_for_children"
        case .rateLimited: "rate_limited"
        case .undecodable: "undecodable"
        case .unreadable: "unreadable"
        case .unmapped: "unmapped"
        case .noHandler: "no_handler"
        case .deferredFailure: "deferred_failure"
        case .expired: "expired"
        case .timedOut: "timed_out"
        case .cancelRequested: "cancelled"
        case .leaseLost: "lease_lost"
        case .shutDown: "shut_down"
        }
    }

    /// Whether a job that fails in this way is kept whatever its own rule says: somebody who has the key can retry it.
    var keepsJob: Bool { if case .unreadable = self { true } else { false } }

    /// The one outcome to settle, or nil when there is nothing left to settle.
    ///
    /// - Parameter elapsed: how long after its claim the attempt ended.
    func outcome(of job: JobRecord, by policy: RetryPolicy, after elapsed: Duration = .zero) -> Outcome? {
        switch self {
        case .completed(let result), .cached(let result):
            .completed(result)
        case .resultTooLarge(let bytes, let limit):
            policy.outcome(
                of: job, reason: "the result has \(bytes) bytes; at most \(limit) are accepted", isFinal: false,
                elapsed: elapsed)
        case .threw(let error):
            policy.outcome(
                of: job, reason: "\(error)", trace: String(reflecting: error), error: error, isFinal: false,
                elapsed: elapsed)
        case .unrecoverable(let error):
            policy.outcome(of: job, reason: error.reason, isFinal: true)
        case .snoozed(let snooze):
            .snoozed(snooze.delay)
        case .waitingForChildren:
            .waitingForChildren
        case .rateLimited(let limited):
            .rateLimited(min(limited.delay, RateLimit.longestSpan))
        case .undecodable(let error):
            policy.outcome(of: job, reason: error.reason, isFinal: true)
        case .unreadable(let error):
            policy.outcome(of: job, reason: error.reason, isFinal: false, elapsed: elapsed)
        case .unmapped(let problem):
            policy.outcome(of: job, reason: problem.reason, isFinal: true)
        case .noHandler:
            policy.outcome(of: job, reason: "\(Failure.noHandlerPrefix)\(job.name)", isFinal: false, elapsed: elapsed)
        case .deferredFailure(let reason):
            policy.outcome(of: job, reason: reason, isFinal: true)
        case .expired:
            .failed(Failure(reason: Failure.expiredReason))
        case .timedOut:
            policy.outcome(
                of: job, reason: "timed out after \(policy.timeout(of: job) ?? .zero)", isFinal: false, elapsed: elapsed
            )
        case .cancelRequested:
            .cancelled
        case .leaseLost:
            nil
        case .shutDown:
            .released
        }
    }
}
