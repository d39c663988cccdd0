import ArgumentParser
import DroverCore

/// `drover promote`.
struct Promote: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let delayed jobs run now.",
        discussion: """
            Example:
              drover promote --queue mail 17
            """)

    @OptionGroup var jobs: JobSelection

    var attempt: String { "promote jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "promoted") { .promote($0) }
    }
}
