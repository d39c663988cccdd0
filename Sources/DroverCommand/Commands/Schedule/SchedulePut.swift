import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover schedule put`.
struct SchedulePut: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Store a schedule, or replace the one with its id.",
        discussion: """
            Prints the time of its next job. A schedule that is replaced stays paused when it is, and keeps its count of jobs.

            Examples:
              drover schedule put digest --queue mail --name digest --cron '0 6 * * MON-FRI' --tz America/Toronto
              drover schedule put sweep --queue chores --name sweep --every 30s --data '{"depth":2}'
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The schedule's id in its queue.") var id: String
    @Option(help: ArgumentHelp("The queue of its jobs.", valueName: "name")) var queue: String
    @Option(help: ArgumentHelp("The name of its jobs, which selects their handler.", valueName: "jobname"))
    var name: String
    @OptionGroup var timing: TimingOptions
    @OptionGroup var payload: PayloadOptions
    @OptionGroup var encrypt: EncryptOptions
    @Option(
        help: ArgumentHelp("No job before this, as RFC 3339.", valueName: "instant"), transform: InstantArgument.parse)
    var from: Timestamp?
    @Option(
        help: ArgumentHelp("No job after this, as RFC 3339.", valueName: "instant"), transform: InstantArgument.parse)
    var until: Timestamp?
    @Option(help: ArgumentHelp("How many jobs it makes in all. Default: no bound.", valueName: "n")) var limit: Int?
    @Option(
        help: ArgumentHelp("Jobs become due up to this long after their time. Default: 0s.", valueName: "duration"),
        transform: DurationArgument.parse)
    var jitter: DurationArgument?
    @Option(
        help: ArgumentHelp(
            "What becomes of times that passed while nobody worked: skip, latest, or how many of the last ones to run.",
            valueName: "rule"), transform: CatchUpArgument.parse)
    var catchUp: DroverCore.Schedule.CatchUp = .skip
    @Flag(help: "Choose the next time when a job has ended, so that no two run at once.") var noOverlap = false
    @OptionGroup var run: RunOptions
    @Flag(help: "Print JSON: an object with id, queue and next.") var json = false

    var attempt: String { "store a schedule" }

    func run(in session: Session) async throws -> ExitStatus {
        let key = ScheduleKey(queue: try QueueName(queue), id: try ScheduleID(id))
        var schedule = DroverCore.Schedule(
            key: key, timing: timing.timing, name: try JobName(name), payload: try payload.payload(in: session),
            options: run.options)
        schedule.startsAt = from
        schedule.endsAt = until
        schedule.limit = limit
        schedule.jitter = jitter?.duration ?? .zero
        schedule.catchUp = catchUp
        schedule.overlap = noOverlap ? .forbid : .allow
        // Before the store is opened: wrong input must not make a file.
        _ = try schedule.times(after: Timestamp(milliseconds: 0), count: 1)
        if let problem = schedule.problem { throw problem }
        var settings = ServiceConfiguration(clock: session.clock, wallClock: session.wallClock)
        settings.encryption = try encrypt.keys.encryption(in: session)
        let parts = try encrypt.parts()
        let slot = try await session.withStore(store, .create) { [schedule, settings] store in
            try await JobService(
                store: store, configuration: settings,
                logger: StandardErrorLog.logger(level: .warning, session: session)
            ).put(schedule, encryption: parts)
        }
        if json {
            session.output.line(
                JSONWriter.object([
                    ("id", JSONWriter.string(key.id.text)), ("queue", JSONWriter.string(key.queue.text)),
                    ("next", JSONWriter.instant(slot)),
                ]))
        } else {
            session.output.line(slot.map(InstantArgument.text) ?? "\(key.id) is paused")
        }
        return .done
    }
}
