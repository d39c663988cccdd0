import DroverCore

/// What the events of a queue told of each job, read as they come.
struct Ledger {
    /// How often something happened, to one job or in all.
    struct Counts: Equatable {
        var added = 0
        var active = 0
        var putBack = 0
        var stalled = 0
        var completed = 0
        var failed = 0
        /// When a job was begun first, and when it ended, by the server.
        var begun: Timestamp?
        var ended: Timestamp?
    }

    private let store: any JobStore
    private let queue: QueueName
    private var start = EventQuery.Start.beginning
    private(set) var jobs: [JobID: Counts] = [:]
    private(set) var total = Counts()

    init(of queue: QueueName, in store: any JobStore) {
        self.queue = queue
        self.store = store
    }

    /// Reads on until a condition holds, which is asked after each page.
    mutating func follow(until isEnough: (Counts) -> Bool) async throws {
        // Far longer than the workers may be silent.
        var end = ContinuousClock.now + Bridge.patience
        while !isEnough(total) {
            let page = try await page(waiting: .seconds(30))
            if !page.events.isEmpty {
                end = ContinuousClock.now + Bridge.patience
            } else if ContinuousClock.now >= end {
                throw Bridge.Surprise(description: "no event of \(queue) came any more; so far \(total)")
            }
        }
    }

    /// Reads what has happened so far.
    mutating func readOn() async throws {
        while try await !page(waiting: .zero).events.isEmpty {}
    }

    private mutating func page(waiting: Duration) async throws -> EventPage {
        let page = try await store.events(
            EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: waiting)
        if page.hasGap { throw Bridge.Surprise(description: "events of \(queue) are missing before \(page.next.text)") }
        for event in page.events { note(event) }
        start = .after(page.next)
        return page
    }

    private mutating func note(_ event: JobEvent) {
        guard let job = event.job else { return }
        let member: WritableKeyPath<Counts, Int>
        switch event.kind {
        case .added: member = \.added
        case .active: member = \.active
        case .waiting(from: .active): member = \.putBack
        case .stalled: member = \.stalled
        case .completed: member = \.completed
        case .failed: member = \.failed
        default: return
        }
        jobs[job, default: Counts()][keyPath: member] += 1
        switch event.kind {
        case .active where jobs[job]?.begun == nil: jobs[job]?.begun = event.at
        case .completed, .failed: jobs[job]?.ended = event.at
        default: break
        }
        total[keyPath: member] += 1
    }
}
