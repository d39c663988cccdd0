public import DroverCore
import Synchronization

/// The store that says what is right: all of the contract in plain Swift values, nothing on disk.
///
/// Other stores are compared with it, answer by answer. It is also the store for
/// tests of programs that use Drover: with a manual clock a test moves the time
/// itself.
///
/// ```swift
/// let time = ManualTime()
/// let store = ReferenceStore(clock: time.wall, timer: time.clock)
/// ```
///
/// Several workers may share one instance; the jobs end with the process.
public final class ReferenceStore: JobStore {
    /// Anywhere.
    public var callExecutor: (any TaskExecutor)? { nil }
    /// `reference`, which keeps nothing and is shared with nobody.
    public let traits = StoreTraits(name: "reference", durability: "none", isShared: false)

    /// The store's one clock: all instants are its.
    let clock: any WallClock
    /// Measures how long callers wait.
    let timer: any Clock<Duration>
    let state = Mutex(State())

    /// An empty store.
    ///
    /// - Parameters:
    ///   - clock: tells the instants that are stored and compared.
    ///   - timer: measures how long `waitForWork` and `events` wait.
    public init(clock: any WallClock = SystemWallClock(), timer: any Clock<Duration> = ContinuousClock()) {
        self.clock = clock
        self.timer = timer
    }

    /// Does nothing: the store is ready when it is made.
    ///
    /// - Throws: `closed` after ``close()``.
    public func prepare() async throws(StoreError) {
        try withState { _, _ throws(StoreError) in }
    }

    /// Forgets all jobs. Callers that wait are told that the store is closed.
    public func close() async {
        state.withLock { state in
            state.room.seats.call { _ in .closed }
            state = State()
            state.isClosed = true
        }
    }
}

extension ReferenceStore {
    /// All that the store holds.
    struct State: Sendable {
        var queues: [QueueName: ReferenceQueue] = [:]
        /// What is known of queues that were obliterated.
        var remains: [QueueName: ReferenceQueue.Remains] = [:]
        var workers: [String: WorkerSummary] = [:]
        var allowances = AllowanceBook()
        var room = WaitingRoom()
        var isClosed = false
        /// The instant of the call under way.
        var now = Timestamp(milliseconds: 0)

        /// A queue to look at: an empty one where there is none.
        func queue(_ name: QueueName) -> ReferenceQueue {
            queues[name] ?? ReferenceQueue(name, after: remains[name])
        }

        /// Changes a queue where it stands, then tells those who wait.
        ///
        /// - Parameter isCreated: whether an unknown queue begins to exist, given what the change
        ///   returned; otherwise the change is made on an empty queue and dropped.
        mutating func change<Result>(
            _ name: QueueName, creatingIf isCreated: (Result) -> Bool = { _ in false },
            _ change: (inout ReferenceQueue) throws(StoreError) -> Result
        ) throws(StoreError) -> Result {
            guard let index = queues.index(forKey: name) else {
                var queue = queue(name)
                queue.now = now
                let result = try change(&queue)
                if isCreated(result) {
                    room.deliver(queue.takeSignals(), of: name)
                    let news = queue.takeNews()
                    queues[name] = queue
                    try spread(news)
                } else {
                    remains[name]?.deduplications = queue.deduplications
                    remains[name]?.results = queue.results
                }
                return result
            }
            queues.values[index].now = now
            let result = try change(&queues.values[index])
            let news = queues.values[index].takeNews()
            room.deliver(queues.values[index].takeSignals(), of: name)
            if queues.values[index].isObliterated {
                remains[name] = queues.values[index].remains
                queues.remove(at: index)
            }
            try spread(news)
            return result
        }

        /// Tells jobs of other queues what became of their children.
        private mutating func spread(_ news: [ReferenceQueue.ChildNews]) throws(StoreError) {
            for item in news where item.beginsQueue || queues[item.parent.queue] != nil {
                try change(item.parent.queue, creatingIf: { _ in item.beginsQueue }) { $0.hear(item) }
            }
        }
    }

    /// The error of every call after `close()`.
    static var closed: StoreError {
        StoreError(.closed, "the reference store has been closed; make a new one")
    }

    /// Runs a call alone, at one instant.
    func withState<Result: Sendable>(
        _ body: (inout State, _ now: Timestamp) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try state.withLock { state throws(StoreError) in
            if state.isClosed { throw Self.closed }
            state.now = clock.now
            return try body(&state, state.now)
        }
    }
}

extension ReferenceQueue {
    /// The signals since the last time, which are then forgotten.
    fileprivate mutating func takeSignals() -> Signals {
        defer { signals = Signals() }
        return signals
    }

    /// What other queues are to hear, which is then forgotten.
    fileprivate mutating func takeNews() -> [ChildNews] {
        if news.isEmpty { return [] }
        defer { news = [] }
        return news
    }
}
