/// What the engine's metrics mean, for backends that show it.
public enum DroverMetrics {
    /// A sentence for each metric, by its name.
    public static let helps = [
        "drover_jobs_total": "Attempts at jobs that ended, by queue and outcome.",
        "drover_job_duration_seconds": "How long attempts at jobs took, by queue.",
        "drover_jobs_running": "Attempts at jobs that run now in this process, by queue.",
        "drover_jobs_dead_lettered_total": "Jobs that failed for good and left a dead letter, by queue.",
        "drover_jobs_cached_total": "Jobs that completed with the result of an earlier one, by queue.",
    ]
}
