import DroverCore
import Logging

/// Takes schedules of one queue from slot to slot: when one of their jobs is claimed, and when nobody did.
struct ScheduleStepper: Sendable {
    /// How many slots that have jobs already are passed over, before the next round of maintenance tries again.
    private static let mostDuplicates = 100

    let queue: QueueName
    let store: any JobStore
    let wallClock: any WallClock
    let logger: Logger

    /// The schedule of a claimed job, where the job is the one by which it goes on; nil for any other job.
    ///
    /// What fails here is told, and the job runs all the same: maintenance takes the schedule on later.
    func schedule(of job: JobRecord) async -> ScheduleRecord? {
        guard let iteration = job.key.id.iteration else { return nil }
        do {
            let query = ScheduleQuery(queue: queue, part: .ids([iteration.schedule]))
            let record = try await store.schedules(query, page: Page(limit: 1)).schedules.first
            guard let record, record.slot == iteration.slot, !record.isPaused, !record.hasEnded else { return nil }
            return record
        } catch {
            warn("schedule not read, to be taken on later: \(error)", iteration.schedule)
            return nil
        }
    }

    /// Stores the job of the next slot.
    ///
    /// - Parameter now: the store's time, as far as it is known.
    func step(_ record: ScheduleRecord, now: Timestamp) async {
        let key = record.schedule.key
        do {
            let plan = try SlotPlan(record.schedule)
            var next = plan.next(after: record, now: now)
            for _ in 0..<Self.mostDuplicates {
                let firing = Firing(key: key, slot: record.slot, next: next, due: next.flatMap(plan.due))
                guard case .duplicate? = try await store.fire([firing]).first, let taken = next else { return }
                next = plan.following(taken)
            }
            warn("schedule not taken on: jobs exist for its next \(Self.mostDuplicates) slots", key.id)
        } catch let error as ValidationError {
            logger.error(
                "schedule can't go on: \(error)",
                metadata: ["schedule": .string(key.id.text), "queue": .string(queue.text)])
        } catch {
            warn("schedule not taken on, to be tried again: \(error)", key.id)
        }
    }

    /// Whether the queue has schedules.
    func hasSchedules() async throws(StoreError) -> Bool {
        try await !store.schedules(ScheduleQuery(queue: queue), page: Page(limit: 1)).schedules.isEmpty
    }

    /// Takes on what nobody has: schedules whose slot has come while their job is gone or done.
    func catchUp(limit: Int) async throws(StoreError) {
        let overdue = try await store.schedules(ScheduleQuery(queue: queue, part: .overdue), page: Page(limit: limit))
        for record in overdue.schedules { await step(record, now: max(wallClock.now, record.slot)) }
    }

    private func warn(_ text: String, _ schedule: ScheduleID) {
        if Task.isCancelled { return }
        logger.warning("\(text)", metadata: ["schedule": .string(schedule.text), "queue": .string(queue.text)])
    }
}
