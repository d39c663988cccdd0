import ArgumentParser
import DroverCore

/// `drover limit`.
struct Limit: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Bound how many jobs may wait in a queue.",
        discussion: """
            The length of a queue is how many of its jobs wait, also with a priority, or are delayed. From the maximum length \
            on no new job is taken: drover add fails or waits, and programs are told. Nothing that is there is removed, and \
            jobs that are retried, put off or recovered, those of a schedule's times and those that drover move brings are \
            always taken. The next job of each schedule counts, so leave room for those. Producers of other BullMQ clients don't heed it. A queue that does not exist yet is made, which is told.

            Examples:
              drover limit --queue mail --max-length 10000
              drover limit --queue mail --max-length none
            """)

    @OptionGroup var setting: QueueSettingOptions
    @Option(
        help: ArgumentHelp("The maximum length, or none for no bound.", valueName: "n|none"),
        transform: LengthArgument.parse)
    var maxLength: LengthArgument

    var attempt: String { "limit a queue" }

    func run(in session: Session) async throws -> ExitStatus {
        let most = maxLength.most
        return try await setting.apply(
            in: session, done: most == nil ? "unlimited" : "limited",
            told: most.map { "limited to \(Counted.text($0, "job"))" }, mayBeNew: true
        ) {
            .maxLength($0, most)
        }
    }
}
