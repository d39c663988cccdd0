import Drover
import DroverRedis
import DroverTesting
import Logging
import RedisTesting

/// What a worker of either client is told.
struct WorkerSettings: Sendable {
    var concurrency = 1
    /// How long a lock lasts, in milliseconds.
    var lock = 30_000
    /// How often stalled jobs are looked for, in milliseconds.
    var stalledInterval = 30_000
    var maxStalled = 1
    /// How long an idle worker waits before it looks again, in seconds; nil for what each client's tests are used to.
    var idle: Int?
    /// As BullMQ's `removeOnComplete` and `removeOnFail`.
    var keepCompleted: Int?
    var keepFailed: Int?
    var name: String?
    /// Points of metrics, which Swift's store has from its URL.
    var metrics: Int?

    /// How many jobs begin in how many milliseconds, as BullMQ's `limiter`.
    var limiter: (max: Int, duration: Int)?

    /// As the Python client takes them.
    var options: JSON {
        var options: [String: JSON] = [
            "concurrency": .integer(concurrency), "lockDuration": .integer(lock),
            "stalledInterval": .integer(stalledInterval), "maxStalledCount": .integer(maxStalled),
        ]
        if let idle { options["drainDelay"] = .integer(idle) }
        if let keepCompleted { options["removeOnComplete"] = ["count": .integer(keepCompleted)] }
        if let keepFailed { options["removeOnFail"] = ["count": .integer(keepFailed)] }
        if let name { options["name"] = .string(name) }
        if let limiter {
            options["limiter"] = ["max": .integer(limiter.max), "duration": .integer(limiter.duration)]
        }
        if let metrics { options["metrics"] = ["maxDataPoints": .integer(metrics)] }
        return .object(options)
    }
}

/// A worker of Swift's that obeys jobs' data, as the Python peer's does: one step, or `{"steps": […]}`.
final class SwiftWorker: Sendable {
    private let service: JobService
    private let run: Task<Void, any Error>
    /// The payloads of the jobs that it ran, in the order in which it began them.
    let payloads: Probe<String>

    init(
        _ store: any JobStore, _ queue: QueueName, _ settings: WorkerSettings, gates: Gates,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
        let payloads = Probe<String>("payloads of jobs")
        self.payloads = payloads
        var options = WorkerOptions(
            lease: .milliseconds(settings.lock), maxStalled: settings.maxStalled,
            completedRetention: settings.keepCompleted.map(Retention.keep),
            failedRetention: settings.keepFailed.map(Retention.keep), name: settings.name)
        options.grace = .seconds(300)
        options.maintenanceInterval = .milliseconds(settings.stalledInterval)
        if let idle = settings.idle { options.idleWait = .seconds(idle) }
        options.rateLimit = settings.limiter.map { WorkerRate(max: $0.max, per: .milliseconds($0.duration)) }
        service = JobService(store: store, logger: logger)
        service.work(queue, concurrency: settings.concurrency, options: options) { handlers in
            handlers.otherwise { context in
                payloads.signal(context.payload.text)
                return try JSONText(try await Self.obey(context, gates).text)
            }
        }
        run = Task { [service] in try await service.run() }
    }

    /// Ends it as one should: running jobs are waited for.
    func stop() async throws {
        service.stop()
        try await run.value
    }

    /// Ends it at once: running handlers are cancelled.
    func cut() async throws {
        run.cancel()
        try await run.value
    }

    private static func obey(_ context: JobContext, _ gates: Gates) async throws -> JSON {
        let data = try JSON(parsing: context.payload.text)
        var value = JSON.null
        for step in data["steps"].list.isEmpty ? [data] : data["steps"].list {
            value = try await obey(step, context, gates)
        }
        return value
    }

    private static func obey(_ step: JSON, _ context: JobContext, _ gates: Gates) async throws -> JSON {
        switch step["do"].string {
        case nil, "return": return step["value"]
        case "fail": throw Told(description: step["message"].string ?? "told to fail")
        case "unrecoverable": throw Unrecoverable(step["message"].string ?? "told to fail for good")
        case "progress": try await context.progress(JSONText(step["value"].text))
        case "postpone":
            // Once: what comes back is done.
            if context.job.attemptsStarted < 2 { throw Snooze(for: .milliseconds(step["ms"].integer ?? 0)) }
        case "log": try await context.log(step["row"].string ?? "")
        case "gate": try await gates.pass(step["name"].string ?? "")
        case let other: throw Told(description: "there is no step \(other ?? "")")
        }
        return .null
    }

    private struct Told: Error, CustomStringConvertible {
        let description: String
    }
}
