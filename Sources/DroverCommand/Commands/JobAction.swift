import ArgumentParser
import Drover
import DroverCore

/// Which jobs a command acts on: some by their ids, or all that a query finds.
struct JobSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The jobs' queue.", valueName: "name")) var queue: String
    @Argument(help: "The jobs' ids.") var ids: [String] = []
    @Option(name: .customLong("where"), help: ArgumentHelp("\(SearchOptions.whereHelp)", valueName: "query"))
    var query: String?
    @Flag(help: "With --where: change nothing, and tell how many jobs match.") var dryRun = false
    @Flag(
        help: """
            Print JSON: a list of objects with id and result; with --where an object with queue, dryRun, matched, done, \
            requested, skipped, refused and examined.
            """) var json = false

    func validate() throws {
        if ids.isEmpty && query == nil {
            throw ArgumentParser.ValidationError("name jobs by their ids, or give --where and a query")
        }
        if !ids.isEmpty && query != nil {
            throw ArgumentParser.ValidationError("--where: give either ids or a query")
        }
        if dryRun && query == nil { throw ArgumentParser.ValidationError("--dry-run: it goes with --where") }
    }

    /// The jobs' keys.
    func keys() throws(DroverCore.ValidationError) -> [JobKey] {
        let queue = try QueueName(queue)
        return try ids.map { id throws(DroverCore.ValidationError) in JobKey(queue: queue, id: try JobID(id)) }
    }

    /// Does something to each job and tells what became of it.
    ///
    /// - Parameters:
    ///   - done: the word for what is done, as `removed`.
    ///   - question: what a person must confirm before, for so many jobs that a query finds, and whether that is confirmed.
    /// - Returns: done when all were; not found when one that was named is unknown; else failed.
    func apply(
        in session: Session, done: String, _ action: BulkAction,
        asking question: (ask: (Int) -> String, yes: Bool)? = nil
    ) async throws -> ExitStatus {
        if let query {
            let queue = try QueueName(queue)
            return try await BulkRun(
                store: store, queue: queue, query: query, done: done, isDryRun: dryRun, json: json,
                act: { service, filter, isDryRun, progress in
                    try await service.apply(
                        action, matching: filter, in: [queue], dryRun: isDryRun, progress: progress)
                }, question: question
            ).run(in: session)
        }
        let keys = try keys()
        let results = try await session.withStore(store, .existing) { store in
            try await store.apply(keys.map(action.command))
        }
        let report = ActionReport(done: done, json: json) { "\($0) does not exist in the queue \"\(queue)\"" }
        return report.tell(keys.map(\.id.text), results, session.output)
    }
}
