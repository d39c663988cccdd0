import ArgumentParser
import Drover
import DroverCore

/// `drover priority`.
struct Priority: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "priority",
        abstract: "Give jobs another priority.",
        discussion: """
            0 is none: such jobs come first; then 1 and up. A job that waits goes to the back of those of its new \
            priority. With --where those that have that priority already are left out, and not counted.

            Examples:
              drover priority --queue mail --to 1 17 18
              drover priority --queue mail --to 5 --where 'state = prioritized and tenant = acme'
            """)

    @OptionGroup var jobs: JobSelection
    @Option(name: .customLong("to"), help: ArgumentHelp("The priority: 0, or 1 to 2097151.", valueName: "n"))
    var priority: Int

    var attempt: String { "change the priority of jobs" }

    func validate() throws {
        if !(0...JobOptions.largestPriority).contains(priority) {
            throw ArgumentParser.ValidationError("--to: give 0 (none) or 1 (first) to \(JobOptions.largestPriority)")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "given priority \(priority)", .setPriority(priority))
    }
}
