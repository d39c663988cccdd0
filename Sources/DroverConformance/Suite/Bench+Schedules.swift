import DroverCore

/// Storing schedules and taking them on, in short words.
extension Bench {
    func scheduleKey(_ id: String) -> ScheduleKey { ScheduleKey(queue: queue, id: ScheduleID(stored: id)) }

    /// The store's present instant, by a job that is stored beside the case.
    func now() async throws -> Timestamp {
        try await job(add(in: queue("clock"))).createdAt
    }

    /// A schedule of the case's queue.
    func schedule(_ id: String, _ timing: Schedule.Timing = .cron("* * * * *", timeZone: "UTC")) -> Schedule {
        Schedule(key: scheduleKey(id), timing: timing, name: "tick", payload: JSONText(trusted: #"{"n":1}"#))
    }

    /// Stores a schedule, which must be taken.
    ///
    /// - Returns: the slot of its pending job.
    @discardableResult
    func put(
        _ schedule: Schedule, first: Timestamp? = nil, due: Timestamp? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> Timestamp {
        let results = try await store.put([SchedulePlan(schedule, first: first, due: due)])
        guard results.count == 1, case .stored(let slot) = results[0] else {
            throw ConformanceFailure("expected the schedule to be stored, got \(results)", file: file, line: line)
        }
        return slot
    }

    /// Stores a schedule by a cron expression, whose first slot comes after `span`.
    @discardableResult
    func put(_ id: String, in span: Duration, file: String = #fileID, line: Int = #line) async throws -> Timestamp {
        try await put(schedule(id), first: now() + span, file: file, line: line)
    }

    func fire(
        _ id: String, from slot: Timestamp, to next: Timestamp?, due: Timestamp? = nil, is result: FiringResult,
        file: String = #fileID, line: Int = #line
    ) async throws {
        let firing = Firing(key: scheduleKey(id), slot: slot, next: next, due: due)
        try expect(await store.fire([firing]), is: [result], "the firing of \(id)", file: file, line: line)
    }

    func apply(
        _ command: ScheduleCommand, is result: CommandResult = .done, file: String = #fileID, line: Int = #line
    ) async throws {
        try expect(await store.apply([command]), is: [result], "the answer to \(command)", file: file, line: line)
    }

    /// The key of the job of a slot.
    func iteration(_ id: String, _ slot: Timestamp) -> JobKey {
        JobKey(queue: queue, id: ScheduleID(stored: id).job(at: slot))
    }

    /// A schedule that must be stored.
    func record(_ id: String, file: String = #fileID, line: Int = #line) async throws -> ScheduleRecord {
        let query = ScheduleQuery(queue: queue, part: .ids([ScheduleID(stored: id)]))
        let found = try await store.schedules(query, page: Page()).schedules
        return try unwrap(found.first, "the schedule \(id)", file: file, line: line)
    }

    /// The ids of the schedules of a part, page by page.
    func schedules(
        _ part: ScheduleQuery.Part = .all, _ order: Page.Order = .ascending, limit: Int = 100
    ) async throws -> [String] {
        var ids: [String] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.schedules(
                ScheduleQuery(queue: queue, part: part), page: Page(limit: limit, after: cursor, order: order))
            try expect(page.schedules.count <= limit, "a page holds no more than its limit")
            ids += page.schedules.map(\.schedule.key.id.text)
            cursor = page.next
        } while cursor != nil
        return ids
    }
}
