import ArgumentParser
import DroverCore

/// `drover obliterate`.
struct Obliterate: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "obliterate",
        abstract: "Delete a queue with all that it holds.",
        discussion: """
            Pauses the queue, then deletes its jobs of every state, its events and its settings. Refused while jobs are \
            active, unless forced: their workers then find that they have lost them. Asks first; --yes answers for \
            you, and is needed where nobody can be asked.

            Example:
              drover obliterate --queue mail --yes
            """)

    @OptionGroup var options: SweepOptions
    @Flag(help: "Delete active jobs too.") var force = false

    var attempt: String { "obliterate a queue" }

    func run(in session: Session) async throws -> ExitStatus {
        try await session.withStore(options.store, .existing) { store in
            let queue = try await options.summary(in: store)
            try session.confirm(
                "Delete the queue \"\(queue.name)\" with its \(queue.counts.total) jobs?", yes: options.yes)
            _ = try await store.configure([.pause(queue.name)])
            do {
                try await options.sweep(.obliterate(queue.name, force: force), in: store, session: session)
            } catch let failure as CommandFailure {
                // Refused, so nothing was deleted: the queue goes on as before.
                if !queue.isPaused { _ = try await store.configure([.resume(queue.name)]) }
                throw CommandFailure(
                    failure.status, failure.problem, advice: "wait for its active jobs, or add --force")
            }
            return .done
        }
    }
}
