import ArgumentParser
import DroverCore

/// `drover queues`.
struct Queues: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "List the queues and how many jobs each has in each state.",
        discussion: """
            Examples:
              drover queues
              drover queues --json
            """)

    @OptionGroup var store: StoreOptions
    @Flag(help: "Print JSON: a list of objects with name, paused and counts.") var json = false

    var attempt: String { "list the queues" }

    func run(in session: Session) async throws -> ExitStatus {
        let queues = try await session.withStore(store, .existing) { try await $0.queues() }
        if json {
            session.output.line(JSONWriter.list(queues.map(JobJSON.queue)))
            return .done
        }
        var table = Table(
            [("QUEUE", .left), ("PAUSED", .left)] + JobState.allCases.map { ($0.rawValue.uppercased(), .right) })
        for queue in queues {
            table.add(
                [queue.name.text, queue.isPaused ? "paused" : "no"]
                    + JobState.allCases.map { String(queue.counts[$0]) })
        }
        session.output.table(table, orSay: "There are no queues yet; drover add makes one.")
        return .done
    }
}
