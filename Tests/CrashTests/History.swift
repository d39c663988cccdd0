import DroverCore
import DroverSQLite

/// What the events of a queue told of each job, read as they come.
struct History {
    /// How often something happened to one job.
    struct Counts {
        var active = 0
        var putBack = 0
        var stalled = 0
        var completed = 0
        var failed = 0
    }

    /// The events stopped, or some are missing.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private let store: SQLiteStore
    private let queue: QueueName
    private var start = EventQuery.Start.beginning
    private(set) var jobs: [JobID: Counts] = [:]
    private(set) var total = Counts()

    init(of queue: QueueName, in store: SQLiteStore) {
        self.queue = queue
        self.store = store
    }

    /// Reads on until a condition holds, which is asked after each page.
    mutating func follow(until isEnough: (Counts) -> Bool) async throws {
        while !isEnough(total) {
            // Far longer than the workers may be silent.
            let page = try await store.events(
                EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: .seconds(60))
            if page.hasGap { throw Broken(description: "events are missing before \(page.next.text)") }
            if page.events.isEmpty { throw Broken(description: "no event came any more; so far \(total)") }
            for event in page.events { note(event) }
            start = .after(page.next)
        }
    }

    /// Reads what has happened so far.
    mutating func readOn() async throws {
        for _ in 0..<10_000 {
            let page = try await store.events(
                EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: .zero)
            if page.hasGap { throw Broken(description: "events are missing before \(page.next.text)") }
            if page.events.isEmpty { return }
            for event in page.events { note(event) }
            start = .after(page.next)
        }
        throw Broken(description: "the events have no end")
    }

    private mutating func note(_ event: JobEvent) {
        guard let job = event.job else { return }
        let member: WritableKeyPath<Counts, Int>
        switch event.kind {
        case .active: member = \.active
        case .waiting(from: .active): member = \.putBack
        case .stalled: member = \.stalled
        case .completed: member = \.completed
        case .failed: member = \.failed
        default: return
        }
        jobs[job, default: Counts()][keyPath: member] += 1
        total[keyPath: member] += 1
    }
}
