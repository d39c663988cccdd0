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
        let look = try lookNow()
        let id = hub.nextID()
        return await race(atMost, or: WakeUp(), forgetting: id) { [hub] in
            await hub.wait(for: interest, id: id, registered: look)
        } joining: { wake, other in
            wake.work.formUnion(other.work)
            wake.cancellations.formUnion(other.cancellations)
        }
    }

    /// What to do once a waiter has registered: look whether somebody had committed before that.
    func lookNow() throws(StoreError) -> @Sendable () -> Void {
        let database = try connections().database
        return { [hub] in Self.lookAfterCommit(database, hub) }
    }

    /// Waits for `wait`, at most for a time, and loses no answer that comes at the same moment.
    func race<Answer: Sendable>(
        _ atMost: Duration, or late: Answer, forgetting id: UInt64, _ wait: @escaping @Sendable () async -> Answer,
        joining join: (inout Answer, Answer) -> Void
    ) async -> Answer {
        defer { hub.forget(id) }
        return await withTaskGroup(of: Answer.self) { group in
            group.addTask { await wait() }
            group.addTask { [timer] in
                // Throws when something else ended the wait; then there is nothing to say.
                try? await timer.sleep(for: atMost)
                return late
            }
            var answer = await group.next() ?? late
            group.cancelAll()
            for await other in group { join(&answer, other) }
            return answer
        }
    }
}
