import DroverCore

/// What a queue without a living worker leaves lying.
extension Diagnosis {
    /// How long a job may have been due before it is told: a worker that starts just now takes it.
    static let dueGrace: Duration = .seconds(5)
    /// How long the time of a schedule may have passed before it is told, whatever its rule: one that runs every second
    /// is not late after two, and a nightly one is not to be told of on the next night only.
    static let scheduleGrace: Duration = .seconds(60)
    /// How many due jobs are counted in each queue.
    private static let mostDue = 100
    /// How many schedules are looked at in each queue, the earliest ones.
    private static let mostSchedules = 1000
    /// How many schedules of each queue are named.
    private static let mostNamed = 5

    /// Looks at a queue of which no worker lives.
    static func unworked(_ queue: QueueSummary, in store: any JobStore, now: Timestamp) async throws -> [Finding] {
        var due: [JobRecord] = []
        if queue.counts[.delayed] > 0 {
            let query = JobQuery(queue: queue.name, state: .delayed)
            due = try await store.jobs(matching: query, page: Page(limit: mostDue)).jobs
        }
        var late: [ScheduleRecord] = []
        var seen = 0
        var cursor: PageCursor?
        repeat {
            let page = try await store.schedules(
                ScheduleQuery(queue: queue.name), page: Page(limit: 100, after: cursor))
            late += page.schedules.filter { $0.isOverdue(at: now, by: scheduleGrace) }
            seen += page.schedules.count
            cursor = page.schedules.last.map { $0.slot + scheduleGrace < now } == true ? page.next : nil
        } while cursor != nil && seen < mostSchedules
        return waiting(queue, due.compactMap(\.dueAt), now: now) + overdue(queue.name, late, now: now)
    }

    /// Jobs that could run.
    ///
    /// - Parameter dueTimes: when delayed jobs are due, the earliest first, at most ``mostDue`` of them.
    private static func waiting(_ queue: QueueSummary, _ dueTimes: [Timestamp], now: Timestamp) -> [Finding] {
        let ready = queue.counts.ready
        let due = dueTimes.prefix { $0 + dueGrace < now }
        let problem: String
        switch (ready > 0, due.first.map(InstantArgument.text)) {
        case (false, nil): return []
        case (true, nil): problem = "\(waits(ready)) and no worker lives"
        case (false, let first?):
            problem =
                due.count == 1
                ? "1 job has been due since \(first) and no worker lives"
                : "\(atLeast(due.count)) jobs have been due, the first since \(first), and no worker lives"
        case (true, let first?):
            let others =
                due.count == 1
                ? "1 more has been due since" : "\(atLeast(due.count)) more have been due, the first since"
            problem = "\(waits(ready)), \(others) \(first), and no worker lives"
        }
        return [Finding(code: "no-worker", queue: queue.name, problem: problem, advice: startWorker(queue.name))]
    }

    private static func waits(_ count: Int) -> String {
        "\(Counted.text(count, "job")) \(count == 1 ? "waits" : "wait")"
    }

    private static func atLeast(_ count: Int) -> String { count == mostDue ? "at least \(count)" : String(count) }

    /// Schedules whose time has passed, the earliest first.
    private static func overdue(_ queue: QueueName, _ late: [ScheduleRecord], now: Timestamp) -> [Finding] {
        func finding(_ schedule: ScheduleID?, _ problem: String) -> Finding {
            Finding(
                code: "schedule-overdue", queue: queue, schedule: schedule, problem: problem, advice: startWorker(queue)
            )
        }
        let named = late.prefix(mostNamed).map {
            finding(
                $0.schedule.key.id,
                "its time passed \(Elapsed.text(now - $0.slot)) ago and no worker of \"\(queue)\" lives")
        }
        if late.count <= mostNamed { return named }
        let others = Counted.text(late.count - mostNamed, "more schedule")
        return named + [finding(nil, "the time of \(others) has passed too, and no worker lives")]
    }
}

extension ScheduleRecord {
    /// Whether its next time, and the span by which jobs may come later, passed longer ago than a grace.
    func isOverdue(at now: Timestamp, by grace: Duration) -> Bool {
        !isPaused && !hasEnded && slot + schedule.jitter + grace < now
    }
}
