import ArgumentParser
import DroverCore

/// How jobs are to be run, as options: of one that is added, or of all that a schedule makes.
struct RunOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "1 (first) to 2097151 (last), or 0 for none: jobs without a priority run before all that have one.",
            valueName: "n"))
    var priority = 0
    @Option(parsing: .unconditional, help: ArgumentHelp("How often it may be tried in all.", valueName: "n"))
    var attempts = 1
    @Option(
        help: ArgumentHelp(
            """
            The wait between attempts: fixed:1s, exponential:2s, or custom:NAME for a strategy of the worker's program. \
            Default: tried again at once.
            """, valueName: "rule"),
        transform: BackoffArgument.parse)
    var backoff: Backoff?
    @Option(
        help: ArgumentHelp(
            "How long after it was added it may be tried again, whatever attempts are left. Default: no bound.",
            valueName: "duration"), transform: DurationArgument.parse)
    var retryFor: DurationArgument?
    @Option(
        help: ArgumentHelp(
            """
            How long it is good for once it may first run: an attempt that would begin later is not made, and it fails \
            with the reason expired. Default: no bound.
            """, valueName: "duration"), transform: DurationArgument.parse)
    var expiresAfter: DurationArgument?
    @Option(
        help: ArgumentHelp("The longest time one attempt may take. Default: no bound.", valueName: "duration"),
        transform: DurationArgument.parse)
    var timeout: DurationArgument?
    @Option(
        name: .customLong("dead-letter"),
        help: ArgumentHelp(
            "The queue to which a letter of it goes when it fails for good; see drover dead. Default: none, or the worker's.",
            valueName: "queue"),
        transform: DeadLetterArgument.ofJob)
    var deadLetterQueue: QueueName?
    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            """
            Take the result of an earlier job of this name and key, if it is younger than the lifetime, instead of running; and \
            leave one: report:42:10m.
            """, valueName: "key:lifetime"),
        transform: ResultCacheArgument.parse)
    var cache: ResultCache?
    @Flag(help: "Put it before the jobs that already wait; without effect with a priority or a delay.") var lifo = false
    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("A word that is kept with the job and shown. Repeatable.", valueName: "word"))
    var tags: [String] = []
    @Option(help: ArgumentHelp("Whom it belongs to; kept and shown.", valueName: "name")) var tenant: String?
    @Option(help: ArgumentHelp("The group it belongs to, which takes turns with others.", valueName: "name")) var group:
        String?
    @Option(help: ArgumentHelp("Ties it to the request that caused it; shown and logged.", valueName: "id"))
    var correlationID: String?
    @Option(
        help: ArgumentHelp(
            """
            What to keep of completed jobs: all, none, a count, a duration, or count,duration. Default: 1d, which is \
            also the longest with drover work; with Redis all.
            """, valueName: "rule"),
        transform: RetentionArgument.parse)
    var keepCompleted: Retention?
    @Option(
        help: ArgumentHelp("The same for failed jobs. Default and longest: 7d, with Redis all.", valueName: "rule"),
        transform: RetentionArgument.parse)
    var keepFailed: Retention?

    func validate() throws {
        if retryFor?.duration == .zero { throw ArgumentParser.ValidationError("--retry-for: give more than 0s") }
        if expiresAfter?.duration == .zero {
            throw ArgumentParser.ValidationError("--expires-after: give more than 0s")
        }
        if timeout?.duration == .zero { throw ArgumentParser.ValidationError("--timeout: give more than 0s") }
    }

    /// The options in the store's terms.
    var options: JobOptions {
        var options = JobOptions(
            attempts: attempts, backoff: backoff, retryFor: retryFor?.duration, priority: priority, lifo: lifo,
            timeout: timeout?.duration)
        options.expiresAfter = expiresAfter?.duration
        options.deadLetterQueue = deadLetterQueue
        options.resultCache = cache
        options.completedRetention = keepCompleted
        options.failedRetention = keepFailed
        options.tags = tags
        options.tenant = tenant
        options.group = group
        options.correlationID = correlationID
        return options
    }
}
