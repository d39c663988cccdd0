import DroverCore
import Metrics

/// The metrics of one worker. The handles are made once: making one costs a lookup in the metrics system.
///
/// - `drover_jobs_total{queue,outcome}`: attempts that ended.
/// - `drover_job_duration_seconds{queue}`: how long they took.
/// - `drover_jobs_running{queue}`: how many run now.
/// - `drover_jobs_cached_total{queue}`: jobs that completed with the result of an earlier one.
/// - `drover_jobs_dead_lettered_total{queue}`: jobs that failed for good and left a dead letter.
struct WorkerMetrics: Sendable {
    private let completed, failed, retried, snoozed, waiting, cancelled, released, rateLimited, lost: Counter
    private let letters, cached: Counter
    private let duration: Metrics.Timer
    private let running: Gauge

    init(queue: QueueName) {
        func counter(_ outcome: String) -> Counter {
            Counter(label: "drover_jobs_total", dimensions: [("queue", queue.text), ("outcome", outcome)])
        }
        completed = counter("completed")
        failed = counter("failed")
        retried = counter("retry")
        snoozed = counter("snoozed")
        waiting = counter("waiting_for_children")
        cancelled = counter("cancelled")
        released = counter("released")
        rateLimited = counter("rate_limited")
        lost = counter("lost")
        cached = Counter(label: "drover_jobs_cached_total", dimensions: [("queue", queue.text)])
        letters = Counter(label: "drover_jobs_dead_lettered_total", dimensions: [("queue", queue.text)])
        duration = Metrics.Timer(label: "drover_job_duration_seconds", dimensions: [("queue", queue.text)])
        running = Gauge(label: "drover_jobs_running", dimensions: [("queue", queue.text)])
    }

    /// An attempt ended; nil for one that lost its lease.
    func ended(_ outcome: Outcome?, after span: Duration) {
        switch outcome {
        case .completed: completed.increment()
        case .failed: failed.increment()
        case .retry: retried.increment()
        case .snoozed: snoozed.increment()
        case .waitingForChildren: waiting.increment()
        case .cancelled: cancelled.increment()
        case .released: released.increment()
        case .rateLimited: rateLimited.increment()
        case nil: lost.increment()
        }
        let (seconds, attoseconds) = span.components
        duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// A job completed with the result of an earlier one.
    func tookCached() { cached.increment() }

    /// A job that failed for good leaves a dead letter.
    func deadLettered() { letters.increment() }

    /// So many attempts run now.
    func running(_ count: Int) { running.record(count) }

    /// The value of the label `outcome`, in metrics and in logs.
    static func label(of outcome: Outcome?) -> String {
        switch outcome {
        case .completed: "completed"
        case .failed: "failed"
        case .retry: "retry"
        case .snoozed: "snoozed"
        case .waitingForChildren: "waiting_for_children"
        case .cancelled: "cancelled"
        case .released: "released"
        case .rateLimited: "rate_limited"
        case nil: "lost"
        }
    }
}
