import ArgumentParser
import Drover
import DroverCore

/// `drover renew`.
struct Renew: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Hold a job longer that was taken by drover claim.",
        discussion: """
            It prints held, or cancel-requested when somebody asked for the job to be cancelled: then stop, and settle it \
            as cancelled. When the job is no longer held the exit status is 1.

            Examples:
              drover renew "$token"
              drover renew "$token" --lease 10m
            """)

    @OptionGroup var held: HeldOptions
    @Argument(help: "The token of drover claim, unless --queue, --id and --token are given.") var word: String?

    var attempt: String { "renew a lease" }

    func run(in session: Session) async throws -> ExitStatus {
        let lease = try held.held(word)
        let isCancelRequested = try await held.withHeld(lease, in: session) { job, _ in job.isCancelRequested }
        session.output.line(isCancelRequested ? "cancel-requested" : "held")
        return .done
    }
}
