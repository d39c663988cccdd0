public import DroverCore

extension ReferenceStore {
    /// Puts jobs whose lease has expired back to the front of the line and counts a stall on each.
    public func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try withState { state, now throws(StoreError) in
            try state.change(queue) { $0.reclaimStalled(maxStalled: maxStalled, limit: limit, now: now) }
        }
    }

    /// Removes finished jobs that a rule no longer keeps, oldest first.
    public func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try withState { state, now throws(StoreError) in
            try state.change(queue) { $0.prune(rule, limit: limit, now: now) }
        }
    }

    /// Says that workers live.
    @discardableResult
    public func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool {
        try withState { state, now throws(StoreError) in
            state.workers = state.workers.filter { now - $0.value.seenAt < $0.value.report.validFor }
            for report in reports {
                let startedAt = state.workers[report.id]?.startedAt ?? now
                let isLeaving = report.validFor <= .zero
                state.workers[report.id] =
                    isLeaving ? nil : WorkerSummary(report: report, startedAt: startedAt, seenAt: now)
            }
            return false
        }
    }

    /// Does nothing: whoever ends a job here tells all that wait for it.
    public func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease {
        try withState { _, _ throws(StoreError) in ParentRelease() }
    }
}
