import ArgumentParser
import Drover
import DroverCore

/// `drover dead list`.
struct DeadList: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the dead letters of a queue, the oldest first, a page at a time.",
        discussion: """
            Those that wait are listed, unless the query speaks of states. In a query reason is why the job failed, and origin \
            the queue where it did; all other fields are the letter's own, which is a job: createdAt is when it was stored, as \
            STORED shows, and attempts counts attempts to work the letter. The column ATTEMPTS shows those of the job that \
            failed. Encrypted payloads are not searched.

            Examples:
              drover dead list --queue mail-dead
              drover dead list --queue mail-dead --where 'reason ~ timeout and createdAt > -2h' --json
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The dead-letter queue.", valueName: "name")) var queue: String
    @Option(name: .customLong("where"), help: ArgumentHelp("\(SearchOptions.whereHelp)", valueName: "query"))
    var query: String?
    @Option(help: ArgumentHelp("How many letters at most, 1 to 1000.", valueName: "n")) var limit = 50
    @Option(
        help: ArgumentHelp("Go on behind the page that printed this cursor.", valueName: "cursor"),
        transform: CursorArgument.parse)
    var after: PageCursor?
    @Flag(
        help: "Print JSON: an object with letters and next; a letter is a job with its history in options.deadLetter.")
    var json = false

    var attempt: String { "list dead letters" }

    func validate() throws {
        if !(1...1000).contains(limit) { throw ArgumentParser.ValidationError("--limit: give 1 to 1000") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let queue = try QueueName(queue)
        if let query { _ = try SearchOptions.filter(query, now: session.wallClock.now, in: session) }
        return try await session.withStore(store, .existing) { store in
            _ = try await store.summary(of: queue)
            var filter = JobFilter.all
            if let query {
                filter = try SearchOptions.filter(query, now: await store.now(session.wallClock), in: session)
            }
            let page = Page(limit: limit, after: after)
            let found = try await SearchOptions.service(store, in: session).deadLetters(
                in: queue, matching: filter, page)
            if query != nil { SearchOptions.noteEncryption(filter, matched: found.jobs.count, in: session) }
            if json {
                session.output.line(
                    JSONWriter.object([
                        ("letters", JSONWriter.list(try found.jobs.map(JobJSON.job))),
                        ("next", JSONWriter.string(found.next.map(CursorArgument.text))),
                    ]))
                return .done
            }
            session.output.table(
                Self.table(of: found.jobs),
                orSay: after != nil
                    ? "No more dead letters." : query == nil ? "No dead letter waits." : "No dead letter matches.")
            if let next = found.next {
                session.output.line("There may be more: add --after \(CursorArgument.text(next))")
            }
            return .done
        }
    }

    private static func table(of jobs: [JobRecord]) -> Table {
        var table = Table([
            ("ID", .left), ("JOB", .left), ("NAME", .left), ("STORED", .left), ("ATTEMPTS", .right),
            ("REPLAYS", .right), ("REASON", .left),
        ])
        for job in jobs {
            guard let letter = job.options.deadLetter else { continue }
            table.add([
                job.key.id.text, letter.job.description, job.name.text, InstantArgument.text(job.createdAt),
                String(letter.attempts), String(letter.replays), letter.reason,
            ])
        }
        return table
    }
}

/// `drover dead show`.
struct DeadShow: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter: where and why its job failed, and its payload.",
        discussion: """
            Example:
              drover dead show --queue mail-dead dead-6f1c20c7c5a94d6ab1f3e1d2
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The dead-letter queue.", valueName: "name")) var queue: String
    @Argument(help: "The letter's id.") var id: String
    @Flag(help: "Show an encrypted payload in plain; needs its key.") var decrypt = false
    @OptionGroup var keys: KeyOptions
    @Flag(help: "Print JSON: a job with its history in options.deadLetter.") var json = false

    var attempt: String { "show a dead letter" }

    func run(in session: Session) async throws -> ExitStatus {
        let key = JobKey(queue: try QueueName(queue), id: try JobID(id))
        let encryption = decrypt ? try keys.encryption(in: session) : nil
        if decrypt && encryption == nil { throw KeyOptions.noKeys }
        let found = try await session.withStore(store, .existing) { store in
            try await SearchOptions.service(store, in: session).deadLetter(key)
        }
        guard let found else {
            throw CommandFailure(
                .notFound,
                "there is no dead letter \(ValidationError.quote(id)) in the queue \(ValidationError.quote(queue))",
                advice: "see drover dead list")
        }
        let letter = try encryption?.open(found) ?? found
        if json {
            session.output.line(try JobJSON.job(letter))
        } else {
            JobText.lines(letter, log: LogPage(lines: [], total: 0, next: nil), children: ChildCounts())
                .forEach(session.output.line)
        }
        return .done
    }
}
