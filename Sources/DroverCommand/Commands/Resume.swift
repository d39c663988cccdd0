import ArgumentParser
import DroverCore

/// `drover resume`.
struct Resume: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Hand out the jobs of a paused queue again.",
        discussion: """
            Example:
              drover resume --queue mail
            """)

    @OptionGroup var setting: QueueSettingOptions

    var attempt: String { "resume a queue" }

    func run(in session: Session) async throws -> ExitStatus {
        try await setting.apply(in: session, done: "resumed") { [.resume($0)] }
    }
}
