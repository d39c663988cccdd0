import ArgumentParser
import DroverCore

/// `drover dedup`.
struct Dedup: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "dedup",
        abstract: "Show which job holds a deduplication id, or free the id.",
        discussion: """
            While a job holds an id, jobs that are added with it (drover add --dedup) are not stored. With --remove nobody \
            holds it any more: the next job is stored. The job itself stays, and so does one that is kept until it has \
            finished.

            The exit status is 4 when nobody holds the id.

            Examples:
              drover dedup --queue mail user:42
              drover dedup --queue mail user:42 --remove
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Argument(help: "The deduplication id.") var id: String
    @Flag(help: "Let nobody hold it any more.") var remove = false
    @Flag(help: "Print JSON: an object with id, holder, state, remainingMs, next and removed.") var json = false

    var attempt: String { "look up a deduplication id" }

    func run(in session: Session) async throws -> ExitStatus {
        let queue = try QueueName(queue)
        if let problem = Deduplication.problem(ofID: id) { throw problem }
        let (page, isRemoved) = try await session.withStore(store, .existing) { store in
            let query = JobQuery(queue: queue, part: .holding(deduplication: id))
            let page = try await store.jobs(matching: query, page: Page())
            if page.hold == nil || !remove { return (page, false) }
            return (page, try await store.configure([.forgetDeduplication(queue, id: id)]).first == .done)
        }
        guard let hold = page.hold else {
            throw CommandFailure(
                .notFound,
                "nobody holds the deduplication id \(ValidationError.quote(id)) in the queue \(ValidationError.quote(queue.text))",
                advice: "the next job with it is stored; see drover queues and drover jobs")
        }
        let state = page.jobs.first?.state.rawValue
        session.output.line(
            json
                ? JSONWriter.object([
                    ("id", JSONWriter.string(id)), ("holder", JSONWriter.string(hold.holder.text)),
                    ("state", JSONWriter.string(state)),
                    ("remainingMs", hold.remaining.map { String($0.wholeMilliseconds) } ?? "null"),
                    ("next", JSONWriter.string(hold.next?.text)), ("removed", String(isRemoved)),
                ])
                : Printable.text(text(hold, state, isRemoved)))
        return .done
    }

    private func text(_ hold: DeduplicationHold, _ state: String?, _ isRemoved: Bool) -> String {
        let holder = "\(id)  job \(hold.holder) (\(state ?? "removed"))"
        let time = hold.remaining.map { "for \(DurationArgument($0)) more" } ?? "until it has finished"
        let next = hold.next.map { ", then job \($0)" } ?? ""
        return isRemoved ? "\(holder) holds it no more" : "\(holder) \(time)\(next)"
    }
}
