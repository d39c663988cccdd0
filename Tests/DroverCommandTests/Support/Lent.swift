import DroverCore
import DroverTesting

/// A store that stays open when a command closes it, so that the next command finds the same jobs.
struct Lent: ForwardingStore {
    let base: any JobStore
    private let claimed: Probe<Void>?

    /// - Parameter claimed: signalled when an exchange has handed out a job.
    init(_ store: any JobStore, claimed: Probe<Void>? = nil) {
        base = store
        self.claimed = claimed
    }

    func close() async {}

    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        let reply = try await base.exchange(queue, id: id, settle: settle, claim: claim)
        if !reply.claimed.isEmpty { claimed?.signal() }
        return reply
    }
}
