import ArgumentParser
import Drover
import DroverCore

/// `drover retry`.
struct Retry: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run finished jobs again.",
        discussion: """
            The jobs go to the back of the line; their results and reasons are cleared. A job whose attempts are used up \
            gets one more try, or all of them with --reset-attempts. What its steps have recorded stays, and they do not run \
            again; with --reset-attempts they do. A parent in a flow waits for the children that failed it or have not \
            ended, which is told of jobs that are named by their ids.

            With --where all failed jobs that match are retried; completed ones only where the query speaks of states. Jobs that \
            move meanwhile are skipped, and the same command may be repeated.

            Examples:
              drover retry --queue mail 17 18 --reset-attempts
              drover retry --queue mail --where 'error ~ timeout and finishedAt > -2h' --dry-run
            """)

    @OptionGroup var jobs: JobSelection
    @Flag(help: "Count the jobs' attempts from zero again, and forget their steps.") var resetAttempts = false

    var attempt: String { "retry jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "retried", .retry(resetAttempts: resetAttempts))
    }
}
