import ArgumentParser
import DroverCore

/// `drover drain`.
struct Drain: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Delete the jobs that wait in a queue.",
        discussion: """
            Active and finished jobs stay. Asks first; --yes answers for you, and is needed where nobody can be asked.

            Example:
              drover drain --queue mail --delayed --yes
            """)

    @OptionGroup var options: SweepOptions
    @Flag(help: "Delete the delayed jobs too.") var delayed = false

    var attempt: String { "drain a queue" }

    func run(in session: Session) async throws -> ExitStatus {
        try await session.withStore(options.store, .existing) { store in
            let queue = try await options.summary(in: store)
            let count = queue.counts.ready + (delayed ? queue.counts[.delayed] : 0)
            try session.confirm(
                "Delete \(Counted.text(count, "job")) that \(count == 1 ? "waits" : "wait") in \"\(queue.name)\"?",
                yes: options.yes)
            try await options.sweep(.drain(queue.name, delayed: delayed), in: store, session: session)
            return .done
        }
    }
}
