public import DroverCore
import RedisClient

extension RedisStore {
    /// Puts stalled jobs back: Drover's own by the expiry of their leases, those of other clients by BullMQ's check.
    public func reclaimStalled(
        _ queue: QueueName, maxStalled: Int, limit: Int
    ) async throws(StoreError) -> [StalledJob] {
        try checkOpen()
        if limit < 1 { return [] }
        var arguments = arguments()
        arguments.append(maxStalled)
        arguments.append(limit)
        arguments.append(max(configuration.stalledInterval.wholeMilliseconds, 1))
        let items = try await run(Scripts.reclaim, queue, arguments, "put stalled jobs of \(queue) back").items ?? []
        return stride(from: 0, to: items.count - 2, by: 3).map { index in
            StalledJob(
                key: JobKey(queue: queue, id: JobID(stored: items[index].text ?? "")),
                stalls: Int(items[index + 1].int ?? 0), mustFail: items[index + 2].int == 1)
        }
    }

    /// Removes finished jobs that a rule no longer keeps.
    public func prune(_ queue: QueueName, _ rule: PruneRule, limit: Int) async throws(StoreError) -> Int {
        try checkOpen()
        if limit < 1 || rule.retention == .keepAll { return 0 }
        var arguments = arguments()
        arguments.append(rule.finished.rawValue)
        arguments.append(rule.retention)
        arguments.append(limit)
        return Int(try await run(Scripts.prune, queue, arguments, "remove old jobs of \(queue)").int ?? 0)
    }

    /// Keeps the reports of workers, and shows the workers to BullMQ's clients if that is asked for.
    @discardableResult
    public func heartbeat(_ reports: [WorkerReport]) async throws(StoreError) -> Bool {
        if reports.isEmpty { return false }
        var arguments = arguments(capacity: 128 * reports.count)
        for report in reports {
            arguments.append(report.id)
            arguments.append(max(report.validFor.wholeMilliseconds, 0))
            arguments.append(report.queue.text)
            arguments.append(report.host)
            arguments.append(report.process)
            arguments.append(report.concurrency)
            arguments.append(report.running)
            arguments.append(keys.base(report.queue))
        }
        let reply = try await run(
            Scripts.heartbeat, keys: keys.registry(of: reports.map(\.queue)), arguments,
            "tell that workers live")
        for report in reports { await presence.show(report) }
        return reply.int == 1
    }
}
