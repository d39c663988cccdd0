import DroverCore

/// Reading what a store holds, and expecting it to be right.
extension Bench {
    func expect<Value: Equatable>(
        _ actual: Value, is expected: Value, _ what: String, file: String = #fileID, line: Int = #line
    ) throws {
        guard actual != expected else { return }
        throw ConformanceFailure("\(what): expected \(expected), got \(actual)", file: file, line: line)
    }

    func expect(_ holds: Bool, _ what: String, file: String = #fileID, line: Int = #line) throws {
        if !holds { throw ConformanceFailure("does not hold: \(what)", file: file, line: line) }
    }

    /// The value, which must be there.
    func unwrap<Value>(
        _ value: Value?, _ what: String, file: String = #fileID, line: Int = #line
    ) throws -> Value {
        guard let value else { throw ConformanceFailure("expected \(what), got nothing", file: file, line: line) }
        return value
    }

    /// What a call threw: it must throw a `StoreError` with this code.
    func expectThrown(
        _ code: StoreError.Code, file: String = #fileID, line: Int = #line, by call: () async throws -> Void
    ) async throws {
        do {
            try await call()
        } catch let error as StoreError {
            return try expect(error.code, is: code, "the code of \(error)", file: file, line: line)
        }
        throw ConformanceFailure("expected the call to throw \(code), but it returned", file: file, line: line)
    }

    // MARK: Jobs

    func find(_ key: JobKey) async throws -> JobRecord? {
        let found = try await store.jobs([key])
        try expect(found.count, is: 1, "the number of answers for one key")
        return found[0]
    }

    /// A job that must exist.
    func job(_ key: JobKey, file: String = #fileID, line: Int = #line) async throws -> JobRecord {
        try unwrap(await find(key), "the job \(key)", file: file, line: line)
    }

    /// A job of the case's first queue that must exist.
    func job(_ id: String, file: String = #fileID, line: Int = #line) async throws -> JobRecord {
        try await job(key(id), file: file, line: line)
    }

    /// The ids of all jobs of a state, page by page.
    func list(
        _ state: JobState, _ order: Page.Order = .ascending, limit: Int = 100, in other: QueueName? = nil
    ) async throws -> [String] {
        var ids: [String] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.jobs(
                matching: JobQuery(queue: other ?? queue, state: state),
                page: Page(limit: limit, after: cursor, order: order))
            try expect(page.jobs.count <= limit, "a page holds no more than its limit")
            try expect(page.jobs.allSatisfy { $0.state == state }, "a list of \(state) holds only such jobs")
            ids += page.jobs.map(\.key.id.text)
            cursor = page.next
        } while cursor != nil
        return ids
    }

    func summary(of other: QueueName? = nil) async throws -> QueueSummary? {
        try await store.queues().first { $0.name == other ?? queue }
    }

    func counts(of other: QueueName? = nil) async throws -> JobCounts {
        try await summary(of: other)?.counts ?? JobCounts()
    }

    func log(_ key: JobKey) async throws -> [String] { try await store.logs(key, page: Page()).lines }

    // MARK: Events

    /// The present end of a queue's events.
    func end(in other: QueueName? = nil) async throws -> EventPosition {
        try await store.events(EventQuery(queue: other ?? queue, start: .end), waitingAtMost: .zero).next
    }

    /// All events behind a place, or from the beginning.
    func events(since position: EventPosition? = nil, in other: QueueName? = nil) async throws -> [JobEvent] {
        var events: [JobEvent] = []
        var start: EventQuery.Start = position.map { .after($0) } ?? .beginning
        var bound = PageBound()
        while true {
            try bound.turn()
            let query = EventQuery(queue: other ?? queue, start: start, limit: 1000)
            let page = try await store.events(query, waitingAtMost: .zero)
            if page.events.isEmpty { return events }
            events += page.events
            start = .after(page.next)
        }
    }

    /// What happened behind a place, or from the beginning.
    func kinds(
        since position: EventPosition? = nil, of id: String? = nil, in other: QueueName? = nil
    ) async throws -> [JobEvent.Kind] {
        try await events(since: position, in: other).filter { id == nil || $0.job?.text == id }.map(\.kind)
    }

    /// Does something and expects exactly these events of it, as `name` or `name id`.
    func expectEvents(
        _ expected: [String], file: String = #fileID, line: Int = #line, during action: () async throws -> Void
    ) async throws {
        let start = try await end()
        try await action()
        let events = try await events(since: start).map { event in
            event.job.map { "\(event.kind.name) \($0)" } ?? event.kind.name
        }
        try expect(events, is: expected, "the events", file: file, line: line)
    }

    // MARK: Wake-ups

    /// Gives tasks that are about to wait the time to do so, as far as that can be known from outside.
    func letOthersGoOn() async { for _ in 0..<1000 { await Task.yield() } }

    /// Takes all wake-ups that are kept for these queues.
    func forgetWakeUps(_ interest: WakeInterest) async throws {
        for _ in 0..<100 {
            if try await store.waitForWork(interest, atMost: .zero).isEmpty { return }
        }
    }

    /// Waits for a wake-up that fits; a store may wake for nothing, so it looks again a few times.
    func expectWakeUp(
        _ interest: WakeInterest, _ what: String, file: String = #fileID, line: Int = #line,
        where fits: (WakeUp) -> Bool
    ) async throws {
        for _ in 0..<5 {
            let wakeUp = try await store.waitForWork(interest, atMost: .seconds(20))
            try expect(
                wakeUp.work.isSubset(of: interest.work), "wakes only for queues of interest", file: file, line: line)
            if fits(wakeUp) { return }
        }
        throw ConformanceFailure("no wake-up came: \(what)", file: file, line: line)
    }

    /// Expects that `action` wakes who waits for work of the first queue.
    func expectWork(
        _ what: String, file: String = #fileID, line: Int = #line, after action: () async throws -> Void
    ) async throws {
        let interest = WakeInterest(work: [queue])
        try await forgetWakeUps(interest)
        try await action()
        try await expectWakeUp(interest, what, file: file, line: line) { $0.work.contains(queue) }
    }
}
