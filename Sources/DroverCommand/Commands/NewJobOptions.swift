import ArgumentParser
import DroverCore

/// When a new job runs, and how, as options.
struct NewJobOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Run it after a while.", valueName: "duration"),
        transform: DurationArgument.parse)
    var delay: DurationArgument?
    @Option(
        help: ArgumentHelp("Run it at an instant, as RFC 3339.", valueName: "instant"),
        transform: InstantArgument.parse)
    var runAt: Timestamp?
    @Option(help: ArgumentHelp("An id of your own; adding it again changes nothing.", valueName: "id")) var id: String?
    @OptionGroup var run: RunOptions

    func validate() throws {
        if delay != nil && runAt != nil {
            throw ArgumentParser.ValidationError("--delay and --run-at: give one of them")
        }
    }

    /// When the job may run.
    var start: NewJob.Start {
        if let delay { return .after(delay.duration) }
        return runAt.map { .at($0) } ?? .now
    }

    /// How it is to be run, in the store's terms.
    var options: JobOptions { run.options }
}
