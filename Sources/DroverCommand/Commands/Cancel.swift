import ArgumentParser
import Drover
import DroverCore

/// `drover cancel`.
struct Cancel: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stop jobs: waiting ones fail at once, active ones are asked to stop.",
        discussion: """
            A cancelled job is failed with the reason "cancelled" and is not tried again. On Redis an active job that a \
            worker of another BullMQ client holds is refused: that worker can't be asked.

            Examples:
              drover cancel --queue mail 17
              drover cancel --queue mail --where 'tenant = acme and state != active' --dry-run
            """)

    @OptionGroup var jobs: JobSelection

    var attempt: String { "cancel jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "cancelled", .cancel)
    }
}
