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
}
