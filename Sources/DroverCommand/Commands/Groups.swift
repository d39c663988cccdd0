import ArgumentParser
import DroverCore

/// `drover groups`.
struct Groups: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "List the groups of a queue with their jobs and limits, a page at a time.",
        discussion: """
            A group is listed while jobs wait in it or are active, and while it has a setting of its own. Limits are those \
            that apply to it. drover limit --group changes them, drover pause --group stops a group, and drover jobs --group \
            lists the jobs that wait in one. What is set for every group is told on standard error.

            Examples:
              drover groups --queue mail
              drover groups --queue mail --limit 20 --json
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Option(help: ArgumentHelp("How many groups at most, 1 to 1000.", valueName: "n")) var limit = 50
    @Option(
        help: ArgumentHelp("Go on behind the page that printed this cursor.", valueName: "cursor"),
        transform: CursorArgument.parseGroup)
    var after: PageCursor?
    @Flag(help: "Print JSON: an object with groups, everyGroup and next.") var json = false

    var attempt: String { "list the groups of a queue" }

    func validate() throws {
        if !(1...1000).contains(limit) { throw ArgumentParser.ValidationError("--limit: give 1 to 1000") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let query = JobQuery(queue: try QueueName(queue), part: .groups)
        let page = Page(limit: limit, after: after)
        let found = try await session.withStore(store, .existing) { store in
            let found = try await store.jobs(matching: query, page: page)
            // Nothing found in a queue that is not there is more likely a mistyped name than an answer.
            if found.groups.isEmpty { _ = try await store.summary(of: query.queue) }
            return found
        }
        if json {
            session.output.line(
                JSONWriter.object([
                    ("everyGroup", JobJSON.limits(found.everyGroup)),
                    ("groups", JSONWriter.list(found.groups.map(JobJSON.group))),
                    ("next", JSONWriter.string(found.next.map(CursorArgument.groupText))),
                ]))
            return .done
        }
        var table = Table([
            ("GROUP", .left), ("PAUSED", .left), ("WAITING", .right), ("ACTIVE", .right), ("WEIGHT", .right),
            ("LIMITS", .left),
        ])
        for group in found.groups {
            let limits = [group.concurrency.map { "\($0) at once" }, group.rate?.text].compactMap(\.self)
            table.add([
                group.name, group.isPaused ? "paused" : "no", String(group.waiting), String(group.active),
                String(group.weight), limits.isEmpty ? "-" : limits.joined(separator: ", "),
            ])
        }
        let every = Self.words(found.everyGroup)
        if !every.isEmpty {
            session.output.note("Every group without a setting of its own: \(every.joined(separator: ", ")).")
        }
        session.output.table(table, orSay: "The queue \"\(query.queue)\" has no \(after == nil ? "" : "more ")groups.")
        if let next = found.next {
            session.output.line("There may be more: add --after \(CursorArgument.groupText(next))")
        }
        return .done
    }
}

extension Groups {
    /// What holds for every group, in words.
    private static func words(_ limits: GroupLimits) -> [String] {
        [limits.weight.map { "weight \($0)" }, limits.concurrency.map { "\($0) at once" }, limits.rate?.text]
            .compactMap(\.self)
    }
}

extension GroupRate {
    /// As the option `--rate` reads it.
    var text: String { "\(max)/\(DurationArgument(per))" }
}
