import DroverCore
import DroverTesting

/// A store that is wrong in one way on purpose, to prove that a suite notices.
struct WrongStore: ForwardingStore {
    enum Fault: CaseIterable, Sendable {
        /// Hands out the jobs of one exchange backwards.
        case claimsBackwards
        /// Keeps every finished job, whatever the settlement says.
        case losesRetention
        /// Gives nothing when an exchange is repeated after a while.
        case forgetsExchanges
        /// Does not say when the next job is due.
        case losesDueTime
        /// Encodes payloads again: an empty array becomes an empty object.
        case encodesPayloadsAgain
        /// Leaves out the last line of a log.
        case cutsLogs
        /// Takes a schedule on from whatever slot is named.
        case firesFromAnySlot
        /// Leaves the pending job of a schedule that is removed.
        case keepsJobsOfRemovedSchedules
        /// Does not list schedules that are paused.
        case hidesPausedSchedules
    }

    let base: any JobStore
    let fault: Fault

    func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        guard fault == .encodesPayloadsAgain else { return try await base.enqueue(queue, jobs) }
        let again = jobs.map { job in
            var job = job
            if job.payload.text == "[]" { job.payload = .emptyObject }
            return job
        }
        return try await base.enqueue(queue, again)
    }

    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        var settle = settle
        if fault == .losesRetention { for index in settle.indices { settle[index].retention = .keepAll } }
        var reply = try await base.exchange(queue, id: id, settle: settle, claim: claim)
        switch fault {
        case .claimsBackwards: reply.claimed.reverse()
        case .forgetsExchanges where reply.claimed.contains { $0.leaseFor < $0.lease.duration }: reply.claimed = []
        case .losesDueTime: reply.nextDueIn = nil
        default: break
        }
        return reply
    }

    func logs(_ key: JobKey, page: Page) async throws(StoreError) -> LogPage {
        var page = try await base.logs(key, page: page)
        if fault == .cutsLogs && page.next == nil { page.lines.removeLast(min(1, page.lines.count)) }
        return page
    }

    func fire(_ firings: [Firing]) async throws(StoreError) -> [FiringResult] {
        guard fault == .firesFromAnySlot else { return try await base.fire(firings) }
        var results: [FiringResult] = []
        for var firing in firings {
            if let slot = try await record(firing.key)?.slot { firing.slot = slot }
            results += try await base.fire([firing])
        }
        return results
    }

    func apply(_ commands: [ScheduleCommand]) async throws(StoreError) -> [CommandResult] {
        guard fault == .keepsJobsOfRemovedSchedules else { return try await base.apply(commands) }
        var results: [CommandResult] = []
        for command in commands {
            let record = try await record(command.key)
            results += try await base.apply([command])
            guard case .remove = command, let record, !record.isPaused else { continue }
            let id = command.key.id.job(at: record.slot)
            _ = try await base.enqueue(command.key.queue, [NewJob(id: id, name: record.schedule.name)])
        }
        return results
    }

    func schedules(_ query: ScheduleQuery, page: Page) async throws(StoreError) -> SchedulePage {
        var page = try await base.schedules(query, page: page)
        if fault == .hidesPausedSchedules { page.schedules.removeAll(where: \.isPaused) }
        return page
    }

    private func record(_ key: ScheduleKey) async throws(StoreError) -> ScheduleRecord? {
        try await base.schedules(ScheduleQuery(queue: key.queue, part: .ids([key.id])), page: Page()).schedules.first
    }
}
