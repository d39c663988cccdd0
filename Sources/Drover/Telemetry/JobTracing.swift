import DroverCore
import Tracing

/// The spans of a service: `enqueue QUEUE` where jobs are added, `process QUEUE` around each attempt, with the names of
/// OpenTelemetry's conventions for messaging.
///
/// There is one only where the process has a tracer: without, a service asks once and nothing is paid.
struct JobTracing: Sendable {
    private let tracer: any Tracer

    /// The tracer that was chosen, else the process's; nil where there is none.
    init?(_ chosen: (any Tracer)?) {
        let tracer = chosen ?? InstrumentationSystem.tracer
        if tracer is NoOpTracer { return nil }
        self.tracer = tracer
    }

    // MARK: Enqueue

    /// Adds jobs inside a span, into which they take their traces on. The span is the producer's, whatever the jobs' number.
    func enqueue(
        _ queue: QueueName, _ jobs: [NewJob], by store: ([NewJob]) async throws -> [EnqueueResult]
    ) async throws -> [EnqueueResult] {
        let span = begin(queue, jobs)
        defer { span.end() }
        do {
            let results = try await store(carrying(jobs, span.context))
            Self.describe(span, results)
            return results
        } catch {
            Self.describe(span, error)
            throw error
        }
    }

    /// The same in a transaction of the caller's own: the span ends before that commits.
    func enqueue(
        _ queue: QueueName, _ jobs: [NewJob], in transaction: some JobTransaction
    ) throws -> [EnqueueResult] {
        let span = begin(queue, jobs)
        defer { span.end() }
        do {
            let results = try transaction.enqueue(queue, carrying(jobs, span.context))
            Self.describe(span, results)
            return results
        } catch {
            Self.describe(span, error)
            throw error
        }
    }

    private func begin(_ queue: QueueName, _ jobs: [NewJob]) -> any Span {
        let span: any Span = tracer.startSpan("enqueue \(queue)", ofKind: .producer)
        Self.describe(span, queue, operation: "enqueue", type: "send")
        if jobs.count > 1 { span.attributes[SpanName.batchCount] = jobs.count }
        if let name = jobs.first?.name, jobs.allSatisfy({ $0.name == name }) {
            span.attributes[SpanName.jobName] = name.text
        }
        return span
    }

    private static func describe(_ span: any Span, _ results: [EnqueueResult]) {
        if results.count == 1, let id = results[0].id { span.attributes[SpanName.messageID] = id.text }
        let refused = results.count { $0.id == nil }
        if refused == 0 { return }
        span.attributes[SpanName.errorType] = results.contains { $0.isQueueFull } ? "queueFull" : "refused"
        span.setStatus(SpanStatus(code: .error, message: "\(refused) of \(results.count) jobs were refused"))
    }

    private static func describe(_ span: any Span, _ error: any Error) {
        span.attributes[SpanName.errorType] = String(reflecting: type(of: error))
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error))
    }

    /// The jobs, with those below them, with a context, but those that have one, or must not.
    private func carrying(_ jobs: [NewJob], _ context: ServiceContext) -> [NewJob] {
        guard let text = TraceCarrier.text(of: context, by: tracer) else { return jobs }
        return jobs.map { Self.carrying($0, JobTelemetry(metadata: text)) }
    }

    private static func carrying(_ job: NewJob, _ context: JobTelemetry) -> NewJob {
        var job = job
        let own = job.options.telemetry
        if own?.omitContext != true, own?.metadata == nil { job.options.telemetry = context }
        return job.changingOthers { carrying($1, context) }
    }

    // MARK: Process

    /// Begins the span of an attempt, inside the trace that the job carries unless it must not.
    func begin(_ attempt: Attempt, worker: String) -> any Span {
        let job = attempt.claimed.job
        var context = ServiceContext.topLevel
        if let telemetry = job.options.telemetry, !telemetry.omitContext, let metadata = telemetry.metadata {
            TraceCarrier.extract(metadata, into: &context, by: tracer)
        }
        let span: any Span = tracer.startSpan("process \(job.key.queue)", context: context, ofKind: .consumer)
        Self.describe(span, job.key.queue, operation: "process", type: "process")
        span.attributes[SpanName.messageID] = job.key.id.text
        span.attributes[SpanName.jobName] = job.name.text
        span.attributes[SpanName.attempt] = job.attemptsMade + 1
        span.attributes[SpanName.worker] = worker
        if let correlation = job.options.correlationID { span.attributes[SpanName.conversation] = correlation }
        attempt.traceID = TraceCarrier.text(of: span.context, by: tracer).flatMap { JobTelemetry(metadata: $0).traceID }
        return span
    }

    /// Ends the span of an attempt: an attempt that failed, or lost its lease, is an error.
    static func end(_ span: any Span, _ exit: AttemptExit, _ outcome: Outcome?) {
        span.attributes[SpanName.outcome] = WorkerMetrics.label(of: outcome)
        switch outcome {
        case .completed, .snoozed, .waitingForChildren, .released, .rateLimited, .cancelled: break
        case .retry(_, let failure), .failed(let failure):
            if case .threw(let error) = exit {
                span.recordError(error)
                span.attributes[SpanName.errorType] = String(reflecting: type(of: error))
            } else {
                span.attributes[SpanName.errorType] = exit.label
            }
            span.setStatus(SpanStatus(code: .error, message: failure.reason))
        case nil:
            span.attributes[SpanName.errorType] = exit.label
            span.setStatus(SpanStatus(code: .error, message: "the lease was lost"))
        }
        span.end()
    }

    private static func describe(_ span: any Span, _ queue: QueueName, operation: String, type: String) {
        span.attributes[SpanName.system] = "drover"
        span.attributes[SpanName.destination] = queue.text
        span.attributes[SpanName.operation] = operation
        span.attributes[SpanName.operationType] = type
    }
}

/// The names of the attributes of spans. The first ones are OpenTelemetry's.
package enum SpanName {
    static let system = "messaging.system"
    static let destination = "messaging.destination.name"
    static let operation = "messaging.operation.name"
    static let operationType = "messaging.operation.type"
    static let messageID = "messaging.message.id"
    static let conversation = "messaging.message.conversation_id"
    static let batchCount = "messaging.batch.message_count"
    static let errorType = "error.type"
    static let jobName = "drover.job.name"
    static let attempt = "drover.job.attempt"
    static let outcome = "drover.job.outcome"
    static let worker = "drover.worker"

    /// All of them.
    package static let all = [
        system, destination, operation, operationType, messageID, conversation, batchCount, errorType, jobName, attempt,
        outcome, worker,
    ]
}
