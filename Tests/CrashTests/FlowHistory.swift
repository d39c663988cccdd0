import DroverCore
import Testing

/// What the events of a queue told of each job of flows, read as they come.
struct FlowHistory {
    struct Seen {
        var begins: [Timestamp] = []
        var end: Timestamp?
        var putBack = 0
        var stalled = 0
        var released = 0
        var completed = 0
        var failed = 0
    }

    private let store: any JobStore
    private let queue: QueueName
    private var start = EventQuery.Start.beginning
    private(set) var jobs: [JobKey: Seen] = [:]
    private(set) var begun = 0
    private(set) var ended = 0
    private(set) var stalled = 0

    init(of queue: QueueName, in store: any JobStore) {
        self.queue = queue
        self.store = store
    }

    /// Reads on until a condition holds, which is asked after each page.
    mutating func follow(until isEnough: (FlowHistory) -> Bool) async throws {
        while !isEnough(self) {
            // Far longer than the workers may be silent.
            let page = try await page(waiting: .seconds(120))
            try #require(!page.events.isEmpty, "no event of \(queue) came any more")
        }
    }

    /// Reads what has happened so far.
    mutating func readOn() async throws {
        while try await !page(waiting: .zero).events.isEmpty {}
    }

    private mutating func page(waiting: Duration) async throws -> EventPage {
        let page = try await store.events(EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: waiting)
        try #require(!page.hasGap, "events of \(queue) are missing")
        for event in page.events { note(event) }
        start = .after(page.next)
        return page
    }

    private mutating func note(_ event: JobEvent) {
        guard let id = event.job else { return }
        var seen = jobs[JobKey(queue: queue, id: id)] ?? Seen()
        switch event.kind {
        case .active:
            seen.begins.append(event.at)
            begun += 1
        case .waiting(from: .active): seen.putBack += 1
        case .waiting(from: .waitingChildren): seen.released += 1
        case .stalled:
            seen.stalled += 1
            stalled += 1
        case .completed:
            seen.completed += 1
            seen.end = event.at
            ended += 1
        case .failed:
            seen.failed += 1
            seen.end = event.at
            ended += 1
        default: break
        }
        jobs[JobKey(queue: queue, id: id)] = seen
    }
}
