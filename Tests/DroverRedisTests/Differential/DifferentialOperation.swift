import DroverCore

/// One step of a differential run, as a value that can be done on any pair, again and again.
///
/// Jobs are named by their ids: both sides generate the same ones. A lease is that of the last claim of its job.
enum DifferentialOperation: Sendable {
    case advance(Duration)
    case add([NewJob])
    case exchange([DifferentialSettlement], claim: Int, lease: Duration)
    case renew([String])
    case report(String, JobReport.Content)
    /// A client that is not Drover takes a job.
    case foreignFetch(lease: Duration)
    /// A client that is not Drover adds a job that waits for others, with what happens when one of those fails.
    case foreignFlow(parent: String, children: [String], policy: String?)
    /// A client that is not Drover adds a job of which there shall be one at a time.
    case foreignDeduplicated(rule: String, delay: Duration)
    case checkStalled(maxStalled: Int)
    case retry(String, resetAttempts: Bool)
    case promote(String)
    case remove(String)
    case changePriority(String, Int, lifo: Bool)
    case changeDelay(String, Duration)
    case updatePayload(String, JSONText)
    case pause
    case resume
    case drain(delayed: Bool)
    /// One step.
    case clean(JobState, olderThan: Duration, limit: Int)
    case obliterate(force: Bool)
    /// What other clients set: how many jobs may be active, and how many events are kept.
    case setConcurrency(Int?)
    case setEventsLength(Int)
}

/// An outcome, under the last lease of a job or under one that is none.
struct DifferentialSettlement: Sendable {
    var job: String
    var isStale: Bool
    var outcome: Outcome
    var retention: Retention
}
