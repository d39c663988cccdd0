import ArgumentParser
import Drover
import DroverCore

/// `drover job`.
struct Job: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Show everything about one job: state, attempts, times, worker, options, steps, result, log.",
        discussion: """
            Of what is encrypted it shows the key alone; with --decrypt and the keys it shows what was added.

            Examples:
              drover job --queue mail 17
              drover job --queue mail welcome-42 --json
            """)

    /// How many lines of a job's log are shown, the newest.
    private static let shownLogLines = 1000

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The job's queue.", valueName: "name")) var queue: String
    @Argument(help: "The job's id.") var id: String
    @Flag(help: "Show encrypted payloads, results and steps in plain; needs their keys.") var decrypt = false
    @OptionGroup var keys: KeyOptions
    @Flag(help: "Print JSON: an object; its logs are the newest 1000 lines, childCounts its children by status.")
    var json = false

    var attempt: String { "show a job" }

    func run(in session: Session) async throws -> ExitStatus {
        let key = JobKey(queue: try QueueName(queue), id: try JobID(id))
        let encryption = decrypt ? try keys.encryption(in: session) : nil
        if decrypt && encryption == nil { throw KeyOptions.noKeys }
        let (found, log, children, gone) = try await session.withStore(store, .existing) { store in
            let job = try await store.jobs([key]).first ?? nil
            let page = try await store.logs(key, page: Page(limit: Self.shownLogLines, order: .descending))
            let children = try await store.children(of: key, .pending, page: Page(limit: 1)).counts
            let parents = job?.parents.map(\.key) ?? []
            let gone = zip(parents, try await store.jobs(parents)).filter { $1 == nil }.map(\.0)
            return (job, LogPage(lines: page.lines.reversed(), total: page.total, next: page.next), children, Set(gone))
        }
        guard let found else {
            throw CommandFailure(
                .notFound, "there is no job \(ValidationError.quote(id)) in the queue \(ValidationError.quote(queue))",
                advice: "see drover queues and drover jobs")
        }
        let job = try encryption?.open(found) ?? found
        if json {
            let logs = JSONWriter.array(log.lines.map { JSONWriter.string($0) })
            let counts = children.total > 0 ? FlowText.counts(children) : "null"
            session.output.line(
                JSONWriter.object(try JobJSON.members(job) + [("childCounts", counts), ("logs", logs)]))
        } else {
            JobText.lines(job, log: log, children: children, gone: gone).forEach(session.output.line)
        }
        return .done
    }
}
