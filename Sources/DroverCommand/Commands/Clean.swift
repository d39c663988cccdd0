import ArgumentParser
import DroverCore

/// `drover clean`.
struct Clean: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Delete the jobs of one state, all of them or the old ones.",
        discussion: """
            Finished jobs are as old as their end, others as their last start or, never started, as their creation. An \
            active job is deleted only when its worker has lost it. Asks first; --yes answers for you, and is needed \
            where nobody can be asked.

            Example:
              drover clean --queue mail --state completed --older-than 7d --yes
            """)

    @OptionGroup var options: SweepOptions
    @Option(help: "The state.") var state: JobState
    @Option(
        help: ArgumentHelp("How old a job must be. Default: 0s, all of them.", valueName: "duration"),
        transform: DurationArgument.parse)
    var olderThan = DurationArgument(.zero)

    var attempt: String { "clean a queue" }

    func run(in session: Session) async throws -> ExitStatus {
        try await session.withStore(options.store, .existing) { store in
            let queue = try await options.summary(in: store)
            let which = olderThan.duration > .zero ? "the \(state.rawValue) jobs" : "all \(state.rawValue) jobs"
            let age = olderThan.duration > .zero ? " that are older than \(olderThan)" : ""
            try session.confirm("Delete \(which) of \"\(queue.name)\"\(age)?", yes: options.yes)
            try await options.sweep(
                .clean(queue.name, state: state, olderThan: olderThan.duration), in: store, session: session)
            return .done
        }
    }
}
