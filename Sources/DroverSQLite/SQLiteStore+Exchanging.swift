public import DroverCore

extension SQLiteStore {
    /// Stores new jobs in one transaction, which other calls may share.
    public func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        if jobs.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.enqueue(queue, jobs) }
    }

    /// Settles and claims in one transaction, which other calls may share.
    public func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        let (reply, due) = try await write { session throws(StoreError) in
            let reply = try session.exchange(queue, id: id, settle: settle, claim: claim)
            return (reply, reply.nextDueIn.map { session.now + $0.wholeMilliseconds })
        }
        if claim != nil { hub.noteDue(due, of: queue) }
        return reply
    }

    /// Extends leases, before all other calls that wait for the writer.
    public func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
        if leases.isEmpty { return [] }
        return try await write(urgent: true) { session throws(StoreError) in try session.renew(leases) }
    }

    /// Stores reports of running attempts.
    public func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] {
        if reports.isEmpty { return [] }
        return try await write { session throws(StoreError) in try session.record(reports) }
    }

    /// Waits for a commit of this or another process that is of interest.
    public func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        await hub.wait(for: interest, atMost: atMost, timer: timer, registered: try lookNow())
    }

    /// What to do once a waiter has registered: look whether somebody had committed before that.
    func lookNow() throws(StoreError) -> @Sendable () -> Void {
        let open = try connections()
        return { [hub] in Self.lookAfterCommit(open.database, hub, open.counter) }
    }
}
