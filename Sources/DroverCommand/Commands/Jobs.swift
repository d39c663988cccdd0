import ArgumentParser
import Drover
import DroverCore

/// `drover jobs`.
struct Jobs: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List the jobs of a queue in one state, or those that a query finds, a page at a time.",
        discussion: """
            Waiting and prioritized jobs come in the order in which they will run, delayed ones by their time, finished \
            ones by their end. With --group those are listed that wait in a group, in the order of its turns. When there are more, the last line says how to go on.

            With --where it searches: one queue or all, in the states that the query allows. A query compares fields with \
            values, joined by and, or and not:
              state id name group tenant tag correlationId worker error
              attempts priority stalls      attempts >= 3
              createdAt dueAt processedAt finishedAt      createdAt > 2026-01-31 and finishedAt < -2h
              payload.… result.… progress.… metadata.…    payload.items[0].sku = "A-1"
            by = != < <= > >= ~ (contains), in (…) and exists. A search looks at the jobs one by one, of finished and delayed \
            ones only at those between the times that the query names. What is encrypted is not seen.

            Examples:
              drover jobs --queue mail
              drover jobs --queue mail --state failed --order desc --limit 20
              drover jobs --where 'state = failed and payload.userId = "42" and error ~ timeout'
              drover jobs --queue mail --where 'tag = vip and createdAt > -1d' --sort created --order desc
              drover jobs --queue mail --where 'name in (welcome, digest)' --count
              drover jobs --queue mail --group customer-7
            """)

    /// In which direction to list.
    enum Order: String, CaseIterable, ExpressibleByArgument, Sendable {
        case asc, desc
    }

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue. Default with --where: all queues.", valueName: "name")) var queue: String?
    @Option(help: "The state. Default: waiting; with --where those that the query allows.") var state: JobState?
    @Option(help: ArgumentHelp("The jobs that wait in this group, in the place of a state.", valueName: "name"))
    var group: String?
    @Option(name: .customLong("where"), help: ArgumentHelp("\(SearchOptions.whereHelp)", valueName: "query"))
    var query: String?
    @Option(
        help:
            "With --where: in which order; each page of created looks at all jobs that may match, and due and finished show only those that have that time."
    )
    var sort = JobSort.place
    @Flag(help: "With --where: print only how many jobs match.") var count = false
    @Option(help: ArgumentHelp("How many jobs at most, 1 to 1000.", valueName: "n")) var limit = 50
    @Option(help: "From the first or from the last.") var order = Order.asc
    @Option(
        help: ArgumentHelp("Go on behind the page that printed this cursor.", valueName: "cursor"),
        transform: CursorArgument.parse)
    var after: PageCursor?
    @Flag(
        help:
            "Print JSON: an object with jobs and next, with --where also examined; with --count one with count and examined."
    )
    var json = false

    var attempt: String { query == nil ? "list the \(listed.rawValue) jobs of a queue" : "search jobs" }

    /// The state that is listed without a query.
    private var listed: JobState { state ?? (group == nil ? .waiting : .grouped) }

    func validate() throws {
        if !(1...1000).contains(limit) { throw ArgumentParser.ValidationError("--limit: give 1 to 1000") }
        if group != nil, state != nil || query != nil {
            throw ArgumentParser.ValidationError(
                "--group: the jobs that wait in a group are grouped; leave out --state, and say it in a query by group = name"
            )
        }
        if count && sort != .place {
            throw ArgumentParser.ValidationError("--count: a number has no order; leave out --sort")
        }
        if query != nil { return }
        if queue == nil {
            throw ArgumentParser.ValidationError(
                "--queue: name the queue, which drover queues lists, or search all by --where")
        }
        if count || sort != .place { throw ArgumentParser.ValidationError("--count and --sort: they go with --where") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let page = Page(
            limit: limit, after: after, order: order == .asc ? .ascending : .descending)
        if let search = query {
            return try await JobSearchListing(
                store: store, queue: try queue.map { name in try QueueName(name) }, state: state, query: search,
                sort: sort,
                page: page, json: json
            ).run(in: session, counting: count)
        }
        let query = JobQuery(
            queue: try QueueName(queue ?? ""), part: group.map { .group($0) } ?? .state(listed))
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
                    ("next", JSONWriter.string(found.next.map(CursorArgument.text))),
                ]))
            return .done
        }
        session.output.table(
            table(of: found.jobs),
            orSay: after == nil
                ? "The queue \"\(query.queue)\" has no \(what)\(group == nil ? elsewhere(counts) : "")."
                : "The queue \"\(query.queue)\" has no more \(what).")
        if let next = found.next { session.output.line("There may be more: add --after \(CursorArgument.text(next))") }
        return .done
    }

    private var what: String {
        group.map { "jobs that wait in the group \(ValidationError.quote($0))" } ?? "\(listed.rawValue) jobs"
    }

    /// Where a queue's jobs are instead, most first, and how to see them; nothing of an empty queue.
    private func elsewhere(_ counts: JobCounts) -> String {
        let others = JobState.allCases.filter { $0 != listed && counts[$0] > 0 }.sorted { counts[$0] > counts[$1] }
        guard let most = others.first else { return "" }
        let told = others.map { "\(counts[$0]) \($0.rawValue)" }.joined(separator: ", ")
        return " (\(told): --state \(most.rawValue))"
    }

    private func table(of jobs: [JobRecord]) -> Table {
        var columns: [(title: String, alignment: Table.Alignment)] = [
            ("ID", .left), ("NAME", .left), ("PRIORITY", .right), ("ATTEMPTS", .right), ("CREATED", .left),
        ]
        let extra: [(title: String, cell: (JobRecord) -> String)] =
            switch listed {
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
