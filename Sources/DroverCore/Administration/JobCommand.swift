/// One thing to do to one job.
public indirect enum JobCommand: Hashable, Sendable {
    /// Run a finished job again: to waiting or prioritized, its result or reason cleared. `resetAttempts` sets its
    /// counts of attempts back to zero and forgets what its steps have recorded. A parent waits again for the children that failed
    /// it, and for those that are pending.
    case retry(JobKey, resetAttempts: Bool)
    /// Make a delayed job claimable now, at the back of the line.
    case promote(JobKey)
    /// Delete a job that is not active. Its children stay.
    case remove(JobKey)
    /// Stop a job: one that is not active fails with the reason `cancelled`; the holder of an active one is asked to,
    /// and if it dies or puts the job back, whoever takes the job next fails it.
    case cancel(JobKey)
    /// Give a job another priority; one that waits goes to the back of that priority, or to its front with `lifo`.
    case changePriority(JobKey, to: Int, lifo: Bool)
    /// Let a delayed job become due this long from now.
    case changeDelay(JobKey, to: Duration)
    /// Replace a job's payload. An attempt that is running keeps the old one.
    case updatePayload(JobKey, to: JSONText)
    /// Delete a job with all below it in its flow but what other jobs wait for that stay: none of them may be active.
    case removeFlow(JobKey)
    /// Delete the children that a job still waits for, with those that they wait for, but what is active or has failed.
    case removeUnprocessedChildren(JobKey)
    /// Let a job's parent wait for it no longer, and the job be nobody's child.
    case detach(JobKey)
    /// Make another job of a job, in another queue: one with its name and payload. Where there is one of that id it stays as it
    /// is. With `removesJob` the job itself goes in the same step, unless it is active; where there is one of that id already the
    /// command is refused, so that no job goes for which nothing was stored.
    case copy(JobKey, as: JobCopy, removesJob: Bool)
    /// Do something to a job only if it is in a state; in another one the answer is ``CommandResult/wrongState(_:)``. One step
    /// with what is done, so that a job found by a search is not taken for what it was.
    case when(JobState, JobCommand)

    /// The job that the command speaks of.
    public var key: JobKey {
        switch self {
        case .retry(let key, _), .promote(let key), .remove(let key), .cancel(let key), .changePriority(let key, _, _),
            .changeDelay(let key, _), .updatePayload(let key, _), .removeFlow(let key),
            .removeUnprocessedChildren(let key), .detach(let key), .copy(let key, _, _):
            key
        case .when(_, let command): command.key
        }
    }

    /// The first rule that the command breaks by itself, or nil.
    public var problem: ValidationError? {
        switch self {
        case .changePriority(_, let priority, _): JobOptions(priority: priority).problem
        case .changeDelay(_, let delay): NewJob(name: "check", start: .after(delay)).problem
        case .copy(let key, let copy, _): copy.problem(from: key.queue)
        case .retry, .promote, .remove, .cancel, .updatePayload, .removeFlow, .removeUnprocessedChildren, .detach: nil
        case .when(_, .removeFlow), .when(_, .removeUnprocessedChildren), .when(_, .detach), .when(_, .when):
            ValidationError("command", "can't be bound to a state: it is about several jobs, or bound already")
        case .when(_, let command): command.problem
        }
    }
}

/// One setting of one queue.
public enum QueueSetting: Hashable, Sendable {
    /// Hand out no more jobs. Running ones go on; the others keep their states.
    case pause(QueueName)
    /// Hand out jobs again.
    case resume(QueueName)
    /// Take no more new jobs while so many are waiting, prioritized or delayed; nil for no bound. Jobs that are there stay,
    /// and those that come back, of a schedule's times or from another store are always taken: `enqueue` answers
    /// `EnqueueResult.queueFull`, and a schedule that is run by hand is refused. The pending job of each schedule counts.
    case maxLength(QueueName, Int?)
    /// Hand out no more jobs while so many are active, over all workers; nil for no bound. A stalled job counts until it is
    /// reclaimed.
    case concurrency(QueueName, Int?)
    /// Begin no more jobs in a span of time, over all workers; nil for no limit. Jobs that are to fail unrun don't count.
    /// A limit that is the present one goes on; another one begins to count anew.
    case rateLimit(QueueName, RateLimit?)
    /// Hand out no jobs for this long from now, whatever was told before; nil to hand them out again.
    case hold(QueueName, Duration?)
    /// Let nobody hold a deduplication id any more, whoever does: the next job with it is stored. A job that was kept until
    /// the holder has finished is enqueued all the same. Answers `notFound` where nobody holds it, and begins no queue.
    case forgetDeduplication(QueueName, id: String)
    /// Keep the result that jobs of this name and key may take (`JobOptions.resultCache`) no more. Answers `notFound` where none is
    /// kept, and begins no queue.
    case forgetResult(QueueName, name: JobName, key: String)
    /// A setting of one of the queue's groups, or, without a name, of all groups that have none of their own.
    case group(QueueName, String?, GroupSetting)

    /// The queue that the setting speaks of.
    public var queue: QueueName {
        switch self {
        case .pause(let queue), .resume(let queue), .maxLength(let queue, _), .concurrency(let queue, _),
            .rateLimit(let queue, _), .hold(let queue, _), .forgetDeduplication(let queue, _),
            .forgetResult(let queue, _, _),
            .group(let queue, _, _):
            queue
        }
    }

    /// Whether a queue begins to exist by the setting.
    package var beginsQueue: Bool {
        switch self {
        case .forgetDeduplication, .forgetResult: false
        default: true
        }
    }

    /// The greatest maximum length of a queue.
    public static let greatestMaxLength = 1_000_000_000
    /// The greatest concurrency of a queue.
    public static let greatestConcurrency = 1_000_000

    /// The rule that the setting breaks by itself, or nil.
    public var problem: ValidationError? {
        switch self {
        case .maxLength(_, let most?) where most < 1 || most > Self.greatestMaxLength:
            ValidationError("maxLength", "\(most) is out of range; give 1 to 1,000,000,000 jobs, or none for no bound")
        case .forgetDeduplication(_, let id): Deduplication.problem(ofID: id)
        case .forgetResult(_, _, let key): ResultCache.problem(ofKey: key)
        case .group(_, let name, let setting): setting.problem(ofGroup: name)
        case .concurrency(_, let most?) where most < 1 || most > Self.greatestConcurrency:
            ValidationError(
                "concurrency",
                "\(most) is out of range; give 1 to 1,000,000 jobs, none for no bound, or pause the queue")
        case .rateLimit(_, let limit): limit?.problem
        case .hold(_, let span?) where span <= .zero || span > RateLimit.longestSpan:
            ValidationError("hold", "\(span) is out of range; give up to 366 days, or none to hand out jobs again")
        case .maxLength, .concurrency, .hold, .pause, .resume: nil
        }
    }
}

/// What became of one command or setting.
public enum CommandResult: Hashable, Sendable {
    /// Done.
    case done
    /// The job is active: its holder has been asked, and answers with the attempt's outcome.
    case requested
    /// No such job, or nobody holds the deduplication id, or no such result is kept.
    case notFound
    /// The job's state does not allow it.
    case wrongState(JobState)
    /// The command itself is wrong.
    case refused(ValidationError)
}
