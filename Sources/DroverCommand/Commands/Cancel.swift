import ArgumentParser
import DroverCore

/// `drover cancel`.
struct Cancel: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stop jobs: waiting ones fail at once, active ones are asked to stop.",
        discussion: """
            A cancelled job is failed with the reason "cancelled" and is not tried again. On Redis an active job that a \
            worker of another BullMQ client holds is refused: that worker can't be asked.

            Example:
              drover cancel --queue mail 17
            """)

    @OptionGroup var jobs: JobSelection

    var attempt: String { "cancel jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "cancelled") { .cancel($0) }
    }
}
