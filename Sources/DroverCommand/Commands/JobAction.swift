import ArgumentParser
import DroverCore

/// Which jobs a command acts on.
struct JobSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The jobs' queue.", valueName: "name")) var queue: String
    @Argument(help: "The jobs' ids.") var ids: [String]
    @Flag(help: "Print JSON: a list of objects with id and result.") var json = false

    /// The jobs' keys.
    func keys() throws(ValidationError) -> [JobKey] {
        let queue = try QueueName(queue)
        return try ids.map { id throws(ValidationError) in JobKey(queue: queue, id: try JobID(id)) }
    }

    /// Applies a command to each job and tells what became of it.
    ///
    /// - Returns: done when all were; not found when one is unknown; else failed.
    func apply(in session: Session, done: String, _ command: (JobKey) -> JobCommand) async throws -> ExitStatus {
        let keys = try keys()
        let results = try await session.withStore(store, .existing) { store in
            try await store.apply(keys.map(command))
        }
        let report = ActionReport(done: done, json: json) { "\($0) does not exist in the queue \"\(queue)\"" }
        return report.tell(keys.map(\.id.text), results, session.output)
    }
}
