import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover claim`.
struct ClaimJobs: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "claim",
        abstract: "Take jobs to work them by hand, and print them as JSON, one a line, each with a token.",
        discussion: """
            The jobs are held for the time of --lease: settle them until then by drover settle, or hold them longer by \
            drover renew. A job that is neither is taken over by a worker, or by a claim that finds nothing else, and \
            counts as stalled. Payloads are opened where there are keys. One that is \
            damaged, or does not open though its key opens others, fails its job, which is told, and the next is claimed.

            The exit status is 4 when there is nothing to claim now.

            Examples:
              drover claim --queue mail --lease 5m
              token=$(drover claim --queue mail | jq -r .token) && send && drover settle "$token" completed
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Option(help: ArgumentHelp("How many jobs at most.", valueName: "n")) var limit = 1
    @Option(
        help: ArgumentHelp("How long they are held. Default: 60s.", valueName: "duration"),
        transform: DurationArgument.parse)
    var lease: DurationArgument?
    @Option(help: ArgumentHelp("The name that is kept with the jobs. Default: host and process.", valueName: "name"))
    var worker: String?
    @OptionGroup var keys: KeyOptions

    var attempt: String { "claim jobs" }

    func validate() throws {
        if !(1...1000).contains(limit) { throw ArgumentParser.ValidationError("--limit: give 1 to 1000") }
        if worker?.isEmpty == true {
            throw ArgumentParser.ValidationError("--worker: give a name, or leave it out for host and process")
        }
        if let lease, lease.duration < .milliseconds(100) {
            throw ArgumentParser.ValidationError("--lease: give at least 100ms")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let queue = try QueueName(queue)
        var settings = ServiceConfiguration(clock: session.clock, wallClock: session.wallClock)
        settings.encryption = try keys.encryption(in: session)
        let lines = try await session.withStore(store, .existing) { [settings] store in
            let service = JobService(
                store: store, configuration: settings,
                logger: StandardErrorLog.logger(level: .warning, session: session))
            // A command that dies behind this leaves jobs that stall: they are printed at once.
            return try await service.claim(
                from: queue, limit: limit, lease: lease?.duration ?? .seconds(60), worker: worker
            ).map { try Self.line($0) }
        }
        if lines.isEmpty {
            throw CommandFailure(
                .notFound, "the queue \(ValidationError.quote(queue.text)) hands out no job now",
                advice: "see drover queues")
        }
        lines.forEach(session.output.line)
        return .done
    }

    private static func line(_ held: HeldJob) throws -> String {
        let members: [(name: String, value: String)] = [
            ("token", JSONWriter.string(HoldToken(held.lease).text)),
            ("leaseToken", JSONWriter.string(held.lease.token.text)),
            ("leaseMs", String(held.lease.duration.wholeMilliseconds)),
        ]
        return JSONWriter.object(members + (try JobJSON.members(held.job)))
    }
}
