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
    @Option(
        help: ArgumentHelp(
            """
            Don't store it while another job holds this deduplication id: until that one has finished or, with a time, so \
            long. What lies behind the last colon is the time if it reads as one: user:42 is an id, user:42:10m one for \
            10 minutes. A colon at the end says that there is none.
            """, valueName: "id[:ttl]"), transform: DeduplicationArgument.parse)
    var dedup: DeduplicationArgument?
    @Option(
        help: ArgumentHelp(
            """
            How jobs of that id meet: simple; throttle (with a time); extend (the time begins again with each); debounce \
            (the last one runs, when none was added for the time); keep-last (the last one that is added while the holder \
            runs follows it). Default: throttle with a time, else simple.
            """, valueName: "mode"))
    var dedupMode: DeduplicationArgument.Mode?
    @OptionGroup var run: RunOptions

    func validate() throws {
        if delay != nil && runAt != nil {
            throw ArgumentParser.ValidationError("--delay and --run-at: give one of them")
        }
        if dedup == nil && dedupMode != nil {
            throw ArgumentParser.ValidationError("--dedup-mode: give an id by --dedup")
        }
        _ = try dedup?.rule(dedupMode)
    }

    /// When the job may run: one that is debounced after the time, if nothing else is said.
    var start: NewJob.Start {
        if let delay { return .after(delay.duration) }
        if let runAt { return .at(runAt) }
        if dedupMode == .debounce, let wait = dedup?.ttl { return .after(wait) }
        return .now
    }

    /// How it is to be run, in the store's terms.
    ///
    /// - Throws: `ValidationError` when the mode and the time of the deduplication don't fit.
    func options() throws -> JobOptions {
        var options = run.options
        options.deduplication = try dedup?.rule(dedupMode)
        return options
    }
}
