import ArgumentParser
import DroverCore

/// `drover jobs`.
struct Jobs: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the jobs of a queue in one state, a page at a time.",
        discussion: """
            Waiting and prioritized jobs come in the order in which they will run, delayed ones by their time, finished \
            ones by their end. With --group those are listed that wait in a group, in the order of its turns. When there are more, the last line says how to go on.

            Examples:
              drover jobs --queue mail
              drover jobs --queue mail --state failed --order desc --limit 20
              drover jobs --queue mail --group customer-7
            """)

    /// In which direction to list.
    enum Order: String, CaseIterable, ExpressibleByArgument, Sendable {
        case asc, desc
    }

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Option(name: .customLong("state"), help: "The state: waiting unless told.") var askedState: JobState?
    @Option(help: ArgumentHelp("The jobs that wait in this group, in the place of a state.", valueName: "name"))
    var group: String?
    @Option(help: ArgumentHelp("How many jobs at most, 1 to 1000.", valueName: "n")) var limit = 50
    @Option(help: "From the first or from the last.") var order = Order.asc
    @Option(help: ArgumentHelp("Go on behind the page that printed this cursor.", valueName: "cursor")) var after:
        String?
    @Flag(help: "Print JSON: an object with jobs and next.") var json = false

    private var state: JobState { askedState ?? (group == nil ? .waiting : .grouped) }

    var attempt: String { "list the \(state.rawValue) jobs of a queue" }

    func validate() throws {
        if !(1...1000).contains(limit) { throw ArgumentParser.ValidationError("--limit: give 1 to 1000") }
        if group != nil, askedState != nil {
            throw ArgumentParser.ValidationError(
                "the jobs that wait in a group are grouped; leave out --state or --group")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let query = JobQuery(queue: try QueueName(queue), part: group.map { .group($0) } ?? .state(state))
        let page = Page(
            limit: limit, after: after.map { PageCursor($0) }, order: order == .asc ? .ascending : .descending)
        let (found, counts) = try await session.withStore(store, .existing) { store in
            let found = try await store.jobs(matching: query, page: page)
            // Nothing found in a queue that is not there is more likely a mistyped name than an answer.
            let counts = found.jobs.isEmpty ? try await store.summary(of: query.queue).counts : JobCounts()
            return (found, counts)
        }
        if json {
            session.output.line(
                JSONWriter.object([
                    ("jobs", JSONWriter.list(try found.jobs.map(JobJSON.job))),
                    ("next", JSONWriter.string(found.next?.text)),
                ]))
            return .done
        }
        session.output.table(
            table(of: found.jobs),
            orSay: after == nil
                ? "The queue \"\(query.queue)\" has no \(what)\(group == nil ? elsewhere(counts) : "")."
                : "The queue \"\(query.queue)\" has no more \(what).")
        if let next = found.next { session.output.line("There may be more: add --after \(next.text)") }
        return .done
    }

    private var what: String {
        group.map { "jobs that wait in the group \(ValidationError.quote($0))" } ?? "\(state.rawValue) jobs"
    }

    /// Where a queue's jobs are instead, most first, and how to see them; nothing of an empty queue.
    private func elsewhere(_ counts: JobCounts) -> String {
        let others = JobState.allCases.filter { $0 != state && counts[$0] > 0 }.sorted { counts[$0] > counts[$1] }
        guard let most = others.first else { return "" }
        let told = others.map { "\(counts[$0]) \($0.rawValue)" }.joined(separator: ", ")
        return " (\(told): --state \(most.rawValue))"
    }

    private func table(of jobs: [JobRecord]) -> Table {
        var columns: [(title: String, alignment: Table.Alignment)] = [
            ("ID", .left), ("NAME", .left), ("PRIORITY", .right), ("ATTEMPTS", .right), ("CREATED", .left),
        ]
        let extra: [(title: String, cell: (JobRecord) -> String)] =
            switch state {
            case .waiting, .prioritized, .grouped, .waitingChildren: []
            case .delayed: [("DUE", { $0.dueAt.map(InstantArgument.text) ?? "-" })]
            case .active:
                [("STARTED", { $0.processedAt.map(InstantArgument.text) ?? "-" }), ("WORKER", { $0.worker ?? "-" })]
            case .completed: [("FINISHED", { $0.finishedAt.map(InstantArgument.text) ?? "-" })]
            case .failed:
                [
                    ("FINISHED", { $0.finishedAt.map(InstantArgument.text) ?? "-" }),
                    ("REASON", { $0.failedReason ?? "-" }),
                ]
            }
        columns += extra.map { ($0.title, .left) }
        var table = Table(columns)
        for job in jobs {
            table.add(
                [
                    job.key.id.text, job.name.text, job.priority == 0 ? "-" : String(job.priority),
                    "\(job.attemptsMade)/\(job.options.attempts)", InstantArgument.text(job.createdAt),
                ] + extra.map { $0.cell(job) })
        }
        return table
    }
}
