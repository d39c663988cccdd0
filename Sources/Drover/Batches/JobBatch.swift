public import DroverCore

/// Several jobs of one type that a handler is given at once by `Handlers.onBatch`.
///
/// Each ends by itself: by ``complete(_:_:)`` or ``fail(_:_:)``, at once, or with the handler. It is a collection of its jobs, in the
/// order in which they came.
public struct JobBatch<P: JobPayload>: RandomAccessCollection, Sendable {
    let running: RunningBatch
    /// The jobs.
    public let jobs: [BatchJob<P>]

    /// The place of the first job.
    public var startIndex: Int { jobs.startIndex }
    /// The place behind the last job.
    public var endIndex: Int { jobs.endIndex }
    /// The job at a place.
    public subscript(position: Int) -> BatchJob<P> { jobs[position] }

    /// Completes a job with its result. Without effect when it has an answer already.
    ///
    /// - Throws: an `EncodingError`; the job has no answer then.
    public func complete(_ job: BatchJob<P>, _ result: P.Result) throws {
        let text = try PayloadCoding().encode(result)
        settle(job, .success(text))
    }

    /// Completes a job that has no result.
    public func complete(_ job: BatchJob<P>) where P.Result == NoResult {
        settle(job, .success(.null))
    }

    /// Ends a job with an error, as if its own handler had thrown it: it is tried again as its options say, or what
    /// ``Unrecoverable``, ``Snooze`` and the others say happens. Without effect when it has an answer already.
    public func fail(_ job: BatchJob<P>, _ error: any Error) {
        settle(job, .failure(error))
    }

    private func settle(_ job: BatchJob<P>, _ result: Result<JSONText, any Error>) {
        job.member.answer.settle(result)
        // The others may all be such that are to stop.
        running.look()
    }
}

/// A job of a batch.
public struct BatchJob<P: JobPayload>: Sendable, Identifiable {
    let member: BatchLine.Member
    /// What was enqueued.
    public let payload: P

    /// The job's queue and id.
    public var id: JobKey { key }
    /// The job's queue and id.
    public var key: JobKey { member.context.key }
    /// The group that the job was enqueued with.
    public var group: String? { member.context.attemptState.claimed.job.options.group }
    /// What a handler of this job alone would be given: attempt, progress, log, steps.
    public var context: JobContext { member.context }
    /// Whether it is to stop: it was cancelled, took too long, lost its lease, or the worker shuts down. What is said of it then
    /// counts no more, but for a shutdown; the batch goes on for the others, and is cancelled when each is to stop.
    public var isStopped: Bool { member.context.attemptState.fate.stop != nil }
    /// Whether its end has been said.
    public var isSettled: Bool { member.answer.isSettled }
}

/// The handler of a batch returned without a result for a job that must have one.
struct MissingBatchResult: Error, CustomStringConvertible {
    var description: String { "the batch ended without a result of this job" }
}
