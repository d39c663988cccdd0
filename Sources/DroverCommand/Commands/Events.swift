import ArgumentParser
import DroverCore

/// `drover events`.
struct Events: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print what happens in a queue.",
        discussion: """
            Prints the events that are kept and ends, or with --follow goes on with each new one until it is interrupted, \
            and waits for a queue that does not exist yet. Events that were dropped before they could be read are told as \
            a gap. While the store can't be reached --follow waits, says so on standard error, and then goes on where it was.

            A line holds the instant, the position, the job, what happened, and what is known of it. To go on after \
            an interruption, give --from the last position that was printed.

            Examples:
              drover events --queue mail
              drover events --queue mail --follow --json
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Flag(name: .shortAndLong, help: "Go on with each new event.") var follow = false
    @Option(
        help: ArgumentHelp(
            "beginning, end, or the position of an event, to go on after it; default: the end with --follow, else the beginning.",
            valueName: "position"), transform: Self.start)
    var from: EventQuery.Start?
    @Flag(help: "Print JSON: an object on each line.") var json = false

    /// How long one read waits for a first event before it is repeated, should a hint be lost (rule 8).
    private static let patience: Duration = .seconds(5)

    var attempt: String { "read the events of a queue" }

    func run(in session: Session) async throws -> ExitStatus {
        let name = try QueueName(queue)
        return try await session.withStore(store, .existing) { store in
            if !follow { _ = try await store.summary(of: name) }
            var query = EventQuery(queue: name, start: from ?? (follow ? .end : .beginning), limit: 1000)
            var outage = Outage()
            while true {
                let page: EventPage
                do throws(StoreError) {
                    // After an outage without waiting, so that its end is told at once and not with the next event.
                    let waits = follow && !outage.isPresent
                    page = try await store.events(query, waitingAtMost: waits ? Self.patience : .zero)
                    outage.ended(session.output)
                } catch {
                    guard follow, error.isTransient else { throw error }
                    try await outage.wait(error, in: session)
                    continue
                }
                if page.hasGap {
                    session.output.line(json ? #"{"event":"gap"}"# : "-- gap: events are missing here --")
                }
                for event in page.events { session.output.line(json ? JobJSON.event(event) : Self.text(event)) }
                query.start = .after(page.next)
                // A page that is not full reaches the end as it was then: a busy queue has more by now, for ever.
                if !follow && page.events.count < query.limit { return .done }
                if session.output.failure != nil { return .failed }
                try Task.checkCancellation()
            }
        }
    }

    /// Reads where to begin; whether a position is one is for the store to say.
    @Sendable private static func start(_ text: String) throws -> EventQuery.Start {
        switch text {
        case "beginning": .beginning
        case "end": .end
        case "": throw ArgumentParser.ValidationError("give beginning, end or a position")
        default: .after(EventPosition(text))
        }
    }

    /// An event on one line.
    private static func text(_ event: JobEvent) -> String {
        let detail: String? =
            switch event.kind {
            case .added(let name): name.text
            case .waiting(let state), .waitingChildren(let state): state.map { "from \($0.rawValue)" }
            case .removed(let state): "from \(state.rawValue)"
            case .delayed(let instant): "until \(InstantArgument.text(instant))"
            case .progress(let json), .completed(let json): json.text
            case .failed(let reason): reason
            case .retriesExhausted(let attempts): "after \(Counted.text(attempts, "attempt"))"
            case .cleaned(let count): Counted.text(count, "job")
            case .deduplicated(let id, let other): "\(other) by \(id)"
            case .deadLettered(let letter): "as \(letter)"
            case .active, .stalled, .duplicated, .cancelRequested, .drained, .paused, .resumed: nil
            }
        return [
            InstantArgument.text(event.at), event.position.text, event.job?.text ?? "-", event.kind.name,
            detail.map(Printable.cell),
        ]
        .compactMap(\.self).joined(separator: "  ")
    }
}
