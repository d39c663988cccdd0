import ArgumentParser
import Drover
import DroverCore

/// `drover schedule preview`.
struct SchedulePreview: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Print the next times of an expression or an interval, one instant in UTC a line.",
        discussion: """
            Nothing is stored, and no store is needed.

            Examples:
              drover schedule preview --cron '30 2 * * *' --tz Europe/Berlin
              drover schedule preview --every 6h --from 2026-03-01T00:00:00Z --count 3
            """)

    @OptionGroup var timing: TimingOptions
    @Option(
        help: ArgumentHelp("Times after this instant, as RFC 3339. Default: now.", valueName: "instant"),
        transform: InstantArgument.parse)
    var from: Timestamp?
    @Option(help: ArgumentHelp("How many times.", valueName: "n")) var count = 5
    @Option(help: ArgumentHelp("What H in an expression is derived from: the schedule's id.", valueName: "id"))
    var id = "preview"
    @Flag(help: "Print JSON: a list of instants.") var json = false

    var attempt: String { "find the next times" }

    func validate() throws {
        if !(1...100_000).contains(count) { throw ArgumentParser.ValidationError("--count: give 1 to 100000") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let key = ScheduleKey(queue: "preview", id: try ScheduleID(id))
        let schedule = DroverCore.Schedule(key: key, timing: timing.timing, name: "preview")
        if let problem = schedule.problem { throw problem }
        let times = try schedule.times(after: from ?? session.wallClock.now, count: count)
        if json {
            session.output.line(JSONWriter.list(times.map { JSONWriter.instant($0) }))
        } else {
            for time in times { session.output.line(InstantArgument.text(time)) }
        }
        return .done
    }
}
