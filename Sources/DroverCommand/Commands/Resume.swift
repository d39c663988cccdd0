import ArgumentParser
import DroverCore

/// `drover resume`.
struct Resume: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Hand out the jobs of a paused queue, or of a paused group, again.",
        discussion: """
            The exit status is 4 for a queue that does not exist, and for a group that drover groups does not list: no job of \
            it waits or is active, and nothing is set for it.

            Examples:
              drover resume --queue mail
              drover resume --queue mail --group customer-7
            """)

    @OptionGroup var setting: QueueSettingOptions
    @Option(help: ArgumentHelp("Only this group of the queue.", valueName: "name")) var group: String?

    var attempt: String { group == nil ? "resume a queue" : "resume a group" }

    func run(in session: Session) async throws -> ExitStatus {
        try await setting.apply(
            in: session, done: "resumed", told: group.map { "group \(Printable.text($0)) resumed" }, group: group
        ) { queue in
            [group.map { .group(queue, $0, .resume) } ?? .resume(queue)]
        }
    }
}
