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
                "Delete the queue \"\(queue.name)\" with its \(Counted.text(queue.counts.total, "job"))?",
                yes: options.yes)
            do {
                _ = try await store.configure([.pause(queue.name)])
                try await options.sweep(.obliterate(queue.name, force: force), in: store, session: session)
            } catch {
                let left = await restore(queue, in: store, session.output)
                let active = left.counts[.active]
                guard let failure = error as? CommandFailure, !force, active > 0 else { throw error }
                throw CommandFailure(
                    failure.status,
                    "\(Counted.text(active, "job")) of the queue \"\(queue.name)\" \(active == 1 ? "is" : "are") active",
                    advice: "wait until nothing of it runs, or add --force")
            }
            return .done
        }
    }

    /// Lets what is left of a queue go on as before; trouble with that is only told, because another failure is thrown.
    ///
    /// - Returns: the queue as it is now, or was before where that can't be found out.
    private func restore(_ before: QueueSummary, in store: any JobStore, _ output: Output) async -> QueueSummary {
        do {
            guard let now = try await store.queue(before.name) else { return before }
            if now.isPaused && !before.isPaused { _ = try await store.configure([.resume(now.name)]) }
            return now
        } catch {
            if !before.isPaused {
                output.note(
                    "drover: resume the queue \(before.name): \(CommandFailure(mapping: error)); it may be paused still"
                )
            }
            return before
        }
    }
}
