public import DroverCore

extension SQLiteStore {
    /// How long a holder of an expired lease may take to renew it once the file can be written to: several times as
    /// long as a writer waits between two tries to get the lock.
    private static let renewalGrace: Duration = .seconds(1)
    /// How often a file that is always held when it is asked for is tried: then its holders have had their chances too.
    private static let reclaimingAttempts = 5

    /// Puts jobs with expired leases back, in one transaction.
    ///
    /// While somebody else holds the file's lock or the application its writer, or there is no room to write at all, nobody
    /// can renew, so an expired
    /// lease is no sign of a dead worker. It is taken only if it was not renewed within a second of a moment when the file
    /// was written.
    public func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        if limit <= 0 { return [] }
        let expired: Int64? = try await write { session throws(StoreError) in
            guard try session.hasExpired(queue) else { return nil }
            // A number is taken so that something is written, which fails when the disk is full.
            _ = session.nextNumber()
            return session.leaseNow
        }
        guard let expired else { return [] }
        for attempt in 1...Self.reclaimingAttempts {
            if traits.isShared || borrowed != nil {
                // Cancelled: the next round takes them.
                do { try await timer.sleep(for: Self.renewalGrace) } catch { return [] }
            }
            let isLast = attempt == Self.reclaimingAttempts
            let stalled: [StalledJob]? = try await write { session throws(StoreError) in
                // The holders may have waited for the same lock: they come first.
                if session.hasWaitedForLock, !isLast { return nil }
                return try session.reclaimStalled(queue, expiredAt: expired, maxStalled: maxStalled, limit: limit)
            }
            if let stalled { return stalled }
        }
        return []
    }

    /// Removes finished jobs that a rule does not keep, in one transaction.
    public func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await write { session throws(StoreError) in
            guard limit > 0, let turn = try session.turn(queue) else { return 0 }
            let state = rule.finished == .completed ? StateCode.completed : StateCode.failed
            return Int(try session.prune(turn, state: state, rule.retention, limit: Int64(limit)))
        }
    }

    /// Notes that workers live, in one transaction.
    @discardableResult
    public func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool {
        if reports.isEmpty { return false }
        try await write { session throws(StoreError) in
            let forget = try session.statement(SQL.forgetWorkers)
            forget.bind(1, session.now)
            try forget.run()
            for report in reports {
                if report.validFor > .zero {
                    try session.saveWorker(report)
                } else {
                    try session.forgetWorker(report.id)
                }
            }
        }
        return false
    }

    /// Does nothing: whoever ends a job here tells all that wait for it.
    public func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease {
        _ = try connections()
        return ParentRelease()
    }
}
