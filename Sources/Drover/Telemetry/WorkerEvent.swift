import Logging

/// What happens to jobs and queues in a worker, as the value of `event` in its log. The words do not change.
package enum WorkerEvent: String, CaseIterable, Sendable {
    /// An attempt begins.
    case jobStarted = "job_started"
    /// It has a result.
    case jobCompleted = "job_completed"
    /// It failed, and the job with it.
    case jobFailed = "job_failed"
    /// It failed, and the job is tried again.
    case jobRetrying = "job_retrying"
    /// It took the result of an earlier job, and its handler did not run.
    case jobCached = "job_cached"
    /// It left a letter in a dead-letter queue.
    case jobDeadLettered = "job_dead_lettered"
    /// Its handler put the job off.
    case jobSnoozed = "job_snoozed"
    /// It waits for its children, and then runs again.
    case jobWaiting = "job_waiting_for_children"
    /// Somebody cancelled the job.
    case jobCancelled = "job_cancelled"
    /// The job was given back, as at a shutdown.
    case jobReleased = "job_released"
    /// It held its queue, and was given back.
    case jobRateLimited = "job_rate_limited"
    /// Its lease is gone: another worker may run the job.
    case jobLeaseLost = "job_lease_lost"
    /// The queue hands out nothing, because it is paused.
    case queuePaused = "queue_paused"
    /// It does again.
    case queueResumed = "queue_resumed"

    /// The value in the log.
    var value: Logger.MetadataValue { .string(rawValue) }
}
