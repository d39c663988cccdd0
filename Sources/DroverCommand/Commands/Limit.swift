import ArgumentParser
import DroverCore

/// `drover limit`.
struct Limit: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Bound how many jobs of a queue, or of a group, may wait, run or begin.",
        discussion: """
            Give at least one limit; others stay as they are. All hold over all workers of the queue, and a queue that does \
            not exist yet is made, which is told. drover queues shows them.

            --max-length bounds how many jobs wait, also with a priority, or are delayed. From it on no new job is taken: \
            drover add fails or waits, and programs are told. Nothing that is there is removed, and jobs that are retried, put \
            off or recovered, those of a schedule's times and those that drover move brings are always taken. The next \
            job of each schedule counts, so leave room for those. Producers of other BullMQ clients don't heed it.

            --concurrency bounds how many jobs are active at once. --rate bounds how many begin in a span of time: with \
            50/1s never more than 50 in any second; with "50/1s fixed" in seconds that follow each other, as BullMQ's \
            workers count, which heed it too. --hold lets the queue hand out nothing for a time.

            With --group the limits are those of one group of the queue, with --every-group those of all groups that have none \
            of their own: --concurrency, --rate, whose spans always follow each other, and --weight, how many turns a group \
            has where another one has one. None gives back what applies to every group. drover groups shows them.

            Examples:
              drover limit --queue mail --max-length 10000
              drover limit --queue mail --concurrency 3 --rate 50/1s
              drover limit --queue mail --hold 30s
              drover limit --queue mail --rate none
              drover limit --queue mail --every-group --concurrency 2
              drover limit --queue mail --group customer-7 --rate 10/1s --weight 5
            """)

    @OptionGroup var setting: QueueSettingOptions
    @Option(
        help: ArgumentHelp("The maximum length, or none for no bound.", valueName: "n|none"),
        transform: LengthArgument.parse)
    var maxLength: LengthArgument?
    @Option(
        help: ArgumentHelp("How many jobs may be active at once, or none for no bound.", valueName: "n|none"),
        transform: ConcurrencyArgument.parse)
    var concurrency: ConcurrencyArgument?
    @Option(
        help: ArgumentHelp(
            "How many jobs may begin in a span of time, or none for no limit.", valueName: "n/span|none"),
        transform: RateArgument.parse)
    var rate: RateArgument?
    @Option(
        help: ArgumentHelp("Hand out nothing for this long; none hands out jobs again.", valueName: "span|none"),
        transform: HoldArgument.parse)
    var hold: HoldArgument?
    @Option(help: ArgumentHelp("The group that is limited, in the place of the queue.", valueName: "name")) var group:
        String?
    @Flag(help: "Limit every group that has no such limit of its own, in the place of the queue.")
    var everyGroup = false
    @Option(
        help: ArgumentHelp("How many turns a group has where another has one, 1 to 100, or none.", valueName: "n|none"),
        transform: WeightArgument.parse)
    var weight: WeightArgument?

    private var isOfGroups: Bool { group != nil || everyGroup }

    var attempt: String { "limit a queue" }

    func validate() throws {
        if group != nil, everyGroup { throw ArgumentParser.ValidationError("give --group or --every-group, not both") }
        if isOfGroups, let problem = rate?.problemWhereFixed {
            throw ArgumentParser.ValidationError("--rate: \(problem.problem)")
        }
        if isOfGroups, maxLength != nil || hold != nil {
            throw ArgumentParser.ValidationError("--max-length and --hold are limits of a whole queue; leave them out")
        }
        if weight != nil, !isOfGroups {
            throw ArgumentParser.ValidationError("--weight is of a group; name it with --group, or say --every-group")
        }
        if maxLength == nil, concurrency == nil, rate == nil, hold == nil, weight == nil {
            throw ArgumentParser.ValidationError(
                isOfGroups
                    ? "no limit is given; name one: --concurrency, --rate or --weight"
                    : "no limit is given; name one: --max-length, --concurrency, --rate or --hold")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        if isOfGroups {
            return try await setting.apply(in: session, done: limitedWord, told: toldOfGroups, mayBeNew: true, .create)
            {
                GroupConfiguration(weight: weight, concurrency: concurrency, rate: rate).settings(of: group, in: $0)
            }
        }
        let limited = [
            maxLength?.most.map { "limited to \(Counted.text($0, "job"))" },
            concurrency?.most.map { "limited to \($0) at once" },
            rate?.limit.map { "limited to \($0.text)" },
            hold?.span.map { "held for \(DurationArgument($0))" },
        ].compactMap { $0 }
        let lifted = [
            maxLength.flatMap { $0.most == nil ? "no maximum length" : nil },
            concurrency.flatMap { $0.most == nil ? "no limit of jobs at once" : nil },
            rate.flatMap { $0.limit == nil ? "no rate" : nil }, hold.flatMap { $0.span == nil ? "no hold" : nil },
        ].compactMap { $0 }
        let told = limited + (lifted.isEmpty ? [] : ["has \(lifted.joined(separator: ", ")) now"])
        return try await setting.apply(
            in: session, done: limitedWord, told: told.joined(separator: ", "), mayBeNew: true, .create
        ) { queue in
            [
                maxLength.map { .maxLength(queue, $0.most) }, concurrency.map { .concurrency(queue, $0.most) },
                rate.map { .rateLimit(queue, $0.limit) }, hold.map { .hold(queue, $0.span) },
            ].compactMap { $0 }
        }
    }

    /// The word of the result: whether any limit is set.
    private var limitedWord: String {
        let isLimited =
            maxLength?.most != nil || concurrency?.most != nil || rate?.limit != nil || hold?.span != nil
            || weight?.weight != nil
        return isLimited ? "limited" : "unlimited"
    }

    /// What people are told of the limits of a group, or of every group.
    private var toldOfGroups: String {
        let name = group.map { "group \(Printable.text($0))" } ?? "every group"
        let limited = [
            concurrency?.most.map { "limited to \($0) at once" }, rate?.limit.map { "limited to \($0.text)" },
            weight?.weight.map { "has weight \($0)" },
        ].compactMap { $0 }
        let lifted = [
            concurrency.flatMap { $0.most == nil ? "limit of jobs at once" : nil },
            rate.flatMap { $0.limit == nil ? "rate" : nil }, weight.flatMap { $0.weight == nil ? "weight" : nil },
        ].compactMap { $0 }
        if lifted.isEmpty { return "\(name) \(limited.joined(separator: ", "))" }
        let words = lifted.map { "no \($0)\(group == nil ? "" : " of its own")" }.joined(separator: ", ")
        return "\(name) \((limited + ["has \(words) now"]).joined(separator: ", "))"
    }
}
