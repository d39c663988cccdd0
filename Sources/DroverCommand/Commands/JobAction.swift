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
            requested, skipped, refused, unchanged and examined.
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
        let (results, children) = try await session.withStore(store, .existing) { store in
            // Before: with the job goes what is known of them.
            let before =
                action == .remove || action == .cancel
                ? try await Self.awaited(by: keys, store) { $0 != .active && $0 != .completed } : [:]
            let results = try await store.apply(keys.map(action.command))
            guard case .retry = action else { return (results, before) }
            // The jobs are retried by now: a look that fails changes nothing of that, and leaves out a note.
            let after = try? await Self.awaited(by: keys, store) { $0 == .waitingChildren }
            return (results, after ?? [:])
        }
        let report = ActionReport(done: done, json: json) { "\($0) does not exist in the queue \"\(queue)\"" }
        let status = report.tell(keys.map(\.id.text), results, session.output)
        for (key, result) in zip(keys, results) where result == .done {
            if let count = children[key] { tellOfChildren(count, of: key.id, action, session.output) }
        }
        return status
    }

    /// How many jobs are read in one call: their payloads come along.
    private static let readAtOnce = 100

    /// How many children of some jobs are pending, by their keys; without those that have none. One call tells which jobs are
    /// in a state that is meant; those are asked, some at the same time.
    private static func awaited(
        by keys: [JobKey], _ store: any JobStore, in isMeant: (JobState) -> Bool
    ) async throws -> [JobKey: Int] {
        var parents: Set<JobKey> = []
        for start in stride(from: 0, to: keys.count, by: Self.readAtOnce) {
            for case let job? in try await store.jobs(Array(keys[start..<min(start + Self.readAtOnce, keys.count)]))
            where isMeant(job.state) { parents.insert(job.key) }
        }
        var rest = Array(parents)
        return try await withThrowingTaskGroup(of: (JobKey, Int).self) { group in
            func ask(_ key: JobKey) {
                group.addTask {
                    (key, try await store.children(of: key, .pending, page: Page(limit: 1)).counts.pending)
                }
            }
            for _ in 0..<16 { if let key = rest.popLast() { ask(key) } }
            var counts: [JobKey: Int] = [:]
            while let (key, count) = try await group.next() {
                if count > 0 { counts[key] = count }
                if let key = rest.popLast() { ask(key) }
            }
            return counts
        }
    }

    /// Children of a job that ends are not told: they stay and run. One that is retried waits for them.
    private func tellOfChildren(_ count: Int, of id: JobID, _ action: BulkAction, _ output: Output) {
        if case .retry = action {
            let children = Counted.text(count, "child", "children")
            output.note("\(id) waits for \(children): see drover flow show --queue \(queue) \(id)")
            return
        }
        let verb = count == 1 ? "stays" : "stay"
        let stay =
            "\(Counted.text(count, "child", "children")) that \(id) waited for \(verb) and will run, unless failed"
        output.note(
            action == .cancel
                ? "\(stay); drover flow remove --unprocessed --queue \(queue) \(id) removes what is still pending"
                : "\(stay); drover flow remove takes a job with all below it")
    }
}
