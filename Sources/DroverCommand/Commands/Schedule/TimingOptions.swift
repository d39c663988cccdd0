import ArgumentParser
import Drover
import DroverCore

/// When a schedule runs, as options.
struct TimingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A cron expression of five fields, or six with the seconds first.", valueName: "expression"))
    var cron: String?
    @Option(
        help: ArgumentHelp("Run every so long instead: 500ms, 30s, 6h.", valueName: "duration"),
        transform: DurationArgument.parse)
    var every: DurationArgument?
    @Option(
        name: .customLong("tz"),
        help: ArgumentHelp("Whose clock --cron goes by, as in Europe/Berlin. Default: UTC.", valueName: "zone"))
    var zone: String?
    @Option(
        help: ArgumentHelp(
            "How far the times of --every lie from its multiples since 1970 UTC. Default: from the first run on.",
            valueName: "duration"), transform: DurationArgument.parse)
    var offset: DurationArgument?

    func validate() throws {
        if (cron == nil) == (every == nil) {
            throw ArgumentParser.ValidationError("give --cron or --every, one of them")
        }
        if every != nil && zone != nil {
            throw ArgumentParser.ValidationError("--tz: it goes with --cron; an interval has no time zone")
        }
        if cron != nil && offset != nil { throw ArgumentParser.ValidationError("--offset: it goes with --every") }
    }

    /// The times in the store's terms.
    var timing: DroverCore.Schedule.Timing {
        if let every { return .every(every.duration, offset: offset?.duration) }
        return .cron(cron ?? "", timeZone: zone ?? "UTC")
    }
}
