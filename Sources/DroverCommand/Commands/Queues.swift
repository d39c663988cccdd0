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
    @Flag(help: "Print JSON: a list of objects with name, paused, limits and counts.") var json = false

    var attempt: String { "list the queues" }

    func run(in session: Session) async throws -> ExitStatus {
        let queues = try await session.withStore(store, .existing) { try await $0.queues() }
        if json {
            session.output.line(JSONWriter.list(queues.map(JobJSON.queue)))
            return tell(queues, session.output)
        }
        var table = Table(
            [("QUEUE", .left), ("PAUSED", .left), ("MAX-LENGTH", .right)]
                + JobState.allCases.map { ($0.rawValue.uppercased(), .right) } + [("LIMITS", .left)])
        for queue in queues {
            table.add(
                [queue.name.text, queue.isPaused ? "paused" : "no", queue.maxLength.map(String.init) ?? "-"]
                    + JobState.allCases.map { queue.known($0).map(String.init) ?? "?" } + [Self.limits(queue)])
        }
        session.output.table(table, orSay: "There are no queues yet; drover add makes one.")
        return tell(queues, session.output)
    }

    /// What bounds the jobs that a queue hands out, in words.
    private static func limits(_ queue: QueueSummary) -> String {
        let words = [
            queue.concurrency.map { "\($0) at once" }, queue.rateLimit?.text,
            queue.limitedFor.map { "none for \(Elapsed.text($0))" },
        ].compactMap { $0 }
        return words.isEmpty ? "-" : words.joined(separator: ", ")
    }

    /// Says which queues are damaged.
    private func tell(_ queues: [QueueSummary], _ output: Output) -> ExitStatus {
        var status = ExitStatus.done
        for queue in queues {
            guard let problem = queue.problem else { continue }
            output.note("drover: list the queues: queue \"\(queue.name)\": \(problem); drover doctor says what to do")
            status = .failed
        }
        return status
    }
}
