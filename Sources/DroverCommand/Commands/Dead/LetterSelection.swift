import ArgumentParser
import Drover
import DroverCore

/// Which dead letters a command acts on: some by their ids, or all that a query finds, or all.
struct LetterSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The dead-letter queue.", valueName: "name")) var queue: String
    @Argument(help: "The letters' ids.") var ids: [String] = []
    @Flag(help: "All letters that wait, or that match --where.") var all = false
    @Option(
        name: .customLong("where"), help: ArgumentHelp("With --all: \(SearchOptions.whereHelp)", valueName: "query"))
    var query: String?
    @Flag(help: "With --all: change nothing, and tell how many letters match.") var dryRun = false
    @Flag(
        help: """
            Print JSON: a list of objects with id and result, and of a replay job, the new one's queue and id; with --all an object with queue, dryRun, matched, done, \
            requested, skipped, refused, unchanged and examined.
            """) var json = false

    func validate() throws {
        if ids.isEmpty && !all { throw ArgumentParser.ValidationError("name letters by their ids, or give --all") }
        if !ids.isEmpty && all { throw ArgumentParser.ValidationError("--all: give either ids or --all") }
        if query != nil && !all { throw ArgumentParser.ValidationError("--where: it goes with --all") }
        if dryRun && !all { throw ArgumentParser.ValidationError("--dry-run: it goes with --all") }
    }

    /// The letters' keys.
    func keys() throws(DroverCore.ValidationError) -> [JobKey] {
        let queue = try QueueName(queue)
        return try ids.map { id throws(DroverCore.ValidationError) in JobKey(queue: queue, id: try JobID(id)) }
    }

    /// Does something to all letters that are chosen.
    func applyToAll(
        in session: Session, done: String, asking question: (ask: (Int) -> String, yes: Bool)? = nil,
        _ act: @escaping BulkRun.Act
    ) async throws -> ExitStatus {
        try await BulkRun(
            store: store, queue: try QueueName(queue), query: query, done: done, isDryRun: dryRun, json: json,
            act: act, noun: "dead letter", question: question
        ).run(in: session)
    }

    /// Tells what became of those that were named.
    ///
    /// - Parameter jobs: the jobs that were made of them; nil where none can be.
    func tell(
        _ keys: [JobKey], _ results: [CommandResult], done: String, made jobs: [JobKey?]? = nil, _ output: Output
    ) -> ExitStatus {
        let report = ActionReport(done: done, json: json) { "there is no dead letter \($0) in the queue \"\(queue)\"" }
        return report.tell(keys.map(\.id.text), results, made: jobs, output)
    }
}
