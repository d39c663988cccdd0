import ArgumentParser

/// `drover doctor`.
struct Doctor: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what needs attention in a store, and say what to do about it.",
        discussion: """
            Looks whether the store can be read and written, for paused queues, for jobs that wait or are due, and \
            schedules whose time has passed, where no worker lives, for queues that drover move has not emptied, for active \
            jobs whose worker has gone, and for jobs that failed for want of a handler; with Redis also what a \
            crash of the server loses, whether it may drop jobs to save memory, and whether memory or connections run \
            out. The exit status is 0 when all is well and 1 when something needs attention.

            Examples:
              drover doctor
              drover doctor --json
            """)

    @OptionGroup var store: StoreOptions
    @Flag(help: "Print JSON: an object with healthy and findings.") var json = false

    var attempt: String { "examine the store" }

    func run(in session: Session) async throws -> ExitStatus {
        let location = try store.location(in: session.environment)
        let diagnosis = try await session.withStore(store, .existing) {
            try await Diagnosis.look(at: $0, clock: session.wallClock)
        }
        if json {
            session.output.line(diagnosis.json(location: location))
        } else {
            diagnosis.lines(location: location).forEach(session.output.line)
        }
        return diagnosis.findings.isEmpty ? .done : .failed
    }
}
