import ArgumentParser
import Drover
import DroverCore

/// `drover remove`.
struct Remove: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Delete jobs that are not active.",
        discussion: """
            Asks before it removes more than one job; --yes answers for you, and is needed where nobody can be asked.

            Examples:
              drover remove --queue mail 17
              drover remove --queue mail 17 18 19 --yes
              drover remove --queue mail --where 'state = failed and payload.userId = "42"' --dry-run
            """)

    @OptionGroup var jobs: JobSelection
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false

    var attempt: String { "remove jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        _ = try jobs.keys()
        if jobs.ids.count > 1 {
            try session.confirm("Remove \(jobs.ids.count) jobs from the queue \"\(jobs.queue)\"?", yes: yes)
        }
        return try await jobs.apply(
            in: session, done: "removed", .remove,
            asking: ({ "Remove \(Counted.text($0, "job")) from the queue \"\(jobs.queue)\"?" }, yes))
    }
}
