import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover work`.
struct Work: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Run the jobs of one or more queues until it is stopped.",
        discussion: """
            Handlers, which run jobs of every name:
              noop            complete with null
              echo            complete with the payload
              fail[:MESSAGE]  fail
              sleep:DURATION  complete with null after a while
              exec:COMMAND    hand the job to a program
              http:URL        post the job to a URL

            exec: COMMAND is split into words at blanks; quotes and backslashes keep blanks. It is not a shell: $, ;, | \
            and > mean nothing. The program gets the payload on standard input, and DROVER_JOB_ID, DROVER_QUEUE, \
            DROVER_JOB_NAME, DROVER_ATTEMPT and DROVER_IDEMPOTENCY_KEY in its environment. Its last line is the result, \
            as JSON if it is JSON, else as a string. An exit code other than 0 fails the attempt. The program \
            runs in a process group of its own. When the job is cancelled or takes too long, or the program ends and \
            leaves others running, the group gets SIGTERM, and SIGKILL 3 s later; what is left when the worker ends gets \
            SIGKILL. A program that leaves the group, as setsid does, goes on, and so do the programs of a worker that \
            was itself killed by SIGKILL.

            http: a request takes at most 60 s unless the job has a timeout. It carries webhook-id, webhook-timestamp \
            and, when DROVER_HTTP_SECRET is set, webhook-signature as the Standard Webhooks specification says, and \
            drover-queue, drover-job-name and drover-attempt. 2xx completes the job with the body as its result; 408, \
            425, 429, 3xx, 5xx, connection trouble and a 2xx body over 1 MiB fail the attempt; other answers fail the job \
            for good.

            Encrypted payloads reach handlers as they were added, where the worker has their keys; a result of such a job is \
            encrypted too.

            SIGTERM or SIGINT lets running jobs finish within the grace; a second one gives them back at once.

            Examples:
              drover work --queue mail:5 --handler exec:./send-mail
              drover work --queue hooks:20 --handler http:https://example.com/jobs
            """)

    @OptionGroup var store: StoreOptions
    @Option(
        name: .customLong("queue"),
        help: ArgumentHelp(
            "A queue to work and how many of its jobs run at once, 1 to 10000. Default: 1. Repeatable.",
            valueName: "name[:concurrency]"))
    var queues: [String]
    @Option(help: ArgumentHelp("What runs the jobs, as above.", valueName: "spec")) var handler: String
    @Option(
        help: ArgumentHelp("How long a job stays with a worker that has died. Default: 30s.", valueName: "duration"),
        transform: DurationArgument.parse)
    var lease = DurationArgument(.seconds(30))
    @Option(
        help: ArgumentHelp("How long running jobs may go on after a stop. Default: 30s.", valueName: "duration"),
        transform: DurationArgument.parse)
    var grace = DurationArgument(.seconds(30))
    @Option(help: ArgumentHelp("How often a job's worker may die before the job fails.", valueName: "n"))
    var maxStalled = 1
    @Option(
        help: ArgumentHelp(
            "Stop after so many attempts at jobs of each queue; a job tried twice counts twice. Default: no limit.",
            valueName: "n"))
    var limit: Int?
    @OptionGroup var keys: KeyOptions
    @OptionGroup var log: LogOptions

    var attempt: String { "work \(queues.count == 1 ? "a queue" : "queues")" }

    func validate() throws {
        if lease.duration < .milliseconds(100) { throw ArgumentParser.ValidationError("--lease: give at least 100ms") }
        if maxStalled < 0 { throw ArgumentParser.ValidationError("--max-stalled: give 0 or more") }
        if let limit, limit < 1 { throw ArgumentParser.ValidationError("--limit: give at least 1") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let spec = try HandlerSpec(parsing: handler)
        let queues = try queues.map { text throws(ValidationError) in try QueueArgument(parsing: text) }
        if Set(queues.map(\.name)).count < queues.count {
            throw CommandFailure.usage("a queue is named twice", advice: "name it once, with its concurrency")
        }
        let location = try store.location(in: session.environment)
        let logger = StandardErrorLog.logger(level: log.level, session: session)
        let handler = try spec.handler(in: session, logger: logger)
        var settings = ServiceConfiguration(clock: session.clock)
        // Opens what is encrypted; the results of such jobs are encrypted too.
        settings.encryption = try keys.ring(in: session).map { PayloadEncryption($0, standard: .nothing) }
        // Before the store is opened: a stop that comes early is kept for the worker.
        let stops = session.stopRequests()
        do {
            let status = try await session.withStore(store, .create, logger: logger) { [settings] store in
                let service = JobService(store: store, configuration: settings, logger: logger)
                for queue in queues {
                    service.work(queue.name, concurrency: queue.concurrency, options: options) { handlers in
                        handlers.otherwise { try await handler.run(HandledAttempt($0)) }
                    }
                }
                logger.info(
                    "working",
                    metadata: [
                        "queues": .string(queues.map(\.name.text).joined(separator: ",")),
                        "store": .string(location.description), "handler": .string(spec.summary),
                    ])
                return try await run(service, until: stops, logger: logger)
            }
            await handler.close()
            return status
        } catch {
            await handler.close()
            throw error
        }
    }

    private var options: WorkerOptions {
        WorkerOptions(lease: lease.duration, grace: grace.duration, maxStalled: maxStalled, limit: limit)
    }

    /// Runs the service until it ends by itself or is asked to: gently once, at once the second time.
    private func run(
        _ service: JobService, until stops: AsyncStream<Void>, logger: Logger
    ) async throws -> ExitStatus {
        enum Ending { case service, secondStop, noMoreStops }
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask {
                try await service.run()
                return .service
            }
            group.addTask {
                var count = 0
                for await _ in stops {
                    count += 1
                    if count > 1 { return .secondStop }
                    logger.info("stopping: running jobs may finish; stop again to give them back at once")
                    service.stop()
                }
                return .noMoreStops
            }
            while let ending = try await group.next() {
                switch ending {
                case .noMoreStops: continue
                case .service:
                    group.cancelAll()
                    return .done
                case .secondStop:
                    group.cancelAll()
                    return .failed
                }
            }
            return .done
        }
    }
}
