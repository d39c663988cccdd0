import ArgumentParser
import Drover
import DroverCore

/// `drover flow remove`.
struct FlowRemove: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Delete jobs with what is below them in their flows.",
        discussion: """
            What is below a job goes with it, but jobs that another parent has, too, with what is below those. All of that goes \
            or nothing: while one of its jobs is active, and when there are more than 20,000, nothing is \
            removed. With --unprocessed only what the job still waits for goes, and what that waits for; children that are \
            active or have failed stay. A job that waits then runs when no child is left that it waits for.

            Asks first; --yes answers for you, and is needed where nobody can be asked.

            Examples:
              drover flow remove --queue reports month
              drover flow remove --queue reports --unprocessed month --yes
            """)

    @OptionGroup var jobs: FlowJobOptions
    @Flag(help: "Keep the job, and remove the children that it waits for.") var unprocessed = false
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false

    var attempt: String { unprocessed ? "remove children" : "remove a flow" }

    func run(in session: Session) async throws -> ExitStatus {
        let keys = try jobs.keys()
        let named = keys.count == 1 ? "of \(keys[0].id)" : "of \(keys.count) jobs"
        try session.confirm(
            unprocessed
                ? "Remove the children \(named) that are waited for, in the queue \"\(jobs.queue)\" and others?"
                : "Remove the whole flow \(named) in the queue \"\(jobs.queue)\", and its jobs in others?", yes: yes)
        return try await jobs.apply(
            in: session,
            done: unprocessed
                ? "freed of its pending children, but those that are active or have failed"
                : "removed with all below it but what other parents keep",
            busy: "a job of its flow is active, and so nothing was removed; cancel it, or wait",
            unprocessed ? { .removeUnprocessedChildren($0) } : { .removeFlow($0) })
    }
}

/// `drover flow detach`.
struct FlowDetach: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "detach",
        abstract: "Take jobs from the parents that wait for them; the jobs themselves stay.",
        discussion: """
            A parent that waits for no other child then goes to the front of its queue. A job that its parent does not wait \
            for, because it has ended for it or has none, is refused.

            Example:
              drover flow detach --queue fetching a
            """)

    @OptionGroup var jobs: FlowJobOptions

    var attempt: String { "detach a job from its parent" }

    func run(in session: Session) async throws -> ExitStatus {
        try await jobs.apply(in: session, done: "detached", busy: "is active") { .detach($0) }
    }
}

/// Which jobs a command for flows acts on.
struct FlowJobOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The jobs' queue.", valueName: "name")) var queue: String
    @Argument(help: "The jobs' ids.") var ids: [String]
    @Flag(help: "Print JSON: a list of objects with id and result.") var json = false

    /// The jobs' keys.
    func keys() throws(DroverCore.ValidationError) -> [JobKey] {
        let queue = try QueueName(queue)
        return try ids.map { id throws(DroverCore.ValidationError) in JobKey(queue: queue, id: try JobID(id)) }
    }

    /// Does something to each job and tells what became of it.
    ///
    /// - Parameters:
    ///   - done: the words for what is done.
    ///   - busy: why nothing is done to one in whose flow a job is active.
    func apply(
        in session: Session, done: String, busy: String, _ command: (JobKey) -> JobCommand
    ) async throws -> ExitStatus {
        let keys = try keys()
        let results = try await session.withStore(store, .existing) { store in
            try await store.apply(keys.map(command))
        }
        let report = ActionReport(done: done, json: json, active: busy) {
            "\($0) does not exist in the queue \"\(queue)\""
        }
        return report.tell(keys.map(\.id.text), results, session.output)
    }
}
