import ArgumentParser
import DroverCore

/// `drover workers`.
struct Workers: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "List the workers that live.",
        discussion: """
            A worker reports every 10 s, and what is shown, RUNNING too, is as of its last report. One that was killed \
            disappears when it has not reported for 30 s. Workers of other BullMQ clients are not listed; drover doctor \
            tells how many jobs they hold.

            Examples:
              drover workers
              drover workers --json
            """)

    @OptionGroup var store: StoreOptions
    @Flag(help: "Print JSON: a list of objects.") var json = false

    var attempt: String { "list the workers" }

    func run(in session: Session) async throws -> ExitStatus {
        let workers = try await session.withStore(store, .existing) { try await $0.workers() }
        if json {
            session.output.line(JSONWriter.list(workers.map(JobJSON.worker)))
            return .done
        }
        var table = Table([
            ("WORKER", .left), ("QUEUE", .left), ("HOST", .left), ("PROCESS", .right), ("RUNNING", .right),
            ("CONCURRENCY", .right), ("STARTED", .left), ("SEEN", .left),
        ])
        for worker in workers {
            let report = worker.report
            table.add([
                report.id, report.queue.text, report.host, String(report.process), String(report.running),
                String(report.concurrency), InstantArgument.text(worker.startedAt), InstantArgument.text(worker.seenAt),
            ])
        }
        session.output.table(table, orSay: "No Drover worker lives; drover work starts one.")
        return .done
    }
}
