import Drover
import DroverCore

/// What a handler of the command line knows of the attempt that it runs.
struct HandledAttempt: Sendable {
    /// The job.
    var key: JobKey
    /// The kind of job.
    var name: JobName
    /// The payload, byte for byte.
    var payload: JSONText
    /// Which attempt it is, from 1.
    var attempt: Int
    /// The same in every attempt of the job, and in no other job.
    var idempotencyKey: String
    /// The job's own bound for one attempt, kept by the engine, which then cancels the handler.
    var timeout: Duration?

    /// An attempt from its parts.
    init(
        key: JobKey, name: JobName, payload: JSONText, attempt: Int = 1, idempotencyKey: String,
        timeout: Duration? = nil
    ) {
        self.key = key
        self.name = name
        self.payload = payload
        self.attempt = attempt
        self.idempotencyKey = idempotencyKey
        self.timeout = timeout
    }

    /// The attempt that the engine asks for.
    init(_ context: JobContext) {
        self.init(
            key: context.key, name: context.job.name, payload: context.payload, attempt: context.attempt,
            idempotencyKey: context.idempotencyKey, timeout: context.timeout)
    }
}

/// Runs the jobs of `drover work`, of whatever name.
protocol CommandHandler: Sendable {
    /// Runs one attempt. Cancellation of the task asks it to stop.
    func run(_ attempt: HandledAttempt) async throws -> JSONText

    /// Lets go of what the handler holds, after the last attempt.
    func close() async
}

extension CommandHandler {
    /// Nothing to let go of.
    func close() async {}
}
