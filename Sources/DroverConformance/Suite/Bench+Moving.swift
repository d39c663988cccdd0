import DroverCore

/// Moving jobs from queue to queue, in short words.
extension Bench {
    /// Options that are not the default ones.
    var someOptions: JobOptions {
        var options = JobOptions(attempts: 4, timeout: .seconds(9))
        options.tags = ["red"]
        options.metadata = ["a": "1"]
        return options
    }

    /// Does a step, which must be done.
    @discardableResult
    func move(_ step: MoveStep, file: String = #fileID, line: Int = #line) async throws -> MoveReport {
        let reply = try await store.move(step)
        guard case .done(let report) = reply else {
            throw ConformanceFailure("expected the step to be done, got \(reply)", file: file, line: line)
        }
        return report
    }

    func point(_ other: QueueName? = nil) async throws -> MovePoint {
        try await store.movePage(MoveQuery(queue: other ?? queue, part: .point), page: Page()).point
    }

    /// The whole jobs of a state.
    func whole(_ state: JobState, in other: QueueName? = nil) async throws -> [WholeJob] {
        try await store.movePage(MoveQuery(queue: other ?? queue, part: .jobs(state)), page: Page()).jobs
    }

    /// A whole job of another queue as one of the case's own.
    func here(_ whole: WholeJob) -> WholeJob {
        var whole = whole
        whole.record.key = JobKey(queue: queue, id: whole.record.key.id)
        return whole
    }

    /// A schedule of another queue as one of the case's own.
    func here(_ whole: WholeSchedule) -> WholeSchedule {
        var whole = whole
        whole.record.schedule.key = ScheduleKey(queue: queue, id: whole.record.schedule.key.id)
        whole.pending = whole.pending.map { here($0) }
        return whole
    }

    /// A job that comes from nowhere, to wait.
    func arriving(_ id: String, payload: String = #"{"n":1}"#) -> WholeJob {
        WholeJob(
            record: JobRecord(
                key: key(id), name: "job", payload: JSONText(trusted: payload), options: JobOptions(), state: .waiting,
                priority: 0, createdAt: Timestamp(milliseconds: 1_600_000_000_000)),
            options: nil)
    }

    func checkpoint(_ number: Int, jobs: [WholeJob] = []) -> MoveCheckpoint {
        MoveCheckpoint(
            move: "m", role: .target, number: number, peer: "elsewhere", wasPaused: true, jobs: jobs.map(\.stamp),
            schedules: [ScheduleStamp(id: ScheduleID(stored: "s"), slot: Timestamp(milliseconds: 7))])
    }

    /// Gives a queue some jobs of every state but active.
    func fill(_ other: QueueName) async throws {
        try await addAll(["c1", "c2"], in: other)
        for claimed in try await claim(2, in: other) { try await settle(claimed, .completed(JSONText("[2]"))) }
        try await addAll(["f1"], in: other)
        try await settle(
            claimOne(in: other), .failed(Failure(reason: "no", trace: "at ü", keepTraces: 1)))
        try await addAll(["w1", "w2", "w3"], in: other)
        try await addAll(["p1", "p2"], priority: 3, in: other)
        try await addAll(["p3"], priority: 9, in: other)
        try await addAll(["d1", "d2"], start: .after(.seconds(3600)), in: other)
    }

    /// Stores a schedule of another queue, whose first slot comes after a minute.
    func putElsewhere(_ id: String, in other: QueueName) async throws -> Timestamp {
        var schedule = schedule(id)
        schedule.key = ScheduleKey(queue: other, id: ScheduleID(stored: id))
        schedule.options = someOptions
        return try await put(schedule, first: now() + .seconds(60))
    }
}
