import ArgumentParser
import DroverCore

/// `drover job`.
struct Job: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Show everything about one job: state, attempts, times, worker, options, result, log.",
        discussion: """
            Examples:
              drover job --queue mail 17
              drover job --queue mail welcome-42 --json
            """)

    /// How many lines of a job's log are shown, the newest.
    private static let shownLogLines = 1000

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The job's queue.", valueName: "name")) var queue: String
    @Argument(help: "The job's id.") var id: String
    @Flag(help: "Print JSON: an object; its logs are the newest 1000 lines.") var json = false

    var attempt: String { "show a job" }

    func run(in session: Session) async throws -> ExitStatus {
        let key = JobKey(queue: try QueueName(queue), id: try JobID(id))
        let (job, log) = try await session.withStore(store, .existing) { store in
            let job = try await store.jobs([key]).first ?? nil
            let page = try await store.logs(key, page: Page(limit: Self.shownLogLines, order: .descending))
            return (job, LogPage(lines: page.lines.reversed(), total: page.total, next: page.next))
        }
        guard let job else {
            throw CommandFailure(
                .notFound, "there is no job \(ValidationError.quote(id)) in the queue \(ValidationError.quote(queue))",
                advice: "see drover queues and drover jobs")
        }
        if json {
            let logs = JSONWriter.array(log.lines.map { JSONWriter.string($0) })
            session.output.line(JSONWriter.object(try JobJSON.members(job) + [("logs", logs)]))
        } else {
            JobText.lines(job, log: log).forEach(session.output.line)
        }
        return .done
    }
}
