public import DroverCore

extension FaultInjectingStore {
    /// Stores new jobs of one queue, in order.
    public func enqueue(_ queue: QueueName, _ jobs: [NewJob]) async throws(StoreError) -> [EnqueueResult] {
        try await perform(.enqueue) { () async throws(StoreError) in
            try await base.enqueue(queue, jobs)
        }
    }

    /// Settles outcomes, then claims jobs, as one unit.
    public func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) async throws(StoreError) -> ExchangeReply {
        try await perform(.exchange) { () async throws(StoreError) in
            try await base.exchange(queue, id: id, settle: settle, claim: claim)
        }
    }

    /// Extends leases by their own duration from now.
    public func renew(_ leases: [Lease]) async throws(StoreError) -> [LeaseStatus] {
        try await perform(.renew) { () async throws(StoreError) in
            try await base.renew(leases)
        }
    }

    /// Stores what running attempts report.
    public func record(_ reports: [JobReport]) async throws(StoreError) -> [ReportStatus] {
        try await perform(.record) { () async throws(StoreError) in
            try await base.record(reports)
        }
    }

    /// Waits until there may be something to do. A lost reply loses the hints in it.
    public func waitForWork(_ interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try await perform(.waitForWork) { () async throws(StoreError) in
            try await base.waitForWork(interest, atMost: atMost)
        }
    }
}
