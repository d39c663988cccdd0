import ArgumentParser
import DroverCore

/// `drover schedules`.
struct Schedules: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules",
        abstract: "List the schedules, each with its next time.",
        discussion: """
            A next time that has passed without a worker taking it is marked as overdue in the table.

            Examples:
              drover schedules
              drover schedules --queue mail --json
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("Only those of this queue. Default: of all queues.", valueName: "name"))
    var queue: String?
    @Flag(help: "Print JSON: a list of objects.") var json = false

    var attempt: String { "list the schedules" }

    func run(in session: Session) async throws -> ExitStatus {
        let name = try queue.map { text throws(DroverCore.ValidationError) in try QueueName(text) }
        return try await session.withStore(store, .existing) { store in
            let queues: [QueueName]
            if let name {
                queues = [try await store.summary(of: name).name]
            } else {
                queues = try await store.queues().map(\.name)
            }
            let now = try await store.now(session.wallClock)
            var list = ListPrinter(session.output)
            var table = Table([
                ("SCHEDULE", .left), ("QUEUE", .left), ("WHEN", .left), ("ZONE", .left), ("NEXT", .left),
                ("JOBS", .right),
            ])
            for queue in queues {
                var cursor: PageCursor?
                repeat {
                    let page = try await store.schedules(
                        ScheduleQuery(queue: queue), page: Page(limit: 1000, after: cursor))
                    for record in page.schedules {
                        if json {
                            list.add(try ScheduleJSON.object(record))
                        } else {
                            table.add(Self.row(record, now: now))
                        }
                    }
                    cursor = page.next
                } while cursor != nil
            }
            if json {
                list.end()
            } else {
                session.output.table(table, orSay: "There are no schedules yet; drover schedule put makes one.")
            }
            return .done
        }
    }

    private static func row(_ record: ScheduleRecord, now: Timestamp) -> [String] {
        let schedule = record.schedule
        let (when, zone) =
            switch schedule.timing {
            case .cron(let expression, let zone): (Printable.text(expression), zone ?? "")
            case .every(let length, _): ("every \(DurationArgument(length))", "")
            }
        let mark = record.isOverdue(at: now, by: Diagnosis.dueGrace) ? " (overdue)" : ""
        let next =
            record.isPaused ? "paused" : record.hasEnded ? "ended" : InstantArgument.text(record.slot) + mark
        return [schedule.key.id.text, schedule.key.queue.text, when, zone, next, String(record.iterations)]
    }
}
