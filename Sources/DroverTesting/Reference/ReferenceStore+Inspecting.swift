public import DroverCore

extension ReferenceStore {
    /// Reads jobs by key.
    public func jobs(_ keys: [JobKey]) async throws(StoreError) -> [JobRecord?] {
        try withState { state, _ throws(StoreError) in
            keys.map { state.queues[$0.queue]?.jobs[$0.id]?.record }
        }
    }

    /// Lists jobs of one state, all or those that a search finds, or the one that holds a deduplication id.
    public func jobs(matching query: JobQuery, page: Page) async throws(StoreError) -> JobPage {
        try withState { state, now throws(StoreError) in
            let queue = state.queue(query.queue)
            switch query.part {
            case .state(let state): return try queue.page(of: state, page)
            case .group(let name): return try queue.page(ofGroup: name, page)
            case .groups: return try queue.groupPage(page)
            case .holding(let id): return queue.holder(of: DeduplicationID(id), now: now)
            case .matching(let search): return try queue.search(search, page)
            }
        }
    }

    /// Lists the queues that were created and not obliterated, by name.
    public func queues() async throws(StoreError) -> [QueueSummary] {
        try withState { state, now throws(StoreError) in
            state.queues.values.sorted { $0.name < $1.name }.map { $0.summary(now: now) }
        }
    }

    /// Lists the living workers, by queue and id.
    public func workers() async throws(StoreError) -> [WorkerSummary] {
        try withState { state, now throws(StoreError) in
            state.workers.values.filter { now - $0.seenAt < $0.report.validFor }
                .sorted { ($0.report.queue, $0.report.id) < ($1.report.queue, $1.report.id) }
        }
    }

    /// Lists the children of a job, by queue and id.
    public func children(
        of key: JobKey, _ status: ChildStatus, page: Page
    ) async throws(StoreError) -> ChildPage {
        try withState { state, _ throws(StoreError) in
            guard let children = state.queues[key.queue]?.jobs[key.id]?.children else { return ChildPage() }
            return try children.page(status, page)
        }
    }

    /// Reads a job's log, oldest line first when ascending.
    public func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        try withState { state, _ throws(StoreError) in try state.queue(key.queue).logs(of: key.id, page) }
    }

    /// Reads a queue's events; when there are none, waits up to `wait` for the first.
    public func events(
        _ query: EventQuery, waitingAtMost wait: Duration
    ) async throws(StoreError) -> EventPage {
        let (page, end) = try withState { state, _ throws(StoreError) in
            let events = state.queue(query.queue).events
            return (try events.page(from: query.start, limit: query.limit), events.end)
        }
        // A gap is news as well.
        guard page.events.isEmpty, !page.hasGap, wait > .zero else { return page }
        let called = await self.wait(for: .events(query.queue), atMost: wait) { state in
            state.queue(query.queue).events.end > end ? .events : nil
        }
        switch called {
        case .timeUp, .cancelled, .called(.wakeUp): return page
        case .called(.closed): throw Self.closed
        case .called(.events):
            let start: EventQuery.Start = query.start == .beginning ? .beginning : .after(page.next)
            return try withState { state, _ throws(StoreError) in
                try state.queue(query.queue).events.page(from: start, limit: query.limit)
            }
        }
    }
}
