import ArgumentParser
import Drover
import DroverCore

/// `drover promote`.
struct Promote: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let delayed jobs run now.",
        discussion: """
            Examples:
              drover promote --queue mail 17
              drover promote --queue mail --where 'name = digest and dueAt < +1h'
            """)

    @OptionGroup var jobs: JobSelection

    var attempt: String { "promote jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "promoted", .promote)
    }
}
