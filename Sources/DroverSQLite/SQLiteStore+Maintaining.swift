public import DroverCore

extension SQLiteStore {
    /// Puts jobs with expired leases back, in one transaction.
    public func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try await write { session throws(StoreError) in
            try session.reclaimStalled(queue, maxStalled: maxStalled, limit: limit)
        }
    }

    /// Removes finished jobs that a rule does not keep, in one transaction.
    public func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try await write { session throws(StoreError) in
            guard limit > 0, let turn = try session.turn(queue) else { return 0 }
            let state = rule.finished == .completed ? StateCode.completed : StateCode.failed
            return Int(try session.prune(turn, state: state, rule.retention, limit: Int64(limit)))
        }
    }

    /// Notes that a worker lives.
    public func heartbeat(_ report: WorkerReport) async throws(StoreError) {
        try await write { session throws(StoreError) in
            let forget = try session.statement(SQL.forgetWorkers)
            forget.bind(1, session.now)
            try forget.run()
            let save = try session.statement(SQL.saveWorker)
            save.bind(1, report.id)
            save.bind(2, report.queue.text)
            save.bind(3, report.host)
            save.bind(4, Int64(report.process))
            save.bind(5, Int64(report.concurrency))
            save.bind(6, Int64(report.running))
            save.bind(7, session.now)
            save.bind(8, max(0, report.validFor.wholeMilliseconds))
            if report.validFor > .zero { try save.run() } else { try session.forgetWorker(report.id) }
        }
    }
}
